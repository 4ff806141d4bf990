"""What has happened to an order, what is going on, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storefront.kernel.errors import N_
from storefront.orders.models import Order
from storefront.orders.states import CancelReason, EventKind, FulfillmentStatus, OrderStatus, PaymentStatus

TOLD: Mapping[str, str] = {
    EventKind.PLACED: N_("Order placed"),
    EventKind.PAYMENT_FAILED: N_("Payment was declined"),
    EventKind.PAID: N_("Payment received"),
    EventKind.AUTHORIZED: N_("Payment approved"),
    EventKind.PARTLY_PAID: N_("A part of the payment received"),
    EventKind.REFUNDED: N_("Money sent back"),
    EventKind.PAID_LATE: N_("Payment received after the order had ended"),
    EventKind.DELIVERED: N_("Delivered"),
    EventKind.CANCELLED: N_("Order cancelled"),
    EventKind.REOPENED: N_("Order goes ahead after all"),
    EventKind.CLOSED: N_("Order completed"),
}
"""What the timeline tells; other events are for the back office."""

WAITING_FOR_PAYMENT = N_("Waiting for your payment")
PACKING = N_("We are packing your order")
ON_THE_WAY = N_("Delivery")


class Next(StrEnum):
    """What happens next, in one word; the page has the sentence."""

    PAY = "pay"
    PAY_AT_THE_DOOR = "pay_at_the_door"
    PACKING = "packing"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    CANCELLED_UNPAID = "cancelled_unpaid"


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `state` is "done", "current" or "next"."""

    words: str
    at: datetime | None
    state: str


def what_is_next(order: Order) -> Next:
    """Say what an order waits for; an unpaid one without a deadline is paid at the door."""
    if order.status == OrderStatus.CANCELLED:
        reasons = [event.facts.get("reason") for event in order.events if event.kind == EventKind.CANCELLED]
        return Next.CANCELLED_UNPAID if CancelReason.NOT_PAID in reasons else Next.CANCELLED
    if order.fulfillment_status == FulfillmentStatus.DELIVERED or order.status == OrderStatus.CLOSED:
        return Next.ARRIVED
    if order.payment_status in {PaymentStatus.UNPAID, PaymentStatus.PARTIALLY_PAID}:
        return Next.PAY if order.pay_before else Next.PAY_AT_THE_DOOR
    return Next.PACKING


def steps_of(order: Order, following: Next) -> list[Step]:
    """Return the timeline: events that happened, then what follows from `following`."""
    done = [Step(TOLD[event.kind], event.at, "done") for event in order.events if event.kind in TOLD]
    if following is Next.PAY:
        return [*done, Step(WAITING_FOR_PAYMENT, None, "current"), Step(ON_THE_WAY, None, "next")]
    if following in {Next.PACKING, Next.PAY_AT_THE_DOOR}:
        return [*done, Step(PACKING, None, "current"), Step(ON_THE_WAY, None, "next")]
    return done
