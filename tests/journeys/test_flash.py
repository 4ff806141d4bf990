"""A flash sale in a real browser: planned in the back office, watched, bought from, and called off again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESKTOP, WAYS, Visit
from tests.journeys.test_accessibility import overflow, problems

pytestmark = pytest.mark.browser

FORM = "main form[data-guarded]"


@pytest.fixture(scope="module")
def flash_sku() -> str:
    """An article of the small demo."""
    return "CJ-00002"


@pytest.fixture
def sale(visit: Visit, flash_sku: str) -> Iterator[str]:
    """The address of a session that goes on, in the back office; it is called off afterwards."""
    with visit(DESKTOP) as staff:
        staff.sign_in("merchandiser@example.com", "/admin/sign-in")
        page = staff.open("/admin/flash/sales/new")
        page.locator("[name=name]").fill("Evening rush")
        staff.press(page.locator(f"{FORM} button"))
        zone = re.search(r"[A-Z]\w+/[A-Z]\w+|UTC", page.locator("#starts_at-hint").inner_text())
        assert zone is not None
        now = datetime.now(ZoneInfo(zone.group()))
        page.locator("[name=starts_at]").fill((now - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M"))
        page.locator("[name=ends_at]").fill((now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"))
        page.locator("[name=lines]").fill(f"{flash_sku} 1.50 40 20")
        staff.press(page.locator(f"{FORM} button"))
        expect(page.locator(".figures")).to_contain_text("of 40 pieces")
        assert problems(page) == []
        address = page.url.removeprefix(staff.base)
        yield address
        page = staff.open("/admin/flash")
        assert problems(page) == []
        staff.press(page.get_by_role("link", name="Evening rush").first)
        page.locator("[name=is_active]").uncheck()
        staff.press(page.locator(f"{FORM} button"))


@WAYS
def test_a_shopper_buys_at_the_flash_price(
    visit: Visit, sale: str, flash_sku: str, size: tuple[int, int], script: bool
) -> None:
    with visit(size, script=script) as visitor:
        page = visitor.open(f"/flash?session={sale.rpartition('/')[2]}")
        deal = page.locator(f".deal[data-sku='{flash_sku}']")
        expect(deal).to_contain_text("$1.50")
        expect(page.locator(".countdown time")).to_be_visible()
        digits = page.locator(".countdown__digits")
        if script:
            expect(digits).to_have_text(re.compile(r"^0[01]:\d\d:\d\d$"))
            assert problems(page) == []
        else:
            expect(digits).to_be_hidden()
        assert overflow(page) <= 0
        visitor.touch(deal.locator("form button"))
        page = visitor.open("/cart")
        expect(page.locator("#cart li.line").first).to_contain_text("$1.50")
        page = visitor.open(f"/flash?session={sale.rpartition('/')[2]}")
        visitor.press(page.locator(f".deal[data-sku='{flash_sku}'] .card__name a"))
        expect(page.locator("#price-now .price").first).to_contain_text("$1.50")
        expect(page.locator("#flash-box")).to_contain_text("At most 20 pieces for each customer")
