"""Orders for tests of the back office, written as rows: what they cost and where they stand is what matters here."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from storefront.database.base import db
from storefront.kernel.clock import now
from storefront.orders.models import Order, OrderAdjustment, OrderEvent, OrderLine
from storefront.orders.states import FulfillmentStatus, OrderStatus, PaymentStatus
from storefront.payments.models import Payment, Refund

_numbers = count(1)


def make_order(total: int = 1000, *, discount: int = 0, placed_at: datetime | None = None, **values: Any) -> Order:
    """A paid order of one line that came to `total` minor units after `discount`."""
    number, moment = next(_numbers), placed_at or now()
    order = Order(
        **{
            "number": f"TEST-{number:04}",
            "access_token": f"token{number}",
            "idempotency_key": f"key{number}",
            "email": "ada@example.com",
            "status": OrderStatus.OPEN,
            "payment_status": PaymentStatus.PAID,
            "fulfillment_status": FulfillmentStatus.UNFULFILLED,
            "currency": "USD",
            "goods_minor": total + discount,
            "discount_minor": discount,
            "shipping_minor": 0,
            "total_minor": total,
            "paid_minor": total,
            "shipping_address": {
                "name": "Ada Shopper",
                "phone": "+14155552671",
                "country": "US",
                "city": "Springfield",
                "region": "IL",
                "street": "1 Main St",
                "postcode": "62701",
            },
            "placed_at": moment,
            **values,
        }
    )
    line = OrderLine(sku="CUP", name="Blue cup", quantity=1, unit_price_minor=total + discount, discount_minor=discount)
    order.lines = [line]
    order.events = [OrderEvent(kind="placed", actor="customer:1", facts={}, at=moment)]
    db.session.add(order)
    db.session.flush()
    if discount:
        db.session.add(
            OrderAdjustment(
                order_id=order.id,
                order_line_id=line.id,
                kind="promotion",
                label="Spring sale",
                amount_minor=-discount,
            )
        )
        db.session.flush()
    return order


def pay_back(order: Order, amount: int, at: datetime, *, state: str = "succeeded") -> Refund:
    """Money of an order that went back, or was to."""
    payment = Payment(
        order_id=order.id,
        provider="card",
        reference=f"payment-{order.number}-{next(_numbers)}",
        state="captured",
        amount_minor=order.total_minor,
        captured_minor=order.total_minor,
        refunded_minor=amount if state == "succeeded" else 0,
        currency=order.currency,
        created_at=order.placed_at,
    )
    db.session.add(payment)
    db.session.flush()
    key = f"refund-{next(_numbers)}"
    refund = Refund(
        payment_id=payment.id, reference=key, key=key, amount_minor=amount, state=state, asked_at=at, ended_at=at
    )
    db.session.add(refund)
    db.session.flush()
    return refund
