"""Gifts from the cart to the order: they come and go with the cart, have stock, and cost nothing that is not shown."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory.models import StockLevel
from storefront.kernel.clock import now
from storefront.orders import services as orders
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import CancelReason
from storefront.promotions.models import Promotion
from tests import factories
from tests.browser import Shopper
from tests.storefront.checkout.desk import open_shop, order, with_cart

AFTER_20 = [{"kind": "spend_at_least", "amount_minor": 2000}]


def open_giving(app: Flask, *, stock: int = 3, skus: tuple[str, ...] = ("MUG",)) -> None:
    """Lamps for 10.00, and a mug (worth 4.00) to go with 20.00 of goods."""
    open_shop(app, price=1000, stock=9)
    with app.app_context(), transaction():
        for sku in skus:
            factories.make_product(f"Mug {sku}", price=400, stock=stock if sku == skus[0] else 5, sku=sku)
        factories.make_promotion(
            name="A mug on us", conditions=AFTER_20, benefits=[{"kind": "gift", "skus": list(skus), "count": 1}]
        )


def claimed(app: Flask, sku: str) -> int:
    with app.app_context():
        return db.session.scalars(
            db.select(StockLevel.allocated + StockLevel.reserved)
            .join(factories.Variant, factories.Variant.id == StockLevel.variant_id)
            .where(factories.Variant.sku == sku)
        ).one()


def gifts_on(shopper: Shopper, address: str = "/cart") -> int:
    return shopper.get(address).said.count("Your gift")


def test_a_gift_comes_with_the_threshold_and_goes_without_it(app: Flask) -> None:
    open_giving(app)
    shopper = with_cart(app, 1)
    assert gifts_on(shopper) == 0
    shopper.post("/cart/lines/LAMP", {"quantity": "2"})
    page = shopper.get("/cart")
    assert "Your gift" in page.said
    assert "A mug on us" in page.said
    assert "$20.00" in page.said
    assert gifts_on(shopper, "/checkout") == 1
    shopper.post("/cart/lines/LAMP", {"quantity": "1"})
    assert gifts_on(shopper) == 0


def test_a_gift_is_a_line_of_the_order_that_costs_nothing_and_takes_stock(any_app: Flask) -> None:
    open_giving(any_app)
    placed = order(with_cart(any_app, 2))
    assert placed.status == 303, placed.said
    assert claimed(any_app, "MUG") == 1
    with any_app.app_context():
        row = db.session.scalars(db.select(Order)).one()
        assert (row.goods_minor, row.discount_minor, row.shipping_minor, row.total_minor) == (2400, 400, 500, 2500)
        gift = db.session.scalars(db.select(OrderLine).where(OrderLine.is_gift)).one()
        assert (gift.sku, gift.quantity, gift.unit_price_minor, gift.discount_minor) == ("MUG", 1, 400, 400)
        assert db.session.scalars(db.select(Promotion.used_count)).one() == 1
    with any_app.app_context(), transaction():
        row = db.session.scalars(db.select(Order)).one()
        orders.cancel_order(order=row, by="test", at=now(), reason=CancelReason.CHANGED_MIND)
    assert claimed(any_app, "MUG") == 0


@pytest.mark.parametrize("skus", [("MUG",), ("MUG", "CUP")])
def test_a_gift_that_ran_out_meanwhile_is_told_before_anything_is_ordered(app: Flask, skus: tuple[str, ...]) -> None:
    open_giving(app, stock=1, skus=skus)
    first, second = with_cart(app, 2), with_cart(app, 2)
    page = second.get("/checkout")
    assert order(first).status == 303
    refused = order(second, page)
    assert refused.status == 409
    assert "“Mug MUG” can no longer be ordered." in refused.said
    assert ("Mug CUP" in refused.said) is (len(skus) > 1)
    assert order(second, refused).status == 303
    assert claimed(app, "MUG") == 1


def test_who_buys_the_last_one_gets_no_second_as_a_gift(app: Flask) -> None:
    open_giving(app, stock=1)
    shopper = with_cart(app, 2)
    shopper.post("/cart/lines", {"sku": "MUG", "quantity": "1"})
    assert gifts_on(shopper) == 0
    assert order(shopper).status == 303
    assert claimed(app, "MUG") == 1


def test_an_order_of_a_gift_leaves_bought_goods_of_the_same_sku_in_the_count(app: Flask) -> None:
    open_giving(app, stock=3)
    shopper = with_cart(app, 2)
    shopper.post("/cart/lines", {"sku": "MUG", "quantity": "1"})
    assert order(shopper).status == 303
    assert claimed(app, "MUG") == 2
    assert "Your cart is empty" in shopper.get("/cart").said
