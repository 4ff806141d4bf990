"""Delivery in a real browser: a place chosen in the cart, and a Chinese address chosen step by step."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import WAYS, Visit, Visitor
from tests.journeys.test_buying import put_in_cart

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def choose(visitor: Visitor, name: str, value: str) -> None:
    """Choose a place in the cart: htmx shows what follows, without JavaScript the button does."""
    page = visitor.page
    place = page.locator(".deliver-to__place")
    if not place.evaluate("place => place.open"):
        place.locator("summary").click()
    page.locator(f"#deliver-{name}").select_option(value)
    if visitor.script:
        visitor.settle()
    else:
        visitor.press(page.locator(".deliver-to__form button"))


def narrow(visitor: Visitor, name: str, value: str) -> None:
    """Choose a part of the address at checkout."""
    field = visitor.page.locator(f"#checkout-form #{name}")
    field.select_option(value)
    if visitor.script:
        visitor.settle()
    elif name != "district":
        visitor.press(visitor.page.locator(f"#checkout-form .field:has(#{name}) button"))


@WAYS
def test_somebody_in_china_sees_the_freight_in_the_cart_and_pays_it(
    visit: Visit, size: tuple[int, int], script: bool
) -> None:
    with visit(size, script=script, locale="zh-CN") as visitor:
        put_in_cart(visitor, 1)
        page = visitor.open("/cart")
        choose(visitor, "country", "CN")
        choose(visitor, "region", "西藏自治区")
        expect(page.locator(".deliver-to")).to_contain_text("含偏远地区附加费")
        expect(page.locator(".offers-to-deliver li")).to_have_count(2)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        choose(visitor, "region", "广东省")
        expect(page.locator(".offers-to-deliver li")).to_have_count(3)
        freight = page.locator(".offers-to-deliver li .number").first.inner_text()
        visitor.press(page.locator("a[href='/checkout']:visible").first)
        narrow(visitor, "city", "深圳市")
        narrow(visitor, "district", "南山区")
        for name, value in {
            **{"email": "li@example.com", "name": "李雷", "phone": "13800138000", "street": "科技路1号"},
        }.items():
            page.locator(f"#checkout-form [name={name}]").fill(value)
        visitor.settle()
        expect(page.locator("#shipping_method")).to_contain_text(freight)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        visitor.press(page.locator("#checkout-summary .checkout__pay button"))
        expect(page.get_by_role("heading", level=1)).to_have_text("模拟支付")
