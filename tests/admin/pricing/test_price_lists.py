"""Price lists as merchandisers work on them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.pricing.models import PriceEntry, PriceList
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.factories import make_group, make_price_list, make_product, variant_of

PLAN = "form[action^='/admin/price-lists']:not([action$='/lines']):not([action$='/prices']):not([role])"
LINES = "form[action$='/lines']"
PRICES = "form[action$='/prices']"


@pytest.fixture
def cup(any_app: Flask) -> int:
    """A cup at 12.50 that cost 6.00 and is never to go below 8.00."""
    with any_app.app_context(), transaction():
        variant = variant_of(make_product("Blue cup", price=1250, sku="CUP-1"))
        variant.cost_minor, variant.minimum_price_minor = 600, 800
        make_group("schools", "Schools")
        return variant.id


def a_list(app: Flask, **values: Any) -> int:
    with app.app_context(), transaction():
        return make_price_list("Sale", **values).id


def entries(app: Flask) -> list[tuple[int, int]]:
    with app.app_context():
        rows = db.session.execute(
            db.select(PriceEntry.min_quantity, PriceEntry.price_minor).order_by(PriceEntry.min_quantity)
        )
        return [(row.min_quantity, row.price_minor) for row in rows]


def open_list(browser: Shopper, number: int) -> Page:
    return browser.get(f"/admin/price-lists/{number}")


@pytest.mark.usefixtures("cup")
def test_a_list_is_made_found_in_the_list_and_changed(any_app: Flask) -> None:
    browser = at_work(any_app, Role.MERCHANDISER, "Mei")
    page = browser.submit(
        browser.get("/admin/price-lists/new"), PLAN,
        name="Schools", name_zh="学校", groups="schools", percent="12.5", starts_at="2026-05-03T09:00", is_active="y",
    )  # fmt: skip
    assert page.status == 200
    assert page.words("h1") == "Schools"
    with any_app.app_context():
        row = db.session.scalars(db.select(PriceList)).one()
        assert (row.groups, row.basis_points, row.translations) == (["schools"], 8750, {"zh": {"name": "学校"}})
    listed = browser.get("/admin/price-lists").words("tbody")
    assert "Schools" in listed
    assert "12.5 %" in listed
    page = browser.submit(page, PLAN, percent="")
    assert "Saved." in page.said
    assert "Mei" in page.words(".changes")


def test_lists_say_from_when_until_when_and_prices_name_their_list_as_its_reader_does(any_app: Flask, cup: int) -> None:
    starts_at = datetime(2026, 11, 29, tzinfo=UTC)
    a_list(
        any_app,
        entries={cup: 1100},
        translations={"zh": {"name": "特价"}},
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=7),
    )
    browser = at_work(any_app, Role.MERCHANDISER)
    when = browser.get("/admin/price-lists").one("tbody tr").get_text()
    assert re.search(r"from Nov 29, 2026 \d\d:\d\d\s+until Dec 6, 2026", when)
    chinese = Shopper(any_app, language="zh")
    chinese.client = browser.client
    page = chinese.get("/admin/price-entries")
    assert "特价" in page.words("tbody")
    assert "特价" in page.words("select[name=list]")
    assert "Sale" not in page.said


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": " "}, "Give the list a name"),
        ({"percent": "0"}, "more than 0 and less than 100"),
        ({"percent": "100"}, "more than 0 and less than 100"),
        ({"percent": "140"}, "more than 0 and less than 100"),
        ({"percent": "-5"}, "more than 0 and less than 100"),
        ({"percent": "ten"}, "Enter a percentage"),
        ({"percent": "1.234"}, "Enter a percentage"),
        ({"starts_at": "2026-05-03T09:00", "ends_at": "2026-05-03T09:00"}, "It ends before it starts"),
        ({"starts_at": "soon"}, "Enter a day and a time"),
        ({"groups": "nobody"}, "One of these groups does not exist"),
        ({"tiers": "nobody"}, "One of these tiers does not exist"),
    ],
)
@pytest.mark.usefixtures("cup")
def test_what_makes_no_sense_is_said_and_nothing_typed_is_lost(app: Flask, typed: dict[str, str], words: str) -> None:
    browser = at_work(app, Role.MERCHANDISER)
    page = browser.post("/admin/price-lists", {"name": "My list", "name_zh": "我的", **typed})
    assert page.status == 422
    assert words in page.said
    assert page.one("#name_zh")["value"] == "我的"


@pytest.mark.usefixtures("cup")
def test_pasted_lines_are_stored_all_or_none(any_app: Flask) -> None:
    number, browser = a_list(any_app), at_work(any_app, Role.MERCHANDISER)
    right = "SKU, quantity, price\ncup-1, 1, 11.00\n\nCUP-1\t10\t9.5\n"
    text = f"{right}NOPE, 1, 5\nCUP-1, 1, 10\nCUP-1, x, 10\nCUP-1, 5, -1\nCUP-1"
    page = browser.submit(open_list(browser, number), LINES, lines=text)
    assert page.status == 422
    said = page.words("#lines-error")
    for words in (
        "Line 5: There is no article “NOPE”.", "Line 6: Line 2 has this article", "Line 7: “x” is not",
        "Line 8: A price cannot be negative", "Line 9: Write SKU, quantity and price",
    ):  # fmt: skip
        assert words in said
    assert page.one("#lines").text.strip() == text
    assert entries(any_app) == []
    page = browser.submit(page, LINES, lines="CUP-1,1,11.00\nCUP-1；10；1,009.50\nCUP-1，5，９")
    assert "Saved 3 prices." in page.said
    assert entries(any_app) == [(1, 1100), (5, 900), (10, 100_950)]
    assert browser.submit(page, LINES, lines="  \n").status == 422


def test_prices_are_typed_over_and_removed(any_app: Flask, cup: int) -> None:
    number, browser = a_list(any_app, entries={cup: 1100}), at_work(any_app, Role.MERCHANDISER)
    page = open_list(browser, number)
    field = page.one(".table--grid input[name^='price-']")["name"]
    refused = browser.submit(page, PRICES, **{str(field): "cheap"})
    assert refused.status == 422
    assert refused.one(".table--grid input[name^='price-']")["value"] == "cheap"
    assert "Saved 1 price." in browser.submit(page, PRICES, **{str(field): "7.00"}).said
    page = open_list(browser, number)
    assert "Below the minimum price" in page.words(".table--grid tbody")
    assert "1 article is below its minimum price." in page.said
    button = page.one("button[formaction]")
    page = browser.post(str(button["formaction"]), {"version": page.one(f"{PRICES} input[name=version]")["value"]})
    assert page.status == 303
    assert entries(any_app) == []


def test_a_price_below_cost_is_warned_of_and_a_percentage_too(any_app: Flask, cup: int) -> None:
    browser = at_work(any_app, Role.MERCHANDISER)
    assert "Below cost" in open_list(browser, a_list(any_app, entries={cup: 500})).said
    said = open_list(browser, a_list(any_app, basis_points=4000)).said
    assert "1 article is sold below what it cost." in said


def test_who_was_slower_is_told_and_keeps_what_was_typed(any_app: Flask, cup: int) -> None:
    number = a_list(any_app, entries={cup: 1100})
    mine, yours = at_work(any_app, Role.MERCHANDISER), at_work(any_app, Role.SUPER_ADMIN)
    page = open_list(mine, number)
    yours.submit(open_list(yours, number), PLAN, name="Their sale")
    for answer, kept in (
        (mine.submit(page, PLAN, name_zh="我的"), "我的"),
        (mine.submit(page, LINES, lines="CUP-1,1,10"), "CUP-1,1,10"),
    ):
        assert answer.status == 409
        assert "Somebody else changed this price list" in answer.said
        assert kept in answer.text
    assert entries(any_app) == [(1, 1100)]
    again = mine.submit(answer, LINES)
    assert "Saved 1 price." in again.said
    assert entries(any_app) == [(1, 1000)]


def test_the_prices_of_a_list_can_be_looked_through(any_app: Flask, cup: int) -> None:
    number, browser = a_list(any_app, entries={cup: 1100}), at_work(any_app, Role.MERCHANDISER)
    assert "Blue cup" in browser.get(f"/admin/price-lists/{number}?q=cup-1", htmx=True).said
    found = browser.get(f"/admin/price-lists/{number}?q=lamp", htmx=True)
    assert "No price in this list matches." in found.said
    assert browser.get("/admin/price-lists/999").status == 404
