"""What follows for the sums when something happens to an order: the days that it touches are counted again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from storefront.database.base import db
from storefront.database.reading import read
from storefront.figures.services import mark_stale
from storefront.orders.events import BalancePaid, OrderCancelled, OrderChanged, OrderPaid, OrderPlaced
from storefront.orders.models import Order
from storefront.payments.events import RefundSucceeded
from storefront.payments.models import Payment, Refund

_WENT_BACK = (
    select(Refund.ended_at)
    .join(Payment, Payment.id == Refund.payment_id)
    .where(Payment.order_id == bindparam("order"), Refund.ended_at.is_not(None))
)


def note_placed(fact: OrderPlaced) -> None:
    """Count a day again on which an order was placed that is written down late; no money of it went back yet."""
    mark_stale(moments=_placed_at(fact.order_id))


def note_cancelled(fact: OrderCancelled) -> None:
    """Take an order out of its day, and its refunds' share out of theirs."""
    mark_stale(moments=_moments(fact.order_id))


def note_changed(fact: OrderChanged) -> None:
    """Count a day again of which an order holds other goods now, or costs something else."""
    mark_stale(moments=_moments(fact.order_id))


def note_balance_paid(fact: BalancePaid) -> None:
    """Count a day again of which an order has all its money now."""
    mark_stale(moments=_moments(fact.order_id))


def note_paid(fact: OrderPaid) -> None:
    """Count an order again that had been cancelled; and one that is paid with another provider than it was placed."""
    mark_stale(moments=_moments(fact.order_id))


def note_refunded(fact: RefundSucceeded) -> None:
    """Count a day again of whose refund a provider tells late."""
    mark_stale(moments=_moments(fact.order_id))


def _moments(order_id: int) -> list[datetime]:
    """When an order was placed and when money of it went back."""
    db.session.flush()
    return [*_placed_at(order_id), *read(_WENT_BACK, {"order": order_id}).scalars()]


def _placed_at(order_id: int) -> list[datetime]:
    order = db.session.get(Order, order_id)
    return [] if order is None else [order.placed_at]
