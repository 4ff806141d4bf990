"""Flash sales as merchandisers plan and watch them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from admin.flash.lines import place_troubles, read_lines, split_lines
from storefront.accounts.permissions import Role
from storefront.audit import queries as audit
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.flash.models import FlashItem, FlashSession
from storefront.flash.planning import Trouble
from storefront.flash.services import Take, take
from storefront.kernel.clock import now
from storefront.shop.services import change_settings
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.factories import make_product

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
FORM = "main form[data-guarded]"


@pytest.fixture
def shop(any_app: Flask) -> Iterator[Flask]:
    """Three articles at 10.00 with ten pieces each, in a shop on Greenwich time, on the first of May at noon."""
    with time_machine.travel(NOON, tick=True):
        with any_app.app_context(), transaction():
            change_settings(values={"timezone": "UTC"}, at=now())
            for number in (1, 2, 3):
                make_product(f"Cup {number}", price=1000, sku=f"CUP-{number}")
        yield any_app


@pytest.fixture
def browser(shop: Flask) -> Shopper:
    """A merchandiser who has made an activity."""
    browser = at_work(shop, Role.MERCHANDISER)
    made = browser.submit(browser.get("/admin/flash/sales/new"), FORM, follow=False, name="Tea time", name_zh="下午茶")
    assert made.location == "/admin/flash/sales/1/sessions/new"
    return browser


def plan(browser: Shopper, lines: str, starts: str = "2026-05-01T11:00", ends: str = "2026-05-01T14:00") -> Page:
    page = browser.get("/admin/flash/sales/1/sessions/new")
    return browser.submit(page, FORM, starts_at=starts, ends_at=ends, lines=lines)


def save(browser: Shopper, **typed: str) -> Page:
    return browser.submit(browser.get("/admin/flash/sessions/1"), FORM, **typed)


def test_a_session_is_planned_by_pasting_lines(browser: Shopper, shop: Flask) -> None:
    page = plan(browser, "cup-1\t6.00\t5\t2\n\n ＣＵＰ－２，７．５０，１０ \n")
    assert page.status == 200
    assert page.one("textarea").get_text().split() == ["CUP-1", "6.00", "5", "2", "CUP-2", "7.50", "10"]
    with shop.app_context():
        rows = db.session.execute(
            db.select(FlashItem.price_minor, FlashItem.quota, FlashItem.per_customer).order_by(FlashItem.position)
        )
        assert [tuple(row) for row in rows] == [(600, 5, 2), (750, 10, None)]
        [entry] = audit.list_entries_about("flash_session", "1")
        assert entry.action == "flash_session.add"
        assert entry.changes["CUP-1"] == [None, [600, 5, 2]]
    assert "Tea time" in browser.get("/admin/flash").one("main").get_text()
    assert "Cup 1" in Shopper(shop).get("/flash").text


def test_every_line_says_what_is_wrong_with_it_and_nothing_is_lost(browser: Shopper, shop: Flask) -> None:
    typed = (
        "CUP-1 6 5\nNOPE 1 1\nCUP-2 0 5\nCUP-2 6 5\nCUP-3 6 0\nCUP-3\nCUP-3 abc 5\nCUP-3 6.001 5\nCUP-3 6 1.5\nX -6 5"
    )
    page = plan(browser, typed)
    assert page.status == 422
    said = page.words(".line-troubles")
    for number, words in (
        (2, "There is no article with the SKU NOPE"),
        (3, "A flash price is more than nothing"),
        (4, "CUP-2 is in line 3 already"),
        (5, "A quota is from 1"),
        (6, "CUP-3 is in line 5 already"),
    ):
        assert f"Line {number} " in said
        assert words in said
    assert page.one("textarea").get_text().strip() == typed
    assert page.one("[name=starts_at]")["value"] == "2026-05-01T11:00"
    with shop.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(FlashSession)) == 0


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("CUP abc 5", "is not a price"),
        ("CUP 6.001 5", "more than 2 decimals"),
        ("CUP 6 1.5", "is not a whole number"),
        ("CUP 6 -5", "A quota is from 1"),
        ("CUP 6 0", "A quota is from 1"),
        ("CUP -6 5", "more than nothing"),
        ("CUP 6 5 0", "at least 1"),
        ("CUP 6", "Write the SKU"),
        ("CUP 6 5 1 9", "Write the SKU"),
        ("CUP 99999999999999999999 5", "is not a price|not that high"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_in_words(word: str, said: str) -> None:
    items, [trouble] = read_lines(split_lines(word), variants={"CUP": 1}, currency="USD")
    assert items == ()
    assert any(words in trouble.trouble.message % trouble.trouble.facts for words in said.split("|"))


def test_lines_follow_the_currency() -> None:
    [item], troubles = read_lines(split_lines("CUP 600 5"), variants={"CUP": 1}, currency="JPY")
    assert (item.price.minor, troubles) == (600, [])
    _, [trouble] = read_lines(split_lines("CUP 6.5 5"), variants={"CUP": 1}, currency="JPY")
    assert "does not have" in trouble.trouble.message


def test_a_trouble_without_a_line_is_told_first() -> None:
    lines = split_lines("A 1 1\nB 1 1")
    placed = place_troubles(lines, {"B": Trouble("b"), "GONE": Trouble("gone")})
    assert [(each.number, each.trouble.message) for each in placed] == [(0, "gone"), (2, "b")]


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        ("2026-05-02T11:00", "2026-05-02T11:00", "ends before"),
        ("2026-05-02T11:00", "2026-05-02T10:00", "ends before"),
        ("2026-04-01T11:00", "2026-04-01T12:00", "time is over"),
        ("soon", "2026-05-02T10:00", "Enter a day and a time"),
        ("", "", "Enter a day and a time"),
    ],
)
def test_times_that_make_no_sense_are_refused(browser: Shopper, starts: str, ends: str, said: str) -> None:
    page = plan(browser, "CUP-1 6 5", starts, ends)
    assert page.status == 422
    assert said in page.said
    assert "CUP-1 6 5" in page.one("textarea").get_text()


def test_a_price_that_is_not_below_the_usual_one_is_refused(browser: Shopper) -> None:
    page = plan(browser, "CUP-1 6 5\nCUP-2 10 5")
    assert page.status == 422
    said = "Line 2 CUP-2 10 5 CUP-2 usually costs 10.00 USD: a flash price is lower than that."
    assert said in page.words(".line-troubles")


def test_a_session_that_goes_on_shows_its_figures(browser: Shopper, shop: Flask) -> None:
    plan(browser, "CUP-1 6.00 5 2\nCUP-2 9 50")
    with shop.app_context(), transaction():
        db.session.execute(
            db.update(Variant).where(Variant.sku == "CUP-1").values(cost_minor=700, minimum_price_minor=650)
        )
        db.session.execute(db.update(Variant).where(Variant.sku == "CUP-2").values(price_minor=900))
        number = db.session.scalar(db.select(FlashItem.id).order_by(FlashItem.id)) or 0
        take([Take(number, 2, "")], customer_key="customer:1", order_number="A", at=now())
    page = browser.get("/admin/flash/sessions/1")
    rows = [" ".join(row.get_text(" ").split()) for row in page.all(".data tbody tr")]
    for words in ("CUP-1", "Below cost", "Below the minimum price", "2 / 5", "40%", "$12.00"):
        assert words in rows[0]
    for words in ("CUP-2", "Not below the usual price", "Stock is less than the pieces left", "0 / 50"):
        assert words in rows[1]
    assert "bought by 1 customer" in page.words(".figures")
    assert save(browser, lines="CUP-1 5.00 5 2\nCUP-2 9 50").status == 422
    assert save(browser, lines="CUP-1 6.00 1 2\nCUP-2 9 50").status == 422
    gone = save(browser, lines="CUP-2 9 50")
    assert "CUP-1 has been sold" in gone.words(".line-troubles")
    assert save(browser, lines="CUP-1 6.00 9 2\nCUP-2 9 50").status == 200


def test_two_sessions_of_one_time_are_told_apart(browser: Shopper) -> None:
    plan(browser, "CUP-1 6 5")
    page = plan(browser, "CUP-2 6 5\nCUP-1 6 5", "2026-05-01T13:00", "2026-05-01T15:00")
    assert page.status == 422
    assert "Line 2 CUP-1 6 5 It is in another session at that time: Tea time." in page.words(".line-troubles")


def test_a_session_is_copied_to_another_day_at_the_same_time_of_day(browser: Shopper, shop: Flask) -> None:
    with shop.app_context(), transaction():
        change_settings(values={"timezone": "Europe/Berlin"}, at=now())
    plan(browser, "CUP-1 6 5", "2026-10-24T20:00", "2026-10-24T22:00")
    copied = browser.submit(
        browser.get("/admin/flash/sessions/1"), "form[action$=copies]", follow=False, day="2026-10-26"
    )
    assert copied.location == "/admin/flash/sessions/2"
    with shop.app_context():  # the clocks went back on the 25th
        starts = db.session.scalars(db.select(FlashSession.starts_at).order_by(FlashSession.id)).all()
    assert [moment.astimezone(UTC).hour for moment in starts] == [18, 19]
    again = browser.submit(browser.get("/admin/flash/sessions/1"), "form[action$=copies]", day="2026-10-26")
    assert again.status == 422
    assert "another session at that time" in again.said
    for day in ("", "never", "0001-01-01", "2026-04-01"):
        assert browser.submit(browser.get("/admin/flash/sessions/1"), "form[action$=copies]", day=day).status == 422


def test_who_was_slower_sees_both(browser: Shopper) -> None:
    plan(browser, "CUP-1 6 5", "2026-05-02T11:00", "2026-05-02T12:00")
    mine = browser.get("/admin/flash/sessions/1")
    save(browser, lines="CUP-1 5 5")
    page = browser.submit(mine, FORM, lines="CUP-1 4 5")
    assert page.status == 409
    assert "Somebody else changed this session" in page.said
    assert page.one("textarea").get_text().strip() == "CUP-1 4 5"
    assert browser.submit(page, FORM).status == 200


def test_an_activity_is_called_off(browser: Shopper, shop: Flask) -> None:
    plan(browser, "CUP-1 6 5")
    page = browser.get("/admin/flash/sales/1")
    data = {"version": page.one("[name=version]")["value"], "name": "Tea time"}
    assert browser.post("/admin/flash/sales/1", data).status == 303
    assert "Called off" in browser.get("/admin/flash").said
    assert "No flash sale right now" in Shopper(shop).get("/flash").text
    assert browser.post("/admin/flash/sales/1", data).status == 409
    assert browser.post("/admin/flash/sales/1", {**data, "name": " "}).status == 422


def test_a_session_is_removed_while_nothing_is_sold(browser: Shopper) -> None:
    plan(browser, "CUP-1 6 5")
    assert browser.post("/admin/flash/sessions/1/removal").location == "/admin/flash"
    assert browser.get("/admin/flash/sessions/1").status == 404
    assert browser.post("/admin/flash/sessions/1/removal").status == 404


def test_who_may_only_look_gets_no_buttons(browser: Shopper, shop: Flask) -> None:
    plan(browser, "CUP-1 6 5")
    analyst = at_work(shop, Role.ANALYST)
    for url in ("/admin/flash", "/admin/flash/sales/1", "/admin/flash/sessions/1"):
        page = analyst.get(url)
        assert page.status == 200
        assert page.all("main form[data-guarded] button, main form.form button") == []
    assert analyst.post("/admin/flash/sessions/1", {"lines": "CUP-1 1 1"}).status == 403


def test_what_is_over_is_listed_and_stays(browser: Shopper, shop: Flask) -> None:
    plan(browser, "CUP-1 6 5")
    with time_machine.travel(NOON + timedelta(hours=3), tick=True):
        browser = at_work(shop, Role.MERCHANDISER, "Late")
        assert "Over" in browser.get("/admin/flash").said
        page = browser.get("/admin/flash/sessions/1")
        assert page.one(FORM + " fieldset").has_attr("disabled")
        data = {"version": page.one(FORM + " [name=version]")["value"], "lines": "CUP-1 6 9"}
        times = {"starts_at": "2026-05-01T11:00", "ends_at": "2026-05-01T14:00"}
        assert browser.post("/admin/flash/sessions/1", {**data, **times}).status == 409
