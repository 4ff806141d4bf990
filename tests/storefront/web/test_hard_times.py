"""What the shop answers when the request is malformed or the database is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.jobs import queue
from storefront.web.headers import logged_path
from tests.browser import Shopper
from tests.conftest import config_for, make_app
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
    page = client.get("/")
    assert page.status_code == 500
    assert "text/html" in page.content_type
    sheet = page.get_data(as_text=True).partition('rel="stylesheet" href="')[2].partition('"')[0]
    with client.get(sheet) as styles:
        assert styles.status_code == 200


def test_a_database_without_tables_is_down(tmp_path: Path) -> None:
    bound = queue.bound()
    app = make_app(config_for(tmp_path))
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json["status"]) == (503, "down")
    with app.app_context():
        db.engine.dispose()
    if bound:
        queue.bind(bound)


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
