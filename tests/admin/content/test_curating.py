"""A page put together: goods, pictures, whom it is for, how it will look, what has gone wrong since, campaigns."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from storefront.accounts.permissions import Role
from storefront.catalog.models import Product
from storefront.content.models import Campaign, Slot, SlotEntry, SlotEntryVersion
from storefront.content.queries import forget_slots
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.shop import services as shop
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.counting import queries_of
from tests.factories import make_category, make_group, make_product

numbers = count(1)
FORM = "main form[data-guarded]"


@pytest.fixture
def home(app: Flask) -> Flask:
    """A home page with a banner, a shelf and three products."""
    with app.app_context(), transaction():
        drinks = make_category("Drinks", slug="drinks")
        for name in ("Tea", "Milk", "Cocoa"):
            make_product(name, category=drinks, sku=f"{name.upper()}-1")
        make_group("gardeners", "Gardeners")
        for place, (key, kind) in enumerate((("hero", "banner"), ("shelf", "product_grid"))):
            always = SlotEntry(name="Always", is_fallback=True, content={}, audience={}, updated_at=now())
            db.session.add(Slot(key=key, kind=kind, position=place, entries=[always]))
        db.session.flush()
        forget_slots()
    return app


def write(browser: Shopper, slot: int = 1, **typed: Any) -> Page:
    page = browser.get(f"/admin/home-slots/{slot}/entries/new")
    return browser.submit(page, FORM, **{"name": "Spring", "do": "submit", **typed})


def let_through(app: Flask, page: Page) -> None:
    browser = at_work(app, Role.OPERATIONS, f"Olga {next(numbers)}")
    assert browser.submit(browser.get(page.response.request.path), "form[action$=approval]").status == 200


def picture(kind: str = "PNG") -> tuple[BytesIO, str]:
    data = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(data, kind)
    return BytesIO(data.getvalue()), f"spring.{kind.lower()}"


def test_goods_by_hand_stand_in_the_order_in_which_they_were_typed(home: Flask) -> None:
    page = write(at_work(home, Role.MERCHANDISER), 2, skus="COCOA-1\ntea-1", title_en="By hand")
    assert page.one("#skus").get_text(strip=True).split() == ["COCOA-1", "TEA-1"]
    let_through(home, page)
    names = [name.get_text(strip=True) for name in Shopper(home).get("/").all("#shelf-shelf .card__name")]
    assert names == ["Cocoa", "Tea"]


def test_goods_come_from_a_category_or_nowhere_else(home: Flask) -> None:
    browser = at_work(home, Role.MERCHANDISER)
    let_through(home, write(browser, 2, source="category:drinks", title_en="Drinks"))
    assert len(Shopper(home).get("/").all("#shelf-shelf .card__name")) == 3
    assert "one of these" in write(browser, 2, source="category:nothing").words("#source-error")


def test_codes_that_no_article_has_are_named(home: Flask) -> None:
    page = write(at_work(home, Role.MERCHANDISER), 2, skus="TEA-1 NONE-1 NONE-2")
    assert page.status == 422
    assert "NONE-1, NONE-2" in page.words("#skus-error")
    assert "TEA-1" in page.one("#skus").get_text()


def test_a_picture_is_judged_by_its_content_and_kept_while_the_rest_is_mended(home: Flask) -> None:
    browser = at_work(home, Role.MERCHANDISER)
    for wrong in ((BytesIO(b"<svg onload=alert(1)>"), "x.svg"), (BytesIO(b"GIF89a..."), "x.png")):
        page = write(browser, picture_file=wrong)
        assert page.status == 422
        assert page.all(".field__error")
    page = write(browser, picture_file=picture(), link="//evil.example", alt_en="A teal field")
    assert page.status == 422
    kept = str(page.one("#picture")["value"])
    assert kept.startswith("photo:")
    page = browser.submit(page, FORM, link="/categories", do="submit")
    let_through(home, page)
    shown = Shopper(home).get("/").one(".hero__picture img")
    assert shown["alt"] == "A teal field"
    page = browser.submit(browser.get(page.response.request.path), FORM, picture_gone="yes", do="submit")
    assert "a title or a picture" in page.words("#title_en-error")
    page = browser.submit(page, FORM, title_en="Spring", do="submit")
    let_through(home, page)
    assert not Shopper(home).get("/").all(".hero__picture")


def test_a_banner_says_or_shows_something(home: Flask) -> None:
    browser = at_work(home, Role.MERCHANDISER)
    page = write(browser)
    assert page.status == 422
    assert "a title or a picture" in page.words("#title_en-error")
    assert browser.submit(page, FORM, title_zh="春天", do="submit").status == 200


def test_a_picture_cannot_be_talked_into_another_address(home: Flask) -> None:
    page = write(at_work(home, Role.MERCHANDISER), picture="https://evil.example/x.png", title_en="Spring")
    assert page.status == 200
    with home.app_context():
        assert "picture" not in db.session.scalars(db.select(SlotEntry).where(SlotEntry.name == "Spring")).one().content


def test_what_has_gone_wrong_since_is_told(home: Flask) -> None:
    browser = at_work(home, Role.MERCHANDISER)
    shelf = write(browser, 2, skus="TEA-1 MILK-1", title_en="By hand")
    with home.app_context():
        slug = db.session.scalars(db.select(Product.slug).where(Product.name == "Tea")).one()
    banner = write(browser, 1, link=f"/products/{slug}", title_en="Tea")
    assert not browser.get("/admin/home-slots").all(".slot .badge .icon")
    with home.app_context(), transaction():
        db.session.scalars(db.select(Product).where(Product.name == "Tea")).one().is_published = False
    assert "leads to nothing" in browser.get(banner.response.request.path).said
    assert "1 of its 2 products cannot be bought now" in browser.get(shelf.response.request.path).said
    listed = browser.get("/admin/home-slots").words("#slot-2")
    assert "1 problem" in listed


def test_the_page_is_seen_through_the_eyes_that_were_asked_for(home: Flask) -> None:
    browser = at_work(home, Role.MERCHANDISER)
    begins = (now() + timedelta(days=2)).strftime("%Y-%m-%dT00:00")
    write(browser, 1, title_en="For gardeners", group="gardeners", starts_at=begins, priority="50")
    later = (now() + timedelta(days=3)).strftime("%Y-%m-%dT12:00")
    for query, seen in (
        ({}, False),
        ({"at": later, "group": "gardeners"}, False),
        ({"at": later, "group": "gardeners", "with": "review"}, True),
        ({"at": later, "with": "review"}, False),
        ({"at": "tomorrow", "with": "everything", "device": "watch"}, False),
    ):
        page = browser.get("/admin/home-slots", query_string=query)
        link = str(page.one("iframe")["src"])
        assert ("For gardeners" in Shopper(home).get(link).said) is seen, query
    assert page.one("input[name=at]")["value"] == ""


def test_an_entry_is_seen_as_the_page_will_be_when_it_begins(home: Flask) -> None:
    browser = at_work(home, Role.MERCHANDISER)
    page = write(browser, 1, title_en="In two days", starts_at=(now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    with home.app_context(), transaction():
        row = db.session.scalars(db.select(SlotEntryVersion)).one()
        row.plan = {**row.plan, "starts_at": (now() + timedelta(days=2)).replace(second=30).isoformat()}
    page = browser.get(page.response.request.path)
    assert "In two days" in Shopper(home).get(str(page.one("iframe")["src"])).said


def test_slots_are_added_dragged_into_order_and_removed(home: Flask) -> None:
    browser = at_work(home, Role.MERCHANDISER)
    page = browser.post("/admin/home-slots", {"page": "home", "name": "Second banner", "kind": "banner"}, follow=True)
    assert "Second banner" in page.words("#slot-3")
    assert browser.post("/admin/home-slots", {"page": "home", "name": " ", "kind": "banner"}).status == 422
    assert browser.post("/admin/home-slots", {"page": "home", "name": "x", "kind": "circus"}).status == 422
    assert browser.post("/admin/home-slots", {"page": "nowhere", "name": "x", "kind": "banner"}).status == 422
    assert browser.post("/admin/home-slots", {"page": "campaign:9", "name": "x", "kind": "banner"}).status == 404
    page = browser.post("/admin/home-slots/order", {"page": "home", "order": "3,1,2"}, follow=True)
    assert [item["data-sorts"] for item in page.all("[data-sorts]")] == ["3", "1", "2"]
    page = browser.post("/admin/home-slots/order", {"page": "home", "order": "3,1"}, follow=True)
    assert "changed meanwhile" in page.said
    page = browser.get("/admin/home-slots/3/removal")
    assert "goes for good" in page.said
    assert "gone" in browser.submit(page, "form[action$=removal]").said
    assert browser.get("/admin/home-slots/3/removal").status == 404


def test_a_note_a_version_and_the_archive(home: Flask) -> None:
    mei, olga = at_work(home, Role.MERCHANDISER, "Mei"), at_work(home, Role.OPERATIONS, "Olga")
    page = write(mei, title_en="Sprnig")
    path = page.response.request.path
    assert "Somebody else has to look at it" in page.said
    assert not page.all("form[action$=approval]")
    waiting = olga.get("/admin/home-slots").words("#waiting-title")
    assert waiting == "1 entry waits to be looked at"
    assert olga.submit(olga.get(path), "form[action$=rejection]", note=" ").status == 422
    olga.submit(olga.get(path), "form[action$=rejection]", note="Spring is misspelt")
    page = mei.get(path)
    assert "Sent back by Olga Spring is misspelt" in page.said
    mei.submit(page, FORM, title_en="Spring", do="submit")
    olga.submit(olga.get(path), "form[action$=approval]")
    mei.submit(mei.get(path), FORM, title_en="Summer", do="submit")
    page = olga.submit(olga.get(path), "form[action$=approval]")
    assert "Version 2" in page.said
    page = mei.submit(mei.get(path), "form[action$='versions/1']")
    assert page.one("#title_en")["value"] == "Spring"
    page = mei.submit(page, "form[action$='draft/removal']")
    assert page.one("#title_en")["value"] == "Summer"
    stale = mei.post(f"{path}/state", {"version": "1", "action": "pause"})
    assert (stale.status, "Somebody else changed" in stale.said) == (409, True)
    assert mei.post(f"{path}/state", {"version": "1", "action": "explode"}).status == 422
    assert olga.post(f"{path}/state", {"version": "1", "action": "pause"}).status == 403
    with home.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(SlotEntryVersion)) == 3


def test_in_a_shop_of_one_person_saving_shows_it(home: Flask) -> None:
    with home.app_context(), transaction():
        shop.change_settings(values={"slots_need_second_person": False}, at=now())
    browser = at_work(home, Role.MERCHANDISER)
    write(browser, title_en="Spring is here", do="publish")
    assert "Spring is here" in Shopper(home).get("/").said
    write(browser, title_en="Only a draft", do="draft", priority="99")
    assert "Only a draft" not in Shopper(home).get("/").said


def test_the_calendar_says_what_overlaps_and_when_nothing_is_due(home: Flask) -> None:
    with home.app_context(), transaction():
        shop.change_settings(values={"timezone": "Asia/Shanghai"}, at=now())
    browser = at_work(home, Role.MERCHANDISER)
    for name, first, last in (("Sale", "05", "20"), ("Party", "15", "25")):
        page = write(
            browser, name=name, title_en=name, starts_at=f"2026-12-{first}T00:00", ends_at=f"2026-12-{last}T00:00"
        )
        let_through(home, page)
    page = browser.get("/admin/home-slots/calendar?month=2026-12")
    said = page.said
    assert "“Party” is shown instead of “Sale”" in said
    assert "Both have the same priority" in said
    assert "From Dec 1, 2026 00:00 until Dec 5, 2026 00:00 nothing is due" in said
    assert "From Dec 25, 2026 00:00 until Jan 1, 2027 00:00 nothing is due" in said
    assert "shelf" in page.words("[aria-labelledby=quiet-title]")
    assert browser.get("/admin/home-slots/calendar?month=soon&page=home").status == 200
    assert browser.get("/admin/home-slots/calendar?page=category:99").status == 404


def test_an_address_that_is_left_empty_is_made_from_the_title(home: Flask) -> None:
    browser = at_work(home, Role.MERCHANDISER)
    for slug in ("spring-sale", "spring-sale-2"):
        browser.submit(browser.get("/admin/campaigns/new"), FORM, title_en="Spring sale!", slug="", is_published="y")
        assert Shopper(home).get(f"/campaigns/{slug}").status == 200
    browser.submit(browser.get("/admin/campaigns/1"), FORM, title_en="Summer", slug="")
    assert "Summer" in Shopper(home).get("/campaigns/spring-sale").said


def test_a_campaign_from_its_address_to_its_end(home: Flask) -> None:
    browser = at_work(home, Role.MERCHANDISER)
    form = browser.get("/admin/campaigns/new")
    assert "title" in browser.submit(form, FORM, slug="spring").words("#title_en-error")
    assert "small letters" in browser.submit(form, FORM, title_en="Spring", slug="Spring Sale!").words("#slug-error")
    page = browser.submit(form, FORM, title_en="Spring", slug="spring", is_published="y")
    assert "The campaign is there" in page.said
    page = browser.post("/admin/home-slots", {"page": "campaign:1", "name": "Words", "kind": "rich_text"}, follow=True)
    slot = int(str(page.one("[data-sorts]")["data-sorts"]))
    let_through(home, write(browser, slot, title_en="Tulips", priority="3"))
    assert "Tulips" in Shopper(home).get("/campaigns/spring").said
    assert "already" in browser.submit(form, FORM, title_en="Again", slug="spring").words("#slug-error")
    seen = browser.get("/admin/campaigns/1")
    browser.submit(seen, FORM, title_en="Spring time")
    page = browser.submit(seen, FORM, title_zh="春天")
    assert page.status == 409
    assert "Spring time" in page.words(".conflict")
    assert "Spring time" in browser.get("/admin/campaigns").said
    page = browser.submit(browser.get("/admin/campaigns/1"), "form[action$=removal]")
    assert "Remove the campaign with its page" in page.said
    assert "is gone" in browser.post("/admin/campaigns/1/removal", {"sure": "yes"}, follow=True).said
    with home.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Campaign)) == 0
    assert Shopper(home).get("/campaigns/spring").status == 404


@pytest.mark.usefixtures("nothing_grows_old")
def test_the_list_costs_few_queries_however_long_it_is(home: Flask) -> None:
    browser = at_work(home, Role.MERCHANDISER)
    browser.get("/admin/home-slots")
    with queries_of(home) as few:
        browser.get("/admin/home-slots")
    for number in range(6):
        write(browser, 2, name=f"Entry {number}", skus="TEA-1")
    browser.get("/admin/home-slots")
    with queries_of(home) as many:
        browser.get("/admin/home-slots")
    assert len(many) <= len(few) + 2, many


def test_chinese_merchandisers_read_chinese(home: Flask) -> None:
    browser = at_work(home, Role.MERCHANDISER)
    browser.language = "zh"
    assert "首页" in browser.get("/admin/home-slots").words("h1")
