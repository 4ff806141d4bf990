"""When shoppers see a product, under which address, and what search engines show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.audit import queries as audit
from storefront.catalog.jobs import publish_by_clock
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.models import ProductChange
from storefront.kernel.clock import now
from storefront.shop.services import change_settings
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.factories import make_category, make_product

DATES = "form[action$='/publication']"
APPEARANCE = "form[action$='/appearance']"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-05-04T12:00:00+00:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def cup(any_app: Flask) -> int:
    with any_app.app_context(), transaction():
        return int(
            make_product("Blue cup", slug="blue-cup", sku="CUP-1", category=make_category("Cups", slug="cups")).id
        )


def set_dates(browser: Shopper, product_id: int, **typed: str) -> Page:
    return browser.submit(browser.get(f"/admin/products/{product_id}/publication"), DATES, **typed)


def by_clock(app: Flask) -> int:
    with app.app_context():
        return int(publish_by_clock.call_local())


def is_seen(app: Flask) -> tuple[bool, bool]:
    """Return whether the product's page and the page of its category show it."""
    shopper = Shopper(app)
    return shopper.get("/products/blue-cup").status == 200, "Blue cup" in shopper.get("/categories/cups").said


def test_dates_in_the_shops_zone_show_and_hide_a_product(
    any_app: Flask, clock: time_machine.Traveller, cup: int
) -> None:
    with any_app.app_context(), transaction():
        change_settings(values={"timezone": "America/New_York"}, at=now())
    browser = at_work(any_app, Role.MERCHANDISER, "Mei")
    page = set_dates(browser, cup, starts_at="2026-05-04T09:00", ends_at="2026-05-04T10:00")  # in UTC 13:00 to 14:00
    assert "Planned" in page.words(".admin-head")
    assert is_seen(any_app) == (False, False)
    assert by_clock(any_app) == 0
    clock.move_to("2026-05-04T13:00:00+00:00")
    assert by_clock(any_app) == 1
    assert is_seen(any_app) == (True, True)
    with any_app.app_context():
        assert cup in db.session.scalars(db.select(ProductChange.product_id)).all()
        assert audit.list_entries_about("product", str(cup))[0].actor == "system"
    shopper = Shopper(any_app)
    assert shopper.post("/cart/lines", {"sku": "CUP-1", "quantity": "1"}).status in {204, 303}
    clock.move_to("2026-05-04T14:00:00+00:00")
    assert by_clock(any_app) == 1
    assert by_clock(any_app) == 0
    assert is_seen(any_app) == (False, False)
    assert "No longer" in shopper.get("/cart").said
    assert "Its time is over" in browser.get(f"/admin/products/{cup}/publication").words(".admin-head")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"starts_at": "2026-05-06T09:00", "ends_at": "2026-05-05T09:00"}, "later than the beginning"),
        ({"starts_at": "tomorrow"}, "Enter a day and a time"),
    ],
)
def test_dates_that_cannot_be_come_back(any_app: Flask, cup: int, typed: dict[str, str], words: str) -> None:
    page = set_dates(at_work(any_app), cup, **typed)
    assert (page.status, words in page.said) == (422, True)
    assert page.one("#starts_at")["value"] == typed["starts_at"]


def test_who_publishes_at_once_takes_a_later_beginning_away(
    any_app: Flask, clock: time_machine.Traveller, cup: int
) -> None:
    browser = at_work(any_app)
    set_dates(browser, cup, starts_at="2026-06-01T09:00")
    page = browser.get(f"/admin/products/{cup}")
    assert page.one("form[action$='/words'] input[name='is_published']").has_attr("checked") is False
    browser.submit(page, "form[action$='/words']", name="Sky cup")
    assert "Planned" in browser.get(f"/admin/products/{cup}").words(".admin-head")
    browser.submit(browser.get(f"/admin/products/{cup}"), "form[action$='/words']", is_published="y", name="Blue cup")
    assert is_seen(any_app)[0]
    assert browser.get(f"/admin/products/{cup}/publication").one("#starts_at")["value"] == ""
    set_dates(browser, cup, ends_at="2026-05-04T07:00")
    assert not is_seen(any_app)[0]
    page = browser.submit(browser.get(f"/admin/products/{cup}"), "form[action$='/words']", is_published="y")
    assert (page.status, "Its last day in the shop is over" in page.said) == (409, True)


