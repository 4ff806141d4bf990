"""Customer service takes an order down for a customer on the phone."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.audit import queries as audit
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.mail.models import OutboxMail
from storefront.orders.models import Order
from tests import factories
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.storefront.amending.service import adds_up, approve, shelf, the_order
from tests.storefront.checkout.desk import TYPED, open_shop

CALL = {**TYPED, "add-LAMP": "2"}


@pytest.fixture
def shop(app: Flask) -> Flask:
    """A shop with lamps at 10.00, delivery 5.00, and a coupon of 3.00 off."""
    open_shop(app)
    with app.app_context(), transaction():
        rungs = [{"spend_minor": 1000, "off_minor": 300}]
        ladder = {"kind": "spend_ladder", "rungs": rungs}
        factories.make_code(
            factories.make_promotion(conditions=[], benefits=[ladder], requires_code=True), "HELLO", usage_limit=1
        )
    return app


def look(browser: Shopper, page: Page | None = None, **typed: str) -> Page:
    return browser.submit(page or browser.get("/admin/orders/new"), "#call-form", look="yes", **{**CALL, **typed})


def place(browser: Shopper, page: Page, **typed: str) -> Page:
    """Press the button that places the order, which sends the form elsewhere."""
    return browser.submit(page, "#call-form", button="button[formaction='/admin/orders']", follow=False, **typed)


def test_an_order_is_quoted_placed_and_paid_by_the_link_in_its_letter(shop: Flask) -> None:
    browser = at_work(shop, Role.CUSTOMER_SERVICE)
    shown = look(browser, code="hello")
    assert shown.status == 200
    assert "22.00" in shown.words(".sums__total")
    placed = place(browser, shown)
    order = the_order(shop)
    assert placed.location == f"/admin/orders/{order.number}"
    assert (order.total_minor, order.channel, order.payment_status) == (2200, "phone", "unpaid")
    assert (order.taken_by, order.events[0].actor) == (order.events[0].actor, order.taken_by)
    assert order.taken_by.startswith("staff:")
    assert shelf(shop) == (5, 0, 2)
    assert adds_up(shop)
    with shop.app_context():
        letter = db.session.scalars(db.select(OutboxMail)).one()
        assert (letter.recipient, f"key={order.access_token}" in letter.html) == ("ada@example.com", True)
        assert [entry.action for entry in audit.list_entries_about("order", order.number)] == ["order.create"]
    customer = Shopper(shop)
    customer.get(f"/orders/{order.number}?key={order.access_token}")
    paying = customer.post(f"/orders/{order.number}/payments", {"payment_provider": "sandbox"})
    approve(customer, paying.location, 2200)
    assert the_order(shop).payment_status == "paid"
    assert adds_up(shop)


def test_the_same_form_twice_is_one_order(shop: Flask) -> None:
    browser = at_work(shop, Role.OPERATIONS)
    shown = look(browser)
    first, second = place(browser, shown), place(browser, shown)
    assert first.location == second.location
    with shop.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Order)) == 1


def test_an_account_gets_its_order_unless_it_is_for_a_guest(shop: Flask) -> None:
    with shop.app_context(), transaction():
        customer = factories.make_customer("ada@example.com", name="Ada Lovelace").id
    browser = at_work(shop, Role.CUSTOMER_SERVICE)
    shown = look(browser, payment="cod")
    assert "Ada Lovelace" in shown.said
    place(browser, shown, payment="cod")
    order = the_order(shop)
    assert (order.customer_id, order.pay_before) == (customer, None)
    assert shelf(shop) == (5, 2, 0)
    assert adds_up(shop)


def test_goods_are_found_by_name_and_what_is_wrong_is_said(shop: Flask) -> None:
    browser = at_work(shop, Role.CUSTOMER_SERVICE)
    page = browser.get("/admin/orders/new")
    assert browser.submit(page, "#call-form", find="lam", redraw="yes").all("#add-LAMP")
    nothing = browser.submit(page, "#call-form", look="yes", email="not an address")
    assert nothing.status == 422
    assert nothing.one("#email")["value"] == "not an address"
    assert look(browser, street="").status == 422
    unknown = look(browser, code="NOSUCH")
    assert unknown.status == 422
    assert unknown.one("#code")["value"] == "NOSUCH"
    assert unknown.one("#add-LAMP")["value"] == "2"
    assert look(browser, **{"add-LAMP": "9"}).status == 409


def test_what_changed_since_it_was_shown_is_shown_again(shop: Flask) -> None:
    browser = at_work(shop, Role.CUSTOMER_SERVICE)
    shown = look(browser)
    again = place(browser, shown, **{"add-LAMP": "3"})
    assert again.status == 409
    assert "35.00" in again.words(".sums__total")
    with shop.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Order)) == 0
    assert place(browser, again).status == 303
    assert the_order(shop).total_minor == 3500


def test_who_may_not_take_orders_down_sees_no_way_to(shop: Flask) -> None:
    browser = at_work(shop, Role.FINANCE)
    assert browser.get("/admin/orders/new").status == 403
    assert not browser.get("/admin/orders").all("a[href='/admin/orders/new']")
