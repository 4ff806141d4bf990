"""What nobody sends by mistake: markup where words belong, queries in queries, bombs for files, forms without end."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO

import openpyxl
import pytest
from flask import Flask

from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.imports.errors import BadFile
from storefront.imports.reading import look_at
from storefront.imports.shapes import Shape, shape_of
from storefront.mail.models import OutboxMail
from tests.admin.people import at_work
from tests.browser import Shopper
from tests.factories import make_category, make_product, make_shipping, variant_of
from tests.storefront.accounts.people import add, enter
from tests.storefront.checkout.desk import TYPED

MARKUP = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}${7*7}%(x)s"
"""Breaks out of an attribute, an element, a template and a format. The browser of these tests objects to any inline
script and handler, so a page that shows it as markup fails by itself."""


def is_only_text(text: str) -> None:
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "49${" not in text


def test_markup_in_names_notes_and_talks_is_read_as_words_on_both_sides_of_the_counter(app: Flask) -> None:
    add(app)
    with app.app_context(), transaction():
        category = make_category(MARKUP[:100])
        product = make_product(MARKUP[:150], category=category, sku="HOSTILE", description=MARKUP, stock=5)
        make_shipping(500)
        slug, place, number = product.slug, category.slug, product.id
        assert variant_of(product).sku == "HOSTILE"
    ada = enter(app)
    ada.post("/account/name", {"name": MARKUP[:100], "phone": ""})
    ada.post("/contact", {"topic": "other", "subject": MARKUP[:100], "text": MARKUP})
    ada.post("/cart/lines", {"sku": "HOSTILE", "quantity": "1"})
    page = ada.get("/checkout")
    is_only_text(page.text)
    placed = ada.submit(page, "#checkout-form", follow=False, **{**TYPED, "name": MARKUP[:60], "note": MARKUP})
    with app.app_context():
        order = db.session.scalars(db.text('SELECT number FROM "order"')).one()
        ticket = db.session.scalars(db.text("SELECT number FROM ticket")).one()
    shop = (
        f"/products/{slug}",
        f"/categories/{place}",
        "/categories",
        "/cart",
        "/account",
        f"/orders/{order}",
    )
    for path in (*shop, placed.location, f"/tickets/{ticket}", "/account/tickets", "/account/orders"):
        is_only_text(ada.get(path, follow=True).text)
    for path in ("/search", "/search/suggestions"):
        is_only_text(Shopper(app).get(path, query_string={"q": MARKUP}).text)
    clerk = at_work(app)
    for path in (f"/admin/products/{number}", "/admin/products", f"/admin/orders/{order}", "/admin/orders"):
        is_only_text(clerk.get(path).text)
    for path in (
        f"/admin/tickets/{ticket}",
        "/admin/tickets",
        "/admin/customers",
        "/admin/customers/1",
        "/admin/audit",
    ):
        is_only_text(clerk.get(path).text)
    with app.app_context():
        letters = db.session.scalars(db.select(OutboxMail)).all()
        assert letters
        for letter in letters:
            is_only_text(letter.html)
            assert "\n" not in letter.subject


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=milk&sort=price;drop table product",
        "/search?q=milk' OR 1=1--&min=1' OR '1'='1&max=1e999",
        "/search?q=milk&page=-1&page=0&page=99999999999999999999",
        "/search?q=milk&page=%00",
        "/search?q=milk&brand=x'||(select password_hash from customer)||'",
        "/categories/{slug}?sort=(select 1)&in_stock=__import__",
        "/categories/{slug}?attr.size=' UNION SELECT email FROM customer--",
        "/categories/{slug}?page=1;select pg_sleep(9)",
        "/products/{slug}'--",
        "/orders/1' OR '1'='1",
        "/shelves/similar?product=1 OR 1=1",
        "/delivery/estimate?country=' OR 1=1&region=%27",
    ],
)
def test_a_query_within_a_query_is_a_word_that_nothing_matches(any_app: Flask, path: str) -> None:
    with any_app.app_context(), transaction():
        category = make_category("Milk")
        make_product("Milk", category=category)
    add(any_app)
    page = Shopper(any_app).get(path.replace("{slug}", category.slug if path.startswith("/c") else "milk"))
    assert page.status < 500
    assert "ada@example.com" not in page.text
    assert "argon2" not in page.text
    with any_app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Customer)) == 1


LISTS = ("orders", "products", "customers", "tickets", "audit", "promotions", "payments", "returns", "stock-movements")


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_the_back_office_sort_and_narrow_by_what_they_know_alone(app: Flask, name: str) -> None:
    clerk = at_work(app)
    for query in (
        "sort=id;drop table staff",
        "sort=-password_hash",
        "q=' OR 1=1--",
        "columns=password_hash",
        "page=9e9",
    ):
        page = clerk.get(f"/admin/{name}?{query}", follow=True)
        assert page.status < 500
        assert "argon2" not in page.text


@pytest.mark.parametrize(
    "path",
    [
        *("/static/dist/../../app.py", "/static/dist/%2e%2e/%2e%2e/config.py", "/static/dist/..%2f..%2fconfig.py"),
        *(
            "/static/dist/..%2f..%2f..%2fetc/passwd",
            "/static/dist/...%2fconfig.py",
            "/static/dist/manifest.json%00.css",
        ),
        *("/media/../shop.db", "/media/%2e%2e%2fshop.db", "/media/x-640.webp", "/media/generated/..%2f..%2fx.svg"),
        *("/.git/config", "/.env", "/static/", "/static/dist/", "/media/", "/shop.db", "/wsgi.py", "/var/shop.db"),
    ],
)
def test_no_path_leads_out_of_its_folder_and_no_folder_is_listed(shopper: Shopper, path: str) -> None:
    assert shopper.get(path).status in {404, 400}


def test_fields_that_no_form_has_change_nothing(app: Flask) -> None:
    add(app)
    ada = enter(app)
    more = {
        "tier": "gold",
        "is_active": "",
        "session_version": "9",
        "email": "eve@example.com",
        "groups": "vip",
        "id": "7",
    }
    assert ada.post("/account/name", {"name": "Ada", "phone": "", **more}).status == 303
    with app.app_context():
        row = db.session.scalars(db.select(Customer)).one()
        assert (row.id, row.name, row.email, row.is_active) == (1, "Ada", "ada@example.com", True)
        assert row.tier != "gold"
        assert row.session_version != 9


def test_what_is_refused_is_logged_with_its_path_and_nothing_of_the_person(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="storefront.access"):
        Shopper(app).post("/language?secret=of-mine", {"lang": "zh"}, headers={"Sec-Fetch-Site": "cross-site"})
        Shopper(app).get("/orders/NONE?key=of-mine", environ_overrides={"REMOTE_ADDR": "198.51.100.7"})
    assert [record.getMessage() for record in caplog.records] == ["POST /language 403", "GET /orders/NONE 404"]
    assert "198.51" not in caplog.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "FOO"])
@pytest.mark.parametrize("path", ["/", "/cart/lines", "/account", "/admin/orders"])
def test_methods_that_nothing_uses_are_refused(app: Flask, method: str, path: str) -> None:
    assert app.test_client().open(path, method=method).status_code == 405


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/search/clicks", "[" * 1500 + "]" * 400, 400),
        ("/search/clicks", json.dumps({"search": {"a": 1}, "product": [1]}), 400),
        ("/search/clicks", "{" + " " * 4000 + "}", 413),
        ("/entries/views", '{"entries": [1e400, NaN, "1"]}', 400),
    ],
)
def test_json_that_is_deep_large_or_another_shape_is_refused(app: Flask, path: str, body: str, status: int) -> None:
    answer = app.test_client().post(path, data=body, content_type="application/json")
    assert answer.status_code == status


def test_forms_without_end_are_refused_in_words(app: Flask) -> None:
    shopper = Shopper(app)
    many = {f"field-{number}": "x" for number in range(1_200)}
    parts = shopper.post("/contact", many, content_type="multipart/form-data")
    assert (parts.status, parts.words("h1")) == (413, "That is too large")
    for kind, size in (("application/x-www-form-urlencoded", 13), ("multipart/form-data; boundary=b", 2)):
        head = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n' if size == 2 else b"text="
        body = head + b"x" * (size * 1024 * 1024) + (b"\r\n--b--\r\n" if size == 2 else b"")
        assert shopper.client.post("/contact", data=body, content_type=kind).status_code == 413


LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
OUTSIDE = "<!DOCTYPE x [<!ENTITY a11 SYSTEM 'file:///etc/passwd'>"


@pytest.mark.parametrize("doctype", [LAUGHS, OUTSIDE])
def test_a_workbook_that_blows_up_or_looks_outside_is_damaged(doctype: str) -> None:
    room = BytesIO()
    made = openpyxl.Workbook()
    made.active.append(["sku", "name"])
    made.active.append(["A1", "plain"])
    made.save(room)
    changed = BytesIO()
    with zipfile.ZipFile(room) as good, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as bad:
        for entry in good.infolist():
            text = good.read(entry)
            if entry.filename == "xl/sharedStrings.xml":
                body = text[text.index(b"<sst") :].replace(b"plain", b"&a11;")
                text = f"<?xml version='1.0'?>{doctype}]>".encode() + body
            bad.writestr(entry.filename, text)
    content = changed.getvalue()
    assert shape_of(content) == Shape("xlsx")
    try:
        _headers, rows = look_at(content, Shape("xlsx"))
    except BadFile:
        return
    assert "root:" not in str(rows)
    assert len(str(rows)) < 1_000
