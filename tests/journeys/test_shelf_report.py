"""A shopper who follows a recommendation, in a real browser, and a merchant who reads what came of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, Visit, Visitor
from tests.journeys.test_buying import ORDER, fill_checkout
from tests.journeys.test_search_report import PERSON, posts

pytestmark = pytest.mark.browser

PASS_BY = """part => document.addEventListener("htmx:afterSettle", function passBy() {
  if (!document.querySelector(part)) return;
  document.removeEventListener("htmx:afterSettle", passBy);
  scrollTo(0, 0);
})"""
"""Away again the moment that the part has come and settled (until then htmx leaves it its old class)."""


def open_product(visitor: Visitor, number: int) -> Page:
    page = visitor.open("/")
    page = visitor.open(str(page.locator("main a[href^='/categories/']").first.get_attribute("href")))
    return visitor.open(str(page.locator("main .card__name a").nth(number).get_attribute("href")))


def open_shelf(visitor: Visitor, key: str) -> None:
    """Scroll to a shelf until its goods have come; without a script, open the page of its own."""
    page = visitor.page
    if not visitor.script:
        visitor.press(page.locator(f"#shelf-{key} a").first)
        return
    with page.expect_request("**/shelves/views"):
        visitor.reveal(f"#shelf-{key}")
        visitor.look_at(f"#shelf-{key}[data-request]")


def buy(visitor: Visitor) -> None:
    page = visitor.open("/checkout")
    fill_checkout(visitor)
    visitor.settle()
    visitor.press(page.locator("#checkout-summary .checkout__pay button"))
    visitor.press(page.get_by_role("button", name="Approve"))
    assert ORDER.search(page.url)


def line(visitor: Visitor, shelf: str) -> list[str]:
    """Return what the report says of a shelf, from the goods on."""
    visitor.sign_in("analyst@example.com", "/admin/sign-in")
    page = visitor.open(f"/admin/recommendations/report?days=7&shelf={shelf}")
    return [cell.inner_text() for cell in page.locator("#lines tbody tr").first.locator("td").all()]


@pytest.mark.parametrize(
    ("script", "shelf"), [(True, "similar"), (False, "bought-together")], ids=["script", "no-script"]
)
def test_what_comes_of_a_recommendation_is_in_the_report(visit: Visit, script: bool, shelf: str) -> None:
    with visit(script=script, user_agent=PERSON) as visitor:
        page = open_product(visitor, 1)
        open_shelf(visitor, shelf)
        room = page.locator(f"[data-shelf='{shelf}']")
        name = room.locator(".card__name a").nth(1).inner_text()
        visitor.press(room.locator(".card__name a").nth(1))
        expect(page.locator("h1")).to_have_text(name)
        visitor.touch(page.locator("main form[action='/cart/lines'] button:not([type=button])").first)
        buy(visitor)
    with visit() as merchant:
        shown, _empty, seen, clicks, rate, rank, added, bought, revenue, _share = line(merchant, shelf)
    assert int(shown) >= int(seen) >= 1
    assert (clicks, added, bought) == ("1", "1", "1")
    assert float(rank) >= 1
    assert rate != "0.0%"
    assert revenue.startswith("$")
    assert revenue != "$0.00"


def test_a_shelf_is_seen_only_after_a_second_in_view_and_told_once(visit: Visit) -> None:
    with visit(PHONE, user_agent=PERSON) as visitor:
        page = open_product(visitor, 2)
        told = posts(page)
        page.evaluate(PASS_BY, "#shelf-similar:not(.shelf--waiting)")
        visitor.reveal("#shelf-similar")
        page.wait_for_timeout(1_400)
        about = page.locator("#shelf-similar[data-request]").get_attribute("data-request")
        seen = [one for one in told if one.url.endswith("/shelves/views")]
        assert about not in {one.post_data_json["request"] for one in seen}, "it was passed by"
        with page.expect_request("**/shelves/views"):
            visitor.look_at("#shelf-similar")
        page.evaluate("scrollTo(0, 0)")
        visitor.look_at("#shelf-similar")
        page.wait_for_timeout(1_400)
        seen = [one.post_data_json["request"] for one in told if one.url.endswith("/shelves/views")]
    assert seen.count(about) == 1


def test_what_is_added_from_a_shelf_says_which(visit: Visit) -> None:
    with visit(user_agent=PERSON) as visitor:
        page = open_product(visitor, 3)
        told = posts(page)
        visitor.reveal("#shelf-similar")
        shelf = page.locator("#shelf-similar[data-request]")
        visitor.touch(shelf.locator(".card__add button").first)
        added = next(one for one in told if one.url.endswith("/cart/lines"))
        assert added.headers["shelf-id"] == shelf.get_attribute("data-request")
        assert "visitor" in {cookie["name"] for cookie in page.context.cookies()}


def test_a_browser_that_wants_no_trace_gets_no_number(visit: Visit) -> None:
    with visit(user_agent=PERSON, extra_http_headers={"Sec-GPC": "1"}) as visitor:
        page = open_product(visitor, 4)
        visitor.reveal("#shelf-similar")
        visitor.press(page.locator("#shelf-similar .card__name a").first)
        page.wait_for_load_state("networkidle")
        assert [cookie["name"] for cookie in page.context.cookies()] == []
