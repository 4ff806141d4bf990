"""How a merchandiser steers search, in a real browser and by keyboard alone, and what a shopper sees of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import DESKTOP, PHONE, Visit
from tests.journeys.test_accessibility import overflow, problems

pytestmark = pytest.mark.browser

RULES, RATED = "/admin/search/rules", "/admin/search/judgements"


def press(page: Page, name: str) -> None:
    """Press a button of the page with the keyboard."""
    page.get_by_role("button", name=name, exact=True).first.focus()
    page.keyboard.press("Enter")


def test_a_rule_is_made_tried_and_seen_by_keyboard_alone(visit: Visit) -> None:
    with visit(DESKTOP, bypass_csp=True) as staff:
        staff.sign_in("merchandiser@example.com", "/admin/sign-in")
        page = staff.open(f"{RULES}/new?query=milk")
        page.get_by_label("Name for your colleagues").fill("Milk first")
        page.get_by_label("Look for products by name or SKU").focus()
        page.keyboard.type("bananas")
        page.get_by_role("button", name="Put Bananas first", exact=True).wait_for()
        press(page, "Put Bananas first")
        staff.settle()
        page.locator("#pins").get_by_text("Bananas").wait_for()
        page.get_by_label("Banner (optional)", exact=True).fill("Fresh every morning")
        press(page, "Show before and after")
        page.locator(".compared .badge").first.wait_for()
        assert page.locator(".placed").nth(1).locator(".why__name").first.inner_text() == "Bananas"
        assert problems(page) == []
        press(page, "Save")
        page.get_by_text("It holds from now on").wait_for()
        assert problems(page) == []
    with visit(PHONE, bypass_csp=True) as shopper:
        page = shopper.open("/search?q=milk")
        assert page.locator(".search-banner").inner_text() == "Fresh every morning"
        assert page.locator("#listing article a").first.inner_text() == "Bananas"
        assert [*problems(page), *(["too wide"] if overflow(page) > 0 else [])] == []


def test_pins_move_and_keep_the_focus(visit: Visit) -> None:
    with visit(DESKTOP) as staff:
        staff.sign_in("merchandiser@example.com", "/admin/sign-in")
        page = staff.open(f"{RULES}?q=Breakfast")
        staff.press(page.locator("td a").first)
        pins = page.locator("#pins .grow")
        second = pins.nth(1).inner_text()
        button = page.locator("#pins li").nth(1).locator("button").first
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_function("text => document.querySelector('#pins .grow').innerText === text", arg=second)
        staff.settle()
        assert page.evaluate("document.activeElement.value").startswith("up:pins:")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_results_are_rated_by_digits(visit: Visit, scheme: str) -> None:
    with visit((768, 1000), color_scheme=scheme, bypass_csp=True) as staff:
        staff.sign_in("merchandiser@example.com", "/admin/sign-in")
        staff.open(f"{RATED}?q=cheese")
        page = staff.press(staff.page.locator("td a").first)
        rows = page.locator("[data-rates] > li").all()[:3]
        before = [
            row.locator("input:checked").get_attribute("value") for row in rows if row.locator(":checked").count()
        ]
        wanted = ["0", "1", "2"] if before[:3] != ["0", "1", "2"] else ["3", "2", "1"]
        page.locator("[data-rates] input").first.focus()
        for digit in wanted:
            page.keyboard.press(digit)
        page.locator("#progress").get_by_text("Saved.").wait_for()
        staff.settle()
        staff.open(page.url.removeprefix(staff.base))
        assert [row.locator("input:checked").get_attribute("value") for row in rows] == wanted
        assert [*problems(page), *(["too wide"] if overflow(page) > 0 else [])] == []
