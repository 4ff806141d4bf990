"""Where orders are, as their customer sees it: lists to look through, and how many are in each."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from storefront.database.base import db
from storefront.orders.models import Order
from storefront.orders.states import FulfillmentStatus, OrderStatus, PaymentStatus


class Stage(StrEnum):
    """A list of orders; an order that left in part is in two of them. Which were sent back, `returns` knows."""

    TO_PAY = "to-pay"
    TO_SEND = "to-send"
    ON_THE_WAY = "on-the-way"


_IS_OPEN = Order.status == OrderStatus.OPEN
_TO_PAY = and_(
    _IS_OPEN,
    or_(Order.pay_before.is_not(None), Order.balance_since.is_not(None)),
    Order.payment_status.in_((PaymentStatus.UNPAID, PaymentStatus.PARTIALLY_PAID)),
)
_CONDITIONS: dict[Stage, ColumnElement[bool]] = {
    Stage.TO_PAY: _TO_PAY,
    Stage.TO_SEND: and_(
        _IS_OPEN,
        Order.fulfillment_status.in_((FulfillmentStatus.UNFULFILLED, FulfillmentStatus.PARTIAL)),
        or_(
            and_(Order.pay_before.is_(None), Order.balance_since.is_(None)),
            Order.payment_status.not_in((PaymentStatus.UNPAID, PaymentStatus.PARTIALLY_PAID)),
        ),
    ),
    Stage.ON_THE_WAY: and_(
        Order.status != OrderStatus.CANCELLED,
        Order.fulfillment_status.in_((FulfillmentStatus.PARTIAL, FulfillmentStatus.FULFILLED)),
    ),
}


def is_at(stage: Stage) -> ColumnElement[bool]:
    """What makes an order stand in a list."""
    return _CONDITIONS[stage]


def count_by_stage(customer_id: int) -> dict[Stage, int]:
    """Return how many of a customer's orders are where, in one query."""
    counts = [func.count().filter(condition) for condition in _CONDITIONS.values()]
    row = db.session.execute(select(*counts).select_from(Order).where(Order.customer_id == customer_id)).one()
    return dict(zip(_CONDITIONS, map(int, row), strict=True))


def is_to_send() -> tuple[ColumnElement[bool], ...]:
    """Return what tells the orders of which something may have to leave, paid or not.

    Its values stand in the statement itself: only so does it say the same as the index `ix_order_to_send`.
    """
    kinds = [FulfillmentStatus.UNFULFILLED.value, FulfillmentStatus.PARTIAL.value]
    return (
        Order.status == bindparam(None, OrderStatus.OPEN.value, literal_execute=True),
        Order.fulfillment_status.in_(bindparam(None, kinds, expanding=True, literal_execute=True)),
    )


def is_owing() -> tuple[ColumnElement[bool], ...]:
    """Return what tells the cancelled orders that hold a shopper's money: the words of the index `ix_order_owing`."""
    return (
        Order.status == bindparam(None, OrderStatus.CANCELLED.value, literal_execute=True),
        Order.paid_minor > Order.refunded_minor + Order.lost_minor,
    )
