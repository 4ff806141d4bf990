"""Customer service changes an order in the back office."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.orders.models import Order, OrderLine
from storefront.shop.services import change_settings
from tests import factories
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.storefront.amending.service import adds_up, approve, the_order
from tests.storefront.checkout.desk import open_shop, order, with_cart


@pytest.fixture
def shop(app: Flask) -> Flask:
    """A shop with a paid order of two lamps at 10.00, delivery 5.00, and cups at 4.00 beside."""
    open_shop(app)
    with app.app_context(), transaction():
        factories.make_product("Cup", price=400, stock=3, sku="CUP")
    shopper = with_cart(app)
    approve(shopper, order(shopper, payment_provider="sandbox").location, 2500)
    return app


def change_page(app: Flask, browser: Shopper | None = None) -> tuple[Shopper, Page]:
    browser = browser or at_work(app, Role.CUSTOMER_SERVICE)
    page = browser.get(f"/admin/orders/{the_order(app).number}/change")
    assert page.status == 200
    return browser, page


def look(browser: Shopper, page: Page, **typed: str) -> Page:
    return browser.submit(page, "#change-form", look="yes", **typed)


def confirm(browser: Shopper, page: Page, **typed: str) -> Page:
    """Press the button that changes the order, which sends the form elsewhere."""
    return browser.submit(page, "#change-form", button="button[formaction$='/changes']", follow=False, **typed)


def test_service_sees_before_and_after_and_confirms_exactly_that(shop: Flask) -> None:
    browser, page = change_page(shop)
    found, line = the_order(shop), the_order(shop).lines[0].id
    shown = look(browser, page, **{f"units-{line}": "1"})
    assert shown.status == 200
    assert "goes back to the customer" in shown.said
    assert "Where to" not in shown.words("[aria-labelledby=proposal-title]")
    assert not shown.all("#hindrance")
    assert shown.one("#change-form")["data-guarded"] == "typed", "what was typed is not stored yet"
    assert the_order(shop).total_minor == 2500
    done = confirm(browser, shown, reason="Only one was wanted")
    assert done.location == f"/admin/orders/{found.number}"
    after = browser.get(done.location)
    assert "Order changed" in after.words(".timeline")
    assert "Only one was wanted" in after.said
    assert the_order(shop).total_minor == 1500
    history = browser.get(f"/admin/orders/{found.number}/changes/1")
    assert "Only one was wanted" in history.said
    assert adds_up(shop)


def test_lines_of_one_product_are_told_apart_by_their_size(shop: Flask) -> None:
    with shop.app_context(), transaction():
        db.session.execute(db.update(OrderLine).values(variant_name="Large"))
    _, page = change_page(shop)
    assert "Lamp, Large" in page.words("#goods-title + .table-room td:first-child")
    assert "Pieces of Lamp, Large" in page.said


def test_goods_are_found_and_added_without_script(shop: Flask) -> None:
    browser, page = change_page(shop)
    found = browser.submit(page, "#change-form", find="cup", redraw="yes")
    assert found.all("#add-CUP")
    shown = look(browser, found, **{"add-CUP": "2"})
    assert "8.00" in shown.words(".notice--warning")
    confirm(browser, shown, reason="Two cups more", **{"add-CUP": "2"})
    assert the_order(shop).total_minor == 3300
    assert adds_up(shop)


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(shop: Flask) -> None:
    browser, page = change_page(shop)
    line = the_order(shop).lines[0].id
    bad = look(browser, page, **{f"units-{line}": "many", "street": "7 New Road"})
    assert bad.status == 422
    assert "whole number" in bad.said
    assert bad.one("#street")["value"] == "7 New Road"
    assert look(browser, page, street="").status == 422
    assert look(browser, page).status == 409
    too_many = look(browser, page, **{f"units-{line}": "6"})
    assert too_many.status == 409
    assert too_many.one(f"#units-{line}")["value"] == "6"
    shown = look(browser, page, **{f"units-{line}": "1"})
    unreasoned = confirm(browser, shown, reason="")
    assert unreasoned.status == 422
    assert "say why" in unreasoned.said
    stale = confirm(browser, shown, reason="So", **{f"units-{line}": "3"})
    assert stale.status == 409
    assert the_order(shop).total_minor == 2500
    assert confirm(browser, stale, reason="So").status == 303
    assert the_order(shop).total_minor == 3500


def test_of_two_who_change_at_once_the_second_looks_again(shop: Flask) -> None:
    first, page = change_page(shop)
    second = at_work(shop, Role.OPERATIONS)
    one = look(first, page, street="2 Main Street")
    other = look(second, change_page(shop, second)[1], street="3 Main Street")
    assert confirm(first, one, reason="Moved").status == 303
    late = confirm(second, other, reason="Moved too")
    assert late.status == 409
    assert "Something changed" in late.said
    assert late.one("#street")["value"] == "3 Main Street"
    assert the_order(shop).shipping_address["street"] == "2 Main Street"


def test_beyond_what_one_person_sends_back_alone_the_money_waits_for_a_second(shop: Flask) -> None:
    with shop.app_context(), transaction():
        change_settings(values={"refund_approval_above": 5}, at=now())
    browser, page = change_page(shop)
    line = the_order(shop).lines[0].id
    confirm(browser, look(browser, page, **{f"units-{line}": "1"}), reason="Only one")
    assert (the_order(shop).payment_status, the_order(shop).refunded_minor) == ("overpaid", 0)
    _, fixed = change_page(shop, browser)
    assert "Only the address can be corrected. Money of this order is on its way back" in fixed.words("#hindrance")
    assert not fixed.all(f"#units-{line}, #find, [type=radio]")
    assert look(browser, fixed, **{f"units-{line}": "2"}).status == 409
    finance = at_work(shop, Role.FINANCE)
    request = finance.get("/admin/approvals").one("a[href^='/admin/approvals/']")["href"]
    assert finance.post(f"{request}/approval", {}).status == 303
    assert (the_order(shop).payment_status, the_order(shop).refunded_minor) == ("paid", 1000)
    assert adds_up(shop)


def test_after_a_part_went_back_the_form_offers_the_address_alone_and_says_so_first(shop: Flask) -> None:
    with shop.app_context(), transaction():
        db.session.execute(db.update(Order).values(payment_status="partially_refunded", refunded_minor=100))
    browser, page = change_page(shop)
    assert "Only the address can be corrected. A part of the money" in page.words("#hindrance")
    assert not page.all("#find, #change-form [name^=units-]")
    shown = look(browser, page, street="2 Main Street")
    assert "1 Main Street" in shown.words("[aria-labelledby=proposal-title]")
    assert "2 Main Street" in shown.words("[aria-labelledby=proposal-title]")
    assert confirm(browser, shown, reason="Moved").status == 303
    assert the_order(shop).shipping_address["street"] == "2 Main Street"


def test_who_may_not_change_orders_sees_no_way_to(shop: Flask) -> None:
    browser, number = at_work(shop, Role.FINANCE), the_order(shop).number
    assert browser.get(f"/admin/orders/{number}/change").status == 403
    assert not browser.get(f"/admin/orders/{number}").all("a[href$='/change']")
