"""What else an order's price is made of follows a change: freight, tax, coupons, points, flash prices, the report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask

from admin.pricing.taxes.queries import tax_report
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.flash.models import FlashItem
from storefront.kernel.clock import now
from storefront.loyalty import queries as loyalty
from storefront.loyalty import services as points
from storefront.orders import services as orders
from storefront.orders.models import Order
from storefront.orders.states import CancelReason
from storefront.promotions.models import CouponCode
from tests import factories
from tests.storefront.amending.service import BY, adds_up, approve, change, show, the_order
from tests.storefront.checkout.desk import open_shop, order, with_cart
from tests.storefront.checkout.test_flash_order import open_flash, sold
from tests.storefront.checkout.test_taxes import GERMANY, HOME, added, tax
from tests.storefront.promotions.coupons import add_customer, sign_in

IN_GERMANY = {"country": "DE", "region": "", "city": "Berlin", "postcode": "10115", "phone": "+4930123456"}


def test_another_country_has_its_own_delivery_and_its_own_tax(any_app: Flask) -> None:
    open_shop(any_app)
    added(any_app, HOME, GERMANY)
    with any_app.app_context(), transaction():
        factories.make_shipping(900, countries=("DE",))
    order(with_cart(any_app), payment_provider="cod")
    assert (the_order(any_app).shipping_minor, the_order(any_app).tax_minor) == (500, 250)
    change(any_app, address=IN_GERMANY)
    after = the_order(any_app)
    assert (after.shipping_minor, after.tax_minor, after.total_minor) == (900, 551, 2000 + 900 + 551)
    assert {each.country for each in after.taxes} == {"DE"}
    assert adds_up(any_app)


def test_a_coupon_stays_though_it_has_ended_and_comes_back_with_too_few_goods(any_app: Flask) -> None:
    open_shop(any_app)
    with any_app.app_context(), transaction():
        ladder = {"kind": "spend_ladder", "rungs": [{"spend_minor": 2000, "off_minor": 500}]}
        found = factories.make_promotion(conditions=[], benefits=[ladder], requires_code=True)
        factories.make_code(found, "FIVE", usage_limit=1)
    shopper = with_cart(any_app)
    shopper.post("/cart/codes", {"code": "five"})
    order(shopper, payment_provider="cod")
    assert the_order(any_app).total_minor == 2000
    with any_app.app_context(), transaction():
        db.session.execute(db.update(CouponCode).values(ends_at=now() - timedelta(days=1)))
    change(any_app, {"LAMP": 3})
    assert the_order(any_app).total_minor == 3000
    assert adds_up(any_app)
    change(any_app, {"LAMP": 1})
    assert the_order(any_app).total_minor == 1500
    with any_app.app_context():
        assert db.session.scalars(db.select(CouponCode.used_count)).one() == 0
    assert adds_up(any_app)


def test_points_pay_no_more_than_they_did_and_what_was_earned_follows(any_app: Flask) -> None:
    open_shop(any_app)
    customer = add_customer(any_app)
    with any_app.app_context(), transaction():
        points.adjust(customer_id=customer, points=1000, reason="welcome", by=BY, at=now())
    shopper = sign_in(any_app)
    shopper.post("/cart/lines", {"sku": "LAMP", "quantity": "2"})
    asked = order(shopper, payment_provider="sandbox", points="600")
    page = order(shopper, asked, payment_provider="sandbox")
    due = the_order(any_app).total_minor
    assert (the_order(any_app).points_spent, due) == (600, 1900)
    approve(shopper, page.location, due)
    with any_app.app_context():
        assert loyalty.points_of_order(the_order(any_app).number).earned == 14
    change(any_app, {"LAMP": 1})
    after = the_order(any_app)
    assert (after.points_spent, after.total_minor, after.refunded_minor) == (500, 1000, 900)
    with any_app.app_context():
        mine = loyalty.points_of_order(after.number)
        assert (mine.redeemed - mine.returned, mine.earned - mine.reversed) == (500, 5)
        assert loyalty.balance_of(customer).available == 500
    assert adds_up(any_app)
    with any_app.app_context(), transaction():
        found = db.session.get(Order, after.id)
        assert found is not None
        orders.cancel_order(order=found, by=BY, at=now(), reason=CancelReason.BY_SHOP)
    with any_app.app_context():
        assert loyalty.balance_of(customer).available == 1000
    assert adds_up(any_app)


def test_flash_prices_stay_for_what_was_bought_and_the_rest_goes_back(any_app: Flask) -> None:
    open_flash(any_app, quota=4)
    order(with_cart(any_app, 2), payment_provider="cod")
    assert (the_order(any_app).total_minor, sold(any_app)) == (1500, 2)
    assert show(any_app, {"LAMP": 3}).after.total.minor == 2 * 500 + 1000 + 500
    change(any_app, {"LAMP": 1})
    assert (the_order(any_app).total_minor, sold(any_app)) == (1000, 1)
    assert adds_up(any_app)
    change(any_app, at_todays_prices=True)
    assert (the_order(any_app).total_minor, sold(any_app)) == (1500, 0)
    with any_app.app_context():
        assert db.session.scalars(db.select(FlashItem.quota)).one() == 4
    assert adds_up(any_app)


def test_a_month_that_was_reported_stays_as_it_was_when_an_order_of_it_changes(any_app: Flask) -> None:
    def reported(month: int) -> tuple[int, int, int]:
        with any_app.app_context():
            since = datetime(2026, month, 1, tzinfo=UTC)
            found = tax_report(since, datetime(2026, month + 1, 1, tzinfo=UTC))
            return found.total.minor, found.tax.minor, found.refunded.minor

    with time_machine.travel("2026-03-30T12:00:00Z", tick=False) as clock:
        open_shop(any_app)
        tax(any_app, HOME)
        shopper = with_cart(any_app)
        approve(shopper, order(shopper, payment_provider="sandbox").location, 2500)
        clock.move_to("2026-04-02T12:00:00Z")
        before = reported(3)
        assert before[0] == 2500
        change(any_app, {"LAMP": 1})
        after = the_order(any_app)
        assert reported(3) == before
        assert reported(4) == (-1000, after.tax_minor - before[1], 0)
    assert adds_up(any_app)
