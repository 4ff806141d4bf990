"""What the shop answers when the request is malformed or the database is away."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import SQLAlchemyError

from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.database.revision import needed
from storefront.jobs import queue
from storefront.kernel.kept import Kept
from storefront.web.headers import logged_path
from tests.browser import Shopper
from tests.conftest import config_for
from wsgi import create_app

NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"


@pytest.mark.parametrize("path", ["/products/%00", "/categories/a%00b", "/payments/%00", "/orders/%00"])
def test_a_nul_in_a_path_is_no_page(any_app: Flask, path: str) -> None:
    assert Shopper(any_app).get(path).status == 404


@pytest.mark.parametrize("path", ["/search?q=%00", "/search?brand=%00", "/search?%00=1", "/cart?a=%00"])
def test_a_nul_in_a_query_cannot_be_read(any_app: Flask, path: str) -> None:
    assert Shopper(any_app).get(path).status == 400


def test_a_nul_in_a_query_gets_a_whole_page_with_ways_on_and_without_the_nul(any_app: Flask) -> None:
    page = Shopper(any_app).get("/search?q=milk%00")
    assert (page.status, page.one("main h1").get_text()) == (400, "That could not be read")
    assert page.one("header form[role=search] input[name=q]")["value"] == "milk"
    assert page.all("main a[href='/']")
    assert "\0" not in page.text
    part = Shopper(any_app).get("/search?q=milk%00", htmx=True)
    assert (part.status, part.response.headers["HX-Retarget"]) == (400, "#flash")


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/cart/lines", {"sku": "A\0"}),
        ("/sign-in", {"email": "a\0@example.com", "password": "x"}),
        ("/register", {"email": "a@example.com", "password": "long enough words", "name": "\0"}),
        ("/checkout", {"country": "\0"}),
        ("/checkout/draft", {"phone\0": "1"}),
        ("/cart/codes", {"code": "\0"}),
    ],
)
def test_a_nul_in_a_form_cannot_be_read(any_app: Flask, path: str, form: dict[str, str]) -> None:
    assert Shopper(any_app).post(path, form).status == 400


@pytest.mark.parametrize("header", ["Origin", "Referer"])
def test_an_unreadable_sender_is_another_site(app: Flask, header: str) -> None:
    answer = app.test_client().post("/language", data={"lang": "zh"}, headers={header: "http://[bad"})
    assert answer.status_code == 403


@pytest.fixture
def cut_off(tmp_path: Path) -> Iterator[Flask]:
    """A shop whose database does not answer."""
    bound = queue.bound()
    app = create_app(config_for(tmp_path, DATABASE_URL=NOWHERE))
    yield app
    with app.app_context():
        db.engine.dispose()
    if bound:
        queue.bind(bound)


def test_without_its_database_the_shop_says_so_and_keeps_its_looks(cut_off: Flask) -> None:
    client = cut_off.test_client()
    health = client.get("/healthz")
    assert (health.status_code, health.json["status"], health.json["database"]["ok"]) == (503, "down", False)
    page = client.get("//elsewhere.example/", headers={"Accept-Language": "zh-CN"})
    assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
    words = page.get_data(as_text=True)
    assert "我们马上回来" in words
    assert page.headers["X-Request-Id"] in words, "somebody who writes can say which request it was"
    assert 'href="//' not in words
    part = client.get("/cart", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Retarget"]) == (503, "#flash")
    assert "please try again in a minute" in part.get_data(as_text=True)
    sheet = words.partition('rel="stylesheet" href="')[2].partition('"')[0]
    with client.get(sheet) as styles:
        assert styles.status_code == 200


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Flask]:
    """A shop of its own that answers faults as it does for shoppers; its database has no tables."""
    bound = queue.bound()
    Kept.forget_all()
    app = create_app(config_for(tmp_path))
    yield app
    with app.app_context():
        db.engine.dispose()
    if bound:
        queue.bind(bound)
    Kept.forget_all()


def test_a_database_that_goes_away_while_the_shop_is_open_is_told_calmly(opened: Flask) -> None:
    app, client = opened, opened.test_client()
    with app.app_context():
        db.create_all()
    assert client.get("/").status_code == 200
    with app.app_context():
        event.listen(db.engine.dialect, "do_connect", _refuse)
        db.session.remove()
        db.engine.dispose()
    time_of = SimpleNamespace(monotonic=lambda: time.monotonic() + 1000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storefront.kernel.kept.time", time_of)
        pages = [client.get(path) for path in ("/", "/search?q=milk", "/categories", "/admin/")]
    with app.app_context():
        event.remove(db.engine.dialect, "do_connect", _refuse)
    assert [page.status_code for page in pages] == [503] * 4
    assert all("Content-Security-Policy" in page.headers for page in pages)
    assert all("X-Request-Id" in page.headers for page in pages), "nothing broke while they were told"


def _refuse(*_how: object) -> None:
    raise sqlite3.OperationalError("unable to open database file")


def test_a_database_whose_tables_are_behind_the_code_is_down_and_says_what_to_do(opened: Flask) -> None:
    app, client = opened, opened.test_client()
    health = client.get("/healthz")
    assert (health.status_code, health.json["status"]) == (503, "down")
    assert "no tables yet" in health.json["database"]["problem"]
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version AS SELECT '0031' AS version_num"))
    problem = client.get("/healthz").json["database"]["problem"]
    assert problem == f"The database is at revision 0031, the code needs {needed()}: run `flask db upgrade`."
    assert client.get("/").status_code == 503
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert client.get("/healthz").status_code == 200, "the version before ours runs on while newer tables are there"
    assert client.get("/").status_code == 500, "that is no lack of tables any more, but a fault"


def test_the_log_keeps_no_key_and_no_person(any_app: Flask) -> None:
    app = any_app
    with app.test_request_context("/register/very-secret"):
        assert logged_path() == "/register/<token>"
    with app.test_request_context("/products/milk"):
        assert logged_path() == "/products/milk"
    with app.app_context():
        with pytest.raises(SQLAlchemyError) as refused:
            db.session.execute(db.insert(Customer), {"email": "victim@example.com"})
        assert "victim" not in str(refused.value)
        db.session.rollback()
