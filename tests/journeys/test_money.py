"""Money in a real browser: declined and paid after all, contested in the back office, and an address pasted whole."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESKTOP, PHONE, WAYS, Visit, Visitor
from tests.journeys.test_accessibility import overflow, problems
from tests.journeys.test_buying import fill_checkout, put_in_cart
from tests.journeys.test_fulfilment import buy

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PASTED = "王小明，13800138000，广东省深圳市南山区科技园南路1号"


def leave(visitor: Visitor) -> None:
    """Order as a guest, and arrive at the page of the test payment."""
    put_in_cart(visitor, 1)
    visitor.open("/checkout")
    fill_checkout(visitor)
    visitor.settle()
    visitor.press(visitor.page.locator("#checkout-summary .checkout__pay button"))


def choose(visitor: Visitor, name: str) -> None:
    """Press one of the ways in which a test payment can go."""
    button = visitor.page.get_by_role("button", name=name, exact=True)
    if not button.is_visible():
        visitor.page.locator("summary").click()
    visitor.press(button)


@WAYS
def test_a_declined_payment_is_tried_again_with_a_second_step(
    visit: Visit, size: tuple[int, int], script: bool
) -> None:
    with visit(size, script=script) as shopper:
        leave(shopper)
        page = shopper.page
        assert overflow(page) <= 0
        choose(shopper, "Decline: not enough money")
        expect(page.locator("main")).to_contain_text("declined")
        shopper.press(page.locator("form[action$='/payments'] button").first)
        choose(shopper, "Ask for a second step")
        code = re.search(r"\d{6}", page.locator("#code-hint").inner_text())
        assert code is not None
        page.get_by_label("Code").fill(code.group())
        assert overflow(page) <= 0
        if script:
            assert problems(page) == []
        shopper.press(page.get_by_role("button", name="Confirm"))
        expect(page.locator("main")).to_contain_text("Payment received")
        expect(page.locator("main")).to_contain_text("Payment was declined")


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone", "desktop"])
def test_a_chargeback_is_seen_and_won_by_finance(visit: Visit, size: tuple[int, int], scheme: str) -> None:
    with visit(size) as shopper, visit(size, color_scheme=scheme) as finance:
        number = buy(shopper)
        finance.sign_in("finance@example.com", "/admin/sign-in")
        page = finance.open(f"/admin/orders/{number}/money")
        finance.press(page.get_by_role("button", name="Contest the payment"))
        expect(page.locator(".figures")).to_contain_text("Taken by the bank")
        expect(page.get_by_role("heading", name="Refund", exact=True)).to_have_count(0)
        assert problems(page) == []
        assert overflow(page) <= 0
        page = finance.open("/admin/payments/disputes")
        expect(page.locator("tbody tr").first).to_contain_text("Needs an answer")
        assert problems(page) == []
        assert overflow(page) <= 0
        expect(shopper.open(f"/orders/{number}").locator("main")).to_contain_text("Your bank took the payment back")
        finance.press(page.get_by_role("link", name=number))
        finance.press(page.get_by_role("button", name="We win"))
        expect(page.get_by_role("heading", name="Refund", exact=True)).to_be_visible()
        expect(page.locator("main")).to_contain_text("Chargeback returned")


@WAYS
def test_an_address_pasted_whole_is_looked_at_and_ordered_to(visit: Visit, size: tuple[int, int], script: bool) -> None:
    with visit(size, script=script, locale="zh-CN") as shopper:
        put_in_cart(shopper, 1)
        page = shopper.open("/checkout")
        page.locator("#checkout-form [name=email]").fill("guest@example.com")
        page.locator(".paste summary").click()
        page.locator("#pasted").fill(PASTED)
        shopper.touch(page.get_by_role("button", name="识别并填写"))
        expect(page.locator("#checkout-form")).to_contain_text("已识别并填写")
        for name, value in (("name", "王小明"), ("phone", "13800138000"), ("street", "科技园南路1号")):
            expect(page.locator(f"#checkout-form [name={name}]")).to_have_value(value)
        for name, value in (("country", "CN"), ("region", "广东省"), ("city", "深圳市"), ("district", "南山区")):
            expect(page.locator(f"#checkout-form [name={name}]")).to_have_value(value)
        assert overflow(page) <= 0
        if script:
            assert problems(page) == []
        shopper.press(page.locator("#checkout-summary .checkout__pay button"))
        expect(page).to_have_url(re.compile("/payments/"))
