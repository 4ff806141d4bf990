"""Service finds a customer, reads their page and sees the shop as they do, with the keyboard alone."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import LOOKS, Visit
from tests.journeys.test_accessibility import overflow, problems

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CUSTOMER = "shopper@example.com"


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_a_customer_is_found_and_the_shop_seen_as_they_see_it(visit: Visit, size: tuple[int, int], scheme: str) -> None:
    with visit(size, color_scheme=scheme, bypass_csp=True) as visitor:
        visitor.sign_in("super-admin@example.com", "/admin/sign-in")
        page = visitor.open("/admin/customers?sort=-spent")
        assert [*problems(page), *(["too wide"] if overflow(page) > 0 else [])] == []
        page.locator("#list-q").fill(CUSTOMER)
        page.keyboard.press("Enter")
        link = page.get_by_role("link", name=CUSTOMER, exact=True)
        page.locator("tbody tr").nth(1).wait_for(state="detached")
        link.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/admin/customers/*")
        page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
        assert [*problems(page), *(["too wide"] if overflow(page) > 0 else [])] == []
        here = page.url
        page.locator("#stand-in-reason").fill("Cannot find a coupon")
        page.keyboard.press("Enter")
        page.wait_for_url("**/account")
        visitor.settle()
        assert page.get_by_text("You see the shop as").is_visible()
        assert [*problems(page), *(["too wide"] if overflow(page) > 0 else [])] == []
        visitor.open("/checkout")
        assert page.get_by_text("Only the customer can do this.").is_visible()
        visitor.complaints.clear()
        visitor.open("/")
        page.get_by_role("button", name="Back to my own work").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(here)
        assert page.locator(".changes").get_by_text("Cannot find a coupon").first.is_visible()
