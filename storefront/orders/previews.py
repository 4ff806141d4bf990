"""A sample order for letters: nobody's, and in no table."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app

from storefront.accounts.rules import PostalAddress
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.orders.history import pairs_of
from storefront.orders.models import Order, OrderAdjustment, OrderLine
from storefront.orders.receipt import receipt_of
from storefront.orders.states import AdjustmentKind, CancelReason, FulfillmentStatus, OrderStatus, PaymentStatus
from storefront.shop.queries import get_settings

NUMBER = "7KQM-3XPD"
ADDRESS = PostalAddress(
    name="Ada Lovelace",
    phone="+442079460000",
    country="GB",
    city="London",
    street="12 St James's Square",
    postcode="SW1Y 4JH",
)


def sample_order() -> Order:
    """Return an order of three things with a promotion and delivery, waiting for its payment."""
    lines = [
        OrderLine(position=0, sku="CUP-BLUE", name="Blue cup", quantity=2, unit_price_minor=1250, discount_minor=250),
        OrderLine(position=1, sku="LAMP", name="Reading lamp", quantity=1, unit_price_minor=4900, discount_minor=0),
    ]
    for line in lines:
        line.variant_name, line.picture, line.line_key, line.price_source, line.is_gift = "", "", "", "base", False
        line.base_price_minor = None
    reasons = [
        OrderAdjustment(kind=AdjustmentKind.SHIPPING, label="Standard delivery", amount_minor=500),
        OrderAdjustment(kind=AdjustmentKind.PROMOTION, label="Ten percent off cups", amount_minor=-250),
    ]
    for reason in reasons:
        reason.code, reason.promotion_key, reason.units = "", "", None
    return Order(
        number=NUMBER,
        access_token=NUMBER,
        email="ada@example.com",
        phone="",
        locale="en",
        status=OrderStatus.OPEN,
        payment_status=PaymentStatus.UNPAID,
        fulfillment_status=FulfillmentStatus.UNFULFILLED,
        currency=get_settings().currency,
        goods_minor=7400,
        discount_minor=250,
        shipping_minor=500,
        tax_minor=0,
        total_minor=7650,
        paid_minor=7650,
        refunded_minor=0,
        authorized_minor=0,
        points_spent=120,
        customer_id=1,
        shipping_address=ADDRESS.as_fields(),
        shipping_method_name="Standard delivery",
        trace=[],
        placed_at=now(),
        pay_before=now() + timedelta(minutes=30),
        lines=lines,
        adjustments=reasons,
        events=[],
    )


def changed_order() -> Order:
    """Return the same with a cup less."""
    order = sample_order()
    order.lines[0].quantity, order.lines[0].discount_minor = 1, 125
    order.adjustments[1].amount_minor = -125
    order.goods_minor, order.discount_minor, order.total_minor = 6150, 125, 6525
    return order


FACTS = {
    "order": sample_order,
    "receipt": lambda: receipt_of(sample_order()),
    "address": lambda: ADDRESS,
    "number": lambda: NUMBER,
    "order_url": lambda: f"{current_app.config['SHOP'].public_url}/orders/{NUMBER}",
    "waits_for_payment": lambda: True,
    "reason": lambda: CancelReason.CHANGED_MIND,
    "lost": lambda: "",
}
SPECIAL = {
    "orders/mail/changed": {
        "before": lambda: receipt_of(sample_order()),
        "rows": lambda: pairs_of(receipt_of(sample_order()), receipt_of(changed_order())),
        "moved": lambda: True,
        "due": lambda: Money.zero(get_settings().currency),
        "back": lambda: Money(1125, get_settings().currency),
        "at_the_door": lambda: False,
        "reason_given": lambda: "You asked for one cup only.",
    }
}
