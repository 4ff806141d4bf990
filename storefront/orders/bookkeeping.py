"""What every write of an order does besides: its payment status is derived anew, the step becomes an event, and a new
order gets what it consists of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm.attributes import set_committed_value

from storefront.database.adding import add_new
from storefront.database.base import db
from storefront.kernel.money import Money
from storefront.orders.models import Order, OrderEvent
from storefront.orders.rules import payment_status
from storefront.orders.states import EventKind, OrderStatus

_STEP = insert(OrderEvent)


def add_parts(order: Order, name: str, parts: Sequence[Any]) -> None:
    """Write down all lines, adjustments, taxes or events of a new order, and let the order know them."""
    for part in parts:
        part.order_id = order.id
    add_new(parts)
    set_committed_value(order, name, list(parts))


def derive(order: Order) -> None:
    """Let the payment status say what came in and went back."""
    order.payment_status = payment_status(
        total=Money(order.total_minor, order.currency),
        paid=Money(order.paid_minor, order.currency),
        refunded=Money(order.refunded_minor, order.currency),
        lost=Money(order.lost_minor, order.currency),
        authorized=Money(order.authorized_minor, order.currency),
        waits=order.status == OrderStatus.OPEN and (order.paid_at is None or order.balance_since is not None),
    )


def tell(order: Order, kind: EventKind, by: str, at: datetime, facts: Mapping[str, object]) -> None:
    """Write a step of an order down, with what the step has changed of it."""
    db.session.flush()
    values = {"order_id": order.id, "kind": kind, "actor": by, "at": at, "facts": dict(facts)}
    db.session.connection().execute(_STEP, values)


def event_of(kind: EventKind, by: str, at: datetime, facts: Mapping[str, object]) -> OrderEvent:
    """Return a step as a row that belongs to no order yet."""
    return OrderEvent(kind=kind, actor=by, at=at, facts=dict(facts))
