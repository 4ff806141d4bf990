"""What parcels tell an order: how far its units have come. Its status follows from them, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storefront.database.base import db
from storefront.kernel.events import publish
from storefront.orders import queries
from storefront.orders.errors import CalledOff, CannotSend, PaidBack, Unpaid
from storefront.orders.events import OrderDelivered
from storefront.orders.models import Order, OrderEvent
from storefront.orders.rules import Progress
from storefront.orders.services import actions_of
from storefront.orders.states import EventKind, FulfillmentStatus, OrderAction, OrderStatus, PaymentStatus


@dataclass(frozen=True, slots=True)
class Told:
    """Which parcel it is about, who did it, and when."""

    facts: Mapping[str, object]
    by: str
    at: datetime


def lock_to_send(order_id: int) -> Order:
    """Lock an order whose goods may leave; refuse with what keeps them here."""
    order = queries.get_locked(order_id)
    check_may_leave(order)
    return order


def check_may_leave(order: Order) -> None:
    """Refuse with what keeps an order's goods here."""
    if OrderAction.SEND in actions_of(order):
        return
    if order.status == OrderStatus.CANCELLED:
        raise CalledOff
    left = order.fulfillment_status in {FulfillmentStatus.UNFULFILLED, FulfillmentStatus.PARTIAL}
    if order.status != OrderStatus.OPEN or not left:
        raise CannotSend
    raise PaidBack if order.payment_status in {PaymentStatus.REFUNDED, PaymentStatus.CHARGED_BACK} else Unpaid


def lock_to_deliver(order_id: int) -> Order:
    """Lock an order that has something to arrive yet, whether it has left or not."""
    order = queries.get_locked(order_id)
    if OrderAction.DELIVER in actions_of(order):
        return order
    check_may_leave(order)
    raise CannotSend


def record(*, order: Order, kind: EventKind, told: Told) -> None:
    """Write down what was done to a parcel that moves no unit: packed, unpacked."""
    event = OrderEvent(order_id=order.id, kind=kind, actor=told.by, at=told.at, facts=dict(told.facts))
    db.session.add(event)
    db.session.flush()


def record_sent(*, order: Order, progress: Progress, told: Told) -> Order:
    """Let an order know that a parcel has left; the caller has locked it."""
    return record_progress(order=order, kind=EventKind.SENT, progress=progress, told=told)


def record_delivered(*, order: Order, progress: Progress, told: Told) -> Order:
    """Let an order know that a parcel has arrived; with the last one the order is delivered."""
    if progress.status is not FulfillmentStatus.DELIVERED:
        return record_progress(order=order, kind=EventKind.ARRIVED, progress=progress, told=told)
    order.delivered_at = told.at
    record_progress(order=order, kind=EventKind.DELIVERED, progress=progress, told=told)
    publish(OrderDelivered(order.id, order.number))
    return order


def record_progress(*, order: Order, kind: EventKind, progress: Progress, told: Told) -> Order:
    """Let an order know what became of a parcel, and stand where its units say."""
    order.fulfillment_status = progress.status
    record(order=order, kind=kind, told=told)
    return order
