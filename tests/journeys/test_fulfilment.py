"""From a paid order to the doorstep in a real browser: packed by scanner, followed and confirmed by the shopper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import READERS, WAYS, Visit, Visitor
from tests.journeys.test_accessibility import overflow, problems
from tests.journeys.test_buying import fill_checkout, put_in_cart

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TRACKING = "1Z999AA10123456784"


def buy(visitor: Visitor) -> str:
    """Buy two things as a guest, pay, and return the order's number."""
    put_in_cart(visitor)
    visitor.open("/checkout")
    fill_checkout(visitor)
    visitor.settle()
    visitor.press(visitor.page.locator("#checkout-summary .checkout__pay button"))
    visitor.press(visitor.page.get_by_role("button", name=re.compile("Approve")))
    return visitor.page.url.rpartition("/orders/")[2].partition("?")[0]


def scan(visitor: Visitor, text: str) -> None:
    """Do what a scanner does: type into the field that has the focus by itself, and press Enter."""
    expect(visitor.page.locator("#scan")).to_be_focused()
    with visitor.page.expect_navigation(wait_until="load"):
        visitor.page.keyboard.type(text)
        visitor.page.keyboard.press("Enter")


@WAYS
def test_an_order_is_packed_by_scanner_and_followed_by_its_shopper(
    visit: Visit, size: tuple[int, int], script: bool
) -> None:
    with visit(size, script=script) as shopper, visit(size, script=script) as packer:
        number = buy(shopper)
        packer.sign_in("operations@example.com", "/admin/sign-in")
        page = packer.open(f"/admin/fulfilment/slips?order={number}")
        expect(page.locator(".barcode figcaption")).to_have_text(number)
        assert overflow(page) <= 0
        page = packer.open("/admin/packing?carrier=ups")
        scan(packer, number)
        assert overflow(page) <= 0
        scan(packer, TRACKING)
        expect(page.get_by_text(f"Parcel {number}-1 is on its way.")).to_be_visible()
        expect(page.locator("#scan")).to_be_focused()
        scan(packer, number)
        expect(page.locator("[role=alert]")).to_contain_text("everything is on its way")
        page = shopper.open(f"/orders/{number}")
        expect(page.get_by_role("heading", name="Your order is on its way")).to_be_visible()
        expect(page.locator(".parcel__number")).to_have_text(TRACKING)
        assert overflow(page) <= 0
        shopper.press(page.get_by_role("button", name="I have received it"))
        expect(page.get_by_role("heading", name="Your order has arrived")).to_be_visible()


@pytest.mark.parametrize(("size", "scheme", "locale"), READERS)
def test_the_way_of_a_parcel_is_usable_by_everyone(
    visit: Visit, size: tuple[int, int], scheme: str, locale: str
) -> None:
    with visit(size, bypass_csp=True) as shopper:
        number = buy(shopper)
        with visit(size, color_scheme=scheme, locale=locale, bypass_csp=True) as packer:
            packer.sign_in("operations@example.com", "/admin/sign-in")
            found = {}

            def look(path: str, visitor: Visitor = packer) -> None:
                page = visitor.open(path)
                found[path] = [*problems(page), *(["too wide"] if overflow(page) > 0 else [])]

            for path in (
                "/admin/fulfilment",
                f"/admin/fulfilment/pick-list?order={number}",
                f"/admin/fulfilment/slips?order={number}",
                "/admin/packing",
                f"/admin/packing?code={number}",
                "/admin/fulfilment/tracking-import",
                "/admin/carriers",
                "/admin/carriers/sf",
            ):
                look(path)
            packer.open(f"/admin/packing?code={number}&carrier=ups")
            scan(packer, TRACKING)
            look(f"/admin/orders/{number}")
            shopper.page.emulate_media(color_scheme=scheme)
            look(f"/orders/{number}", shopper)
        assert {path: lines for path, lines in found.items() if lines} == {}
