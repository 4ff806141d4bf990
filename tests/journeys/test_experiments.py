"""A merchandiser plans an experiment on the front and ends it; shoppers see one or the other, and keep seeing it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import DESKTOP, Visit, Visitor

pytestmark = pytest.mark.browser

PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
NEW = "Baked this morning, on your table tonight"


def add_entry(merchant: Visitor, colleague: Visitor) -> None:
    """Give the hero an entry that nothing else shows, and let it through."""
    page = merchant.open("/admin/home-slots")
    merchant.press(page.get_by_role("link", name="Add an entry to Large banner"))
    page.locator("#name").fill(NEW)
    page.locator("#priority").fill("0")
    page.locator("#title_en").fill(NEW)
    merchant.press(page.get_by_role("button", name="Save and send for review"))
    colleague.sign_in("operations@example.com", "/admin/sign-in")
    colleague.open(page.url.removeprefix(merchant.base))
    colleague.press(colleague.page.get_by_role("button", name="Approve", exact=True))


def plan(merchant: Visitor, name: str) -> Page:
    """Write a plan for the hero down."""
    page = merchant.open("/admin/experiments/new")
    page.locator("#surface").select_option("slot:home:hero")
    merchant.press(page.get_by_role("button", name="Continue"))
    page.locator("#name").fill(name)
    page.locator("#v-1-name").fill("Fresh bread")
    page.locator("#v-1-entry").select_option(label=NEW)
    return merchant.press(page.get_by_role("button", name="Save as a draft"))


def test_an_experiment_runs_from_plan_to_end(visit: Visit) -> None:
    size, script = DESKTOP, True
    with visit(size, script=script) as merchant, visit(size, script=script) as colleague:
        merchant.sign_in("merchandiser@example.com", "/admin/sign-in")
        add_entry(merchant, colleague)
        page = plan(merchant, f"Hero on {size[0]}")
        assert page.locator(".is-wrong").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        page.get_by_role("button", name="Start", exact=True).click()
        page.locator("#verdict").wait_for()
        seen = set()
        for _ in range(20):
            with visit(size, script=script, user_agent=PERSON) as shopper:
                title = shopper.open("/").locator("[data-slot=hero] h1").inner_text()
                assert shopper.open("/").locator("[data-slot=hero] h1").inner_text() == title
                seen.add(title)
            if len(seen) == 2:
                break
        assert len(seen) == 2
        assert NEW in seen
        page.reload()
        assert page.locator(".days tbody tr").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        page.locator("#reason").fill("The journey is over")
        merchant.press(page.get_by_role("button", name="End the experiment"))
        page.locator("#note").fill("Shoppers keep what they see.")
        merchant.press(page.get_by_role("button", name="Conclude"))
        assert "Everything stays as it is" in page.locator("main").inner_text()
