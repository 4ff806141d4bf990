"""Orders that are over: everything has arrived, the money is at rest, and nothing can be sent back any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, insert, select, update

from storefront.database.base import db
from storefront.orders.models import Order, OrderEvent
from storefront.orders.rules import AT_REST, Standing, allowed_actions
from storefront.orders.services import SYSTEM
from storefront.orders.states import (
    TRANSITIONS,
    EventKind,
    FulfillmentStatus,
    OrderAction,
    OrderStatus,
    PaymentStatus,
)


def may_close(arrived_by: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what tells the orders that arrived by a moment and wait for nothing: `rules.allowed_actions` as SQL.

    The states stand in the statement itself: only so does it say the same as the index `ix_order_to_close`.
    """
    return (
        Order.status == bindparam(None, OrderStatus.OPEN.value, literal_execute=True),
        Order.fulfillment_status == bindparam(None, FulfillmentStatus.DELIVERED.value, literal_execute=True),
        Order.delivered_at <= arrived_by,
        Order.payment_status.in_(AT_REST),
    )


def close_orders(*, order_ids: Sequence[int], arrived_by: datetime, at: datetime) -> int:
    """Close those of some orders that can still be closed, and return how many.

    They are locked by their ids alone: the index of what is over names thousands.
    """
    states = Order.status, Order.payment_status, Order.fulfillment_status
    locked = select(Order.id, Order.delivered_at, *states).where(Order.id.in_(order_ids)).order_by(Order.id)
    rows = db.session.execute(locked.with_for_update()).all()
    found = [row.id for row in rows if _is_over(row) and row.delivered_at <= arrived_by]
    if not found:
        return 0
    closed = TRANSITIONS.next(OrderStatus.OPEN, OrderAction.CLOSE)
    db.session.execute(
        update(Order).where(Order.id.in_(found)).values(status=closed), execution_options={"synchronize_session": False}
    )
    steps = [{"order_id": id_, "kind": EventKind.CLOSED, "actor": SYSTEM, "at": at, "facts": {}} for id_ in found]
    db.session.execute(insert(OrderEvent), steps)
    return len(found)


def _is_over(row: Any) -> bool:
    standing = Standing(
        OrderStatus(row.status), PaymentStatus(row.payment_status), FulfillmentStatus(row.fulfillment_status)
    )
    return OrderAction.CLOSE in allowed_actions(standing)