def test_the_slower_of_two_is_told_of_other_dates(any_app: Flask, clock: time_machine.Traveller, cup: int) -> None:
    mei, tom = at_work(any_app, Role.MERCHANDISER, "Mei"), at_work(any_app, Role.MERCHANDISER, "Tom")
    seen = tom.get(f"/admin/products/{cup}/publication")
    set_dates(mei, cup, ends_at="2026-07-01T00:00")
    page = tom.submit(seen, DATES, starts_at="2026-06-01T00:00")
    assert page.status == 409
    assert "Published until" in page.words(".conflict")
    assert "The last change is by Mei" in page.words(".conflict")
    assert (page.one("#starts_at")["value"], page.one("#ends_at")["value"]) == ("2026-06-01T00:00", "2026-07-01T00:00")
    assert tom.submit(page, DATES).status == 200


def test_another_address_leaves_a_way_from_the_old_one(any_app: Flask, cup: int) -> None:
    browser = at_work(any_app)
    page = browser.submit(browser.get(f"/admin/products/{cup}/appearance"), APPEARANCE, slug="sky-cup")
    assert "blue-cup" in page.words("section[aria-labelledby=former-title]")
    moved = Shopper(any_app).get("/products/blue-cup?sku=CUP-1")
    assert (moved.status, moved.location) == (301, "/products/sky-cup?sku=CUP-1")
    browser.submit(page, APPEARANCE, slug="cup")
    assert Shopper(any_app).get("/products/blue-cup").location == "/products/cup"
    browser.submit(browser.get(f"/admin/products/{cup}/appearance"), APPEARANCE, slug="blue-cup")
    assert Shopper(any_app).get("/products/blue-cup").status == 200
    assert Shopper(any_app).get("/products/cup").location == "/products/blue-cup"
    with any_app.app_context(), transaction():
        other = make_product("Bowl", slug="bowl").id
    refused = browser.submit(browser.get(f"/admin/products/{other}/appearance"), APPEARANCE, slug="cup")
    assert refused.status == 422
    assert "belongs to “Blue cup” already" in refused.words("#slug-error")
    assert Shopper(any_app).get("/products/nowhere").status == 404


def test_search_engines_read_what_was_written_for_them(any_app: Flask, cup: int) -> None:
    browser = at_work(any_app)
    typed = {
        "seo_title": "A cup as blue as the sea",
        "seo_title_zh": "海一样蓝的杯子",
        "seo_description": "Holds tea & more.",
    }
    page = browser.submit(browser.get(f"/admin/products/{cup}/appearance"), APPEARANCE, **typed)
    assert "24 of about 60 characters" in page.said
    assert "A cup as blue as the sea" in page.words(".found-preview[lang=en]")
    shown = Shopper(any_app).get("/products/blue-cup")
    assert str(shown.one("title").string).startswith("A cup as blue as the sea")
    assert shown.one("meta[name=description]")["content"] == "Holds tea & more."
    assert shown.one("meta[property='og:title']")["content"] == "A cup as blue as the sea"
    assert str(shown.one("link[rel=canonical]")["href"]).endswith("/products/blue-cup")
    chinese = Shopper(any_app, language="zh").get("/products/blue-cup")
    assert str(chinese.one("title").string).startswith("海一样蓝的杯子")
    assert shown.words("h1") == "Blue cup"
    long = browser.submit(browser.get(f"/admin/products/{cup}/appearance"), APPEARANCE, seo_title="x" * 121, slug="new")
    assert (long.status, long.one("#slug")["value"]) == (422, "new")
