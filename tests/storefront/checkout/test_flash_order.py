"""Flash prices from the cart to the order and back: quotas are taken once, and a price that has gone is told first."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.flash.models import FlashItem
from storefront.kernel.clock import now
from storefront.orders import queries
from storefront.orders import services as orders
from storefront.orders.models import Order
from storefront.orders.receipt import receipt_of, traced_lines
from storefront.orders.states import CancelReason
from tests import factories
from tests.storefront.checkout.desk import open_shop, order, with_cart
from tests.storefront.promotions.coupons import add_customer, sign_in


def open_flash(app: Flask, *, quota: int, per_customer: int | None = None) -> None:
    """The lamp at half price for half an hour."""
    open_shop(app, price=1000, stock=9)
    with app.app_context(), transaction():
        lamp = db.session.scalars(db.select(factories.Variant).where(factories.Variant.sku == "LAMP")).one()
        factories.make_flash_session([factories.flash_item(lamp, 500, quota=quota, per_customer=per_customer)])


def sold(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(db.select(FlashItem.sold)).one()


def the_order(app: Flask) -> Order:
    return (
        db.session.scalars(
            db.select(Order).options(
                *(db.joinedload(part) for part in (Order.lines, Order.adjustments, Order.events, Order.taxes))
            )
        )
        .unique()
        .one()
    )


def test_pieces_beyond_the_quota_cost_the_usual_price_in_the_same_order(any_app: Flask) -> None:
    open_flash(any_app, quota=2)
    shopper = with_cart(any_app, 3)
    said = shopper.get("/cart").said
    assert "2 × $5.00" in said
    assert "1 × $10.00" in said
    placed = order(shopper)
    assert placed.status == 303, placed.said
    assert sold(any_app) == 2
    with any_app.app_context():
        row = the_order(any_app)
        lines = [(line.line_key, line.quantity, line.unit_price_minor, line.base_price_minor) for line in row.lines]
        assert sorted(lines) == [("LAMP", 1, 1000, None), ("LAMP@flash", 2, 500, 1000)]
        assert row.goods_minor == 2000
        receipt_of(row)
        kinds = [[step.label.kind for step in traced.steps] for traced in traced_lines(row)]
        assert kinds == [["base_price"], ["base_price", "flash_price"]]


def test_checkout_joins_both_prices_as_the_reader_writes(app: Flask) -> None:
    open_flash(app, quota=2)
    shopper = with_cart(app, 3)
    assert "1 × $10.00, 2 × $5.00 (Flash sale price)" in shopper.get("/checkout").words(".checkout__lines")
    shopper.language = "zh-CN"
    assert "1 × US$10.00，2 × US$5.00（秒杀价）" in shopper.get("/checkout").words(".checkout__lines")


def test_cancelling_gives_the_quota_back(any_app: Flask) -> None:
    open_flash(any_app, quota=2)
    assert order(with_cart(any_app, 3)).status == 303
    with any_app.app_context(), transaction():
        row = db.session.scalars(db.select(Order)).one()
        orders.cancel_order(order=row, by="test", at=now(), reason=CancelReason.CHANGED_MIND)
    assert sold(any_app) == 0


def test_a_quota_that_ran_out_meanwhile_is_shown_before_anything_is_ordered(app: Flask) -> None:
    open_flash(app, quota=2)
    shopper = with_cart(app, 2)
    page = shopper.get("/checkout")
    with app.app_context(), transaction():
        db.session.execute(db.update(FlashItem).values(sold=2))
    refused = order(shopper, page)
    assert refused.status == 409
    assert "“Lamp” now costs $10.00 each; it was $5.00." in refused.said
    assert sold(app) == 2
    assert order(shopper, refused).status == 303


def test_a_session_that_ended_meanwhile_is_shown_before_anything_is_ordered(app: Flask) -> None:
    open_flash(app, quota=2)
    shopper = with_cart(app, 2)
    page = shopper.get("/checkout")
    with time_machine.travel(now() + timedelta(hours=1)):
        refused = order(shopper, page)
    assert refused.status == 409
    assert "“Lamp” now costs $10.00 each; it was $5.00." in refused.said


def test_a_customer_takes_no_more_than_their_share(app: Flask) -> None:
    open_flash(app, quota=5, per_customer=1)
    assert order(with_cart(app, 1)).status == 303
    second = with_cart(app, 2)
    page = order(second)
    assert page.status == 409, "the e-mail has had its piece already, which the page could not know before"
    assert "$10.00" in page.said
    assert order(second, page).status == 303
    assert sold(app) == 1


def test_the_list_of_orders_shows_a_thing_once_and_gifts_last(app: Flask) -> None:
    open_flash(app, quota=2)
    with app.app_context(), transaction():
        factories.make_product("Mug", price=400, sku="MUG", picture="generated:mug")
        db.session.execute(db.update(factories.Product).where(factories.Product.name == "Lamp").values(picture="lamp"))
        benefits = [{"kind": "gift", "skus": ["MUG"], "count": 1}]
        factories.make_promotion(name="A mug on us", conditions=[], benefits=benefits)
        for number in range(4):
            factories.make_product(f"Desk {number}", price=4000, sku=f"ZDESK{number}", picture=f"desk-{number}")
    customer = add_customer(app)
    shopper = sign_in(app)
    for sku, pieces in {"LAMP": 3, "ZDESK0": 1, "ZDESK1": 1}.items():
        shopper.post("/cart/lines", {"sku": sku, "quantity": str(pieces)})
    assert order(shopper).status == 303
    with app.app_context():
        (row,) = queries.page_of_orders(customer).items
        assert row.pictures == ("lamp", "desk-0", "desk-1", "generated:mug")
        assert row.units == 6
    for number in range(4):
        shopper.post("/cart/lines", {"sku": f"ZDESK{number}", "quantity": "1"})
    assert order(shopper).status == 303
    with app.app_context():
        assert queries.page_of_orders(customer).items[0].pictures == ("desk-0", "desk-1", "desk-2", "desk-3")
