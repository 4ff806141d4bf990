"""A customer's own pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from storefront.accounts import passwords, queries
from storefront.database.transaction import transaction
from tests.browser import Shopper
from tests.factories import make_customer

PASSWORD = "correct horse battery"
US = {
    "country": "US",
    "name": "Ada Shopper",
    "phone": "(415) 555-2671",
    "street": "1 Main St",
    "city": "Springfield",
    "region": "IL",
    "postcode": "62701",
}
CN = {
    "country": "CN",
    "name": "张三",
    "phone": "13800138000",
    "region": "广东省",
    "city": "深圳市",
    "district": "南山区",
    "street": "科技路1号",
}

Visit = Callable[[], Shopper]


@pytest.fixture
def ada(app: Flask) -> Visit:
    """Return a way to come in as Ada, each time with another browser."""
    with app.app_context(), transaction():
        make_customer("ada@example.com", password_hash=passwords.hash_password(PASSWORD))

    def visit() -> Shopper:
        shopper = Shopper(app)
        assert shopper.post("/sign-in", {"email": "ada@example.com", "password": PASSWORD}).status == 303
        return shopper

    return visit


def test_a_customer_without_orders_is_shown_the_way_to_the_shop(ada: Visit) -> None:
    page = ada().get("/account")
    assert "No orders yet" in page.said


def test_the_menu_leads_to_what_is_kept_off_the_shelves(ada: Visit) -> None:
    here = ada()
    link = here.get("/account").one(".account-menu [href='/shelves/dismissals']")
    assert link.get_text(strip=True) == "Hidden products"
    assert here.get(str(link["href"])).words("h1") == "Hidden products"


def test_a_new_password_ends_every_other_session(ada: Visit) -> None:
    here, elsewhere = ada(), ada()
    page = here.get("/account/security")
    page = here.submit(
        page, "form[action='/account/password']", current=PASSWORD, new="a wholly other phrase", follow=False
    )
    assert page.status == 303
    assert here.get("/account").status == 200
    assert elsewhere.get("/account").status == 303


def test_a_new_password_needs_the_present_one(ada: Visit) -> None:
    here = ada()
    page = here.post("/account/password", {"current": "wrong horse", "new": "a wholly other phrase"})
    assert page.status == 422
    assert "not your current password" in page.said
    assert here.post("/account/password", {"current": PASSWORD, "new": "short"}).status == 422
    assert ada().get("/account").status == 200


def test_name_and_phone_are_kept(ada: Visit) -> None:
    here = ada()
    assert here.post("/account/name", {"name": "  Ada   King ", "phone": "(415) 555-2671"}).status == 303
    assert here.get("/account").words("h1") == "Hello, Ada King"
    assert "+14155552671" in here.get("/account/details").text
    assert here.post("/account/name", {"name": "Ada", "phone": "12"}).status == 422
    assert here.post("/account/name", {"name": "", "phone": ""}).status == 422


def test_the_address_book_keeps_changes_and_forgets(ada: Visit) -> None:
    here = ada()
    assert "No addresses yet" in here.get("/account/addresses").said
    assert here.submit(here.get("/account/addresses/new"), "#address-form", **US).status == 200
    assert here.post("/account/addresses", CN).status == 303
    page = here.get("/account/addresses")
    assert [item.get_text() for item in page.all(".address-book .badge")] == ["Default"]
    assert "广东省深圳市南山区" in page.said
    assert "Springfield IL 62701" in page.said

    here.post("/account/addresses/2/default")
    assert "张三" in here.get("/account/addresses").all(".address-book li")[0].get_text()
    page = here.submit(here.get("/account/addresses/2"), "#address-form", street="科技路2号")
    assert "科技路2号" in page.said
    here.post("/account/addresses/2/removal")
    page = here.get("/account/addresses")
    assert len(page.all(".address-book li")) == 1
    assert page.words(".address-book .badge") == "Default"


def test_an_incomplete_address_says_what_is_missing_and_keeps_what_was_typed(ada: Visit) -> None:
    page = ada().post("/account/addresses", {**US, "city": "", "postcode": "x"})
    assert page.status == 422
    assert page.one("#city")["aria-invalid"] == "true"
    assert "62701" not in page.text
    assert "Example: 95014" in page.said
    assert page.one("#street")["value"] == "1 Main St"


@pytest.mark.parametrize(
    ("country", "order"),
    [
        ("US", ["street", "street2", "city", "region", "postcode"]),
        ("DE", ["street", "street2", "postcode", "city", "region"]),
        ("GB", ["street", "street2", "city", "postcode", "region"]),
        ("JP", ["postcode", "region", "street", "street2", "city"]),
        ("CN", ["region", "city", "district", "street", "street2", "postcode"]),
    ],
)
def test_the_fields_are_in_the_order_of_the_country(ada: Visit, country: str, order: list[str]) -> None:
    page = ada().get(f"/account/addresses/new?country={country}")
    fields = [str(field["name"]) for field in page.all("#address-form :is(input, select)[name]")]
    assert [name for name in fields if name in order] == order


def test_the_form_follows_the_country(ada: Visit) -> None:
    here = ada()
    chinese = here.get("/account/addresses/new?country=CN&name=Li", htmx=True)
    assert chinese.text.lstrip().startswith("<form")
    assert chinese.one("#name")["value"] == "Li"
    assert "广东省" in chinese.text
    assert not here.get("/account/addresses/new?country=DE").all("#district")
    assert here.post("/account/addresses", {**US, "country": "Atlantis"}).status == 422


def test_nobody_touches_anothers_addresses(app: Flask, ada: Visit) -> None:
    ada().post("/account/addresses", US)
    with app.app_context(), transaction():
        make_customer("eve@example.com", password_hash=passwords.hash_password(PASSWORD))
    eve = Shopper(app)
    eve.post("/sign-in", {"email": "eve@example.com", "password": PASSWORD})
    assert eve.get("/account/addresses/1").status == 404
    for action in ("", "/default", "/removal"):
        assert eve.post(f"/account/addresses/1{action}", US).status == 404
    with app.app_context():
        assert len(queries.list_addresses(1)) == 1


def test_the_address_book_has_an_end(app: Flask, ada: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storefront.accounts.services.LONGEST_BOOK", 1)
    here = ada()
    assert here.post("/account/addresses", US).status == 303
    page = here.post("/account/addresses", US)
    assert page.status == 422
    assert "full" in page.said


def test_the_pages_speak_chinese_or_english_without_breaking(app: Flask, ada: Visit) -> None:
    here = ada()
    here.language = "zh-CN"
    for page in ("", "/addresses", "/addresses/new?country=CN", "/details", "/security"):
        assert here.get(f"/account{page}").status == 200


PASTED = "收货人：张三，13800138000，广东省深圳市南山区科技园南路1号"


def test_an_address_pasted_whole_fills_the_fields_and_is_kept_once_it_was_looked_at(ada: Visit) -> None:
    here = ada()
    form = here.get("/account/addresses/new")
    filled = here.submit(form, "#address-form", pasted=PASTED, fill="yes")
    assert filled.status == 200
    assert "The fields are filled in. Please look through them." in filled.said
    shown = {name: filled.one(f"[name='{name}']").get("value") for name in ("name", "phone", "street")}
    assert shown == {"name": "张三", "phone": "13800138000", "street": "科技园南路1号"}
    chosen = [filled.one(f"select[name='{name}'] option[selected]")["value"] for name in ("country", "region", "city")]
    assert chosen == ["CN", "广东省", "深圳市"]
    assert "No addresses yet" in here.get("/account/addresses").said, "nothing is kept before somebody looks"
    assert here.submit(filled, "#address-form", pasted="", fill="").status == 200
    assert "广东省深圳市南山区 科技园南路1号" in here.get("/account/addresses").said


def test_what_is_no_address_is_said_and_nothing_typed_is_lost(ada: Visit) -> None:
    here = ada()
    typed = {**US, "pasted": "hello", "fill": "yes"}
    page = here.post("/account/addresses", typed)
    assert page.status == 422
    assert "We found no address in this." in page.said
    assert page.one("#street")["value"] == "1 Main St"
    assert page.one("#pasted")["aria-invalid"] == "true"
