"""What has happened to an order, what is going on, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from storefront.kernel.errors import N_
from storefront.orders.models import Order, OrderEvent
from storefront.orders.states import CancelReason, EventKind, FulfillmentStatus, OrderStatus, PaymentStatus

TOLD: Mapping[str, str] = {
    EventKind.PLACED: N_("Order placed"),
    EventKind.PAYMENT_FAILED: N_("Payment was declined"),
    EventKind.PAID: N_("Payment received"),
    EventKind.AUTHORIZED: N_("Payment approved"),
    EventKind.PARTLY_PAID: N_("A part of the payment received"),
    EventKind.REFUNDED: N_("Money sent back"),
    EventKind.CHANGED: N_("Order changed"),
    EventKind.BALANCE_PAID: N_("The rest of the payment received"),
    EventKind.CHARGED_BACK: N_("Your bank took the payment back"),
    EventKind.CHARGEBACK_BACK: N_("The payment came back to us"),
    EventKind.PAID_LATE: N_("Payment received after the order had ended"),
    EventKind.PACKED: N_("Packed"),
    EventKind.SENT: N_("On its way"),
    EventKind.ARRIVED: N_("One of the parcels has arrived"),
    EventKind.DELIVERED: N_("Delivered"),
    EventKind.LOST: N_("The carrier has lost the parcel; we are on it"),
    EventKind.CAME_BACK: N_("The parcel came back to us"),
    EventKind.SENT_AGAIN: N_("We send it again"),
    EventKind.CANCELLED: N_("Order cancelled"),
    EventKind.REOPENED: N_("Order goes ahead after all"),
    EventKind.CLOSED: N_("Order completed"),
    EventKind.RETURN_ASKED: N_("Return asked for"),
    EventKind.RETURN_APPROVED: N_("Return approved"),
    EventKind.RETURN_REJECTED: N_("Return not accepted"),
    EventKind.RETURN_WITHDRAWN: N_("Return withdrawn"),
    EventKind.RETURN_RECEIVED: N_("Your return has arrived"),
    EventKind.REPLACEMENT_PLACED: N_("A replacement is being packed"),
    EventKind.OFFERS_BACK: N_("Coupons can be used again"),
}
"""What the timeline tells; other events are for the back office."""

SENT_WITH = N_("On its way with %(carrier_name)s, number %(tracking)s")
WAITING_FOR_PAYMENT = N_("Waiting for your payment")
PACKING = N_("We are packing your order")
PACKING_THE_REST = N_("We are packing the rest")
ON_THE_WAY = N_("Delivery")


class Next(StrEnum):
    """What happens next, in one word; the page has the sentence."""

    PAY = "pay"
    PAY_AT_THE_DOOR = "pay_at_the_door"
    PACKING = "packing"
    PARTLY_SENT = "partly_sent"
    ON_THE_WAY = "on_the_way"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    CANCELLED_UNPAID = "cancelled_unpaid"


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `state` is "done", "current" or "next", and `facts` are what the words name."""

    words: str
    at: datetime | None
    state: str
    facts: Mapping[str, object] = field(default_factory=dict)


def what_is_next(order: Order) -> Next:
    """Say what an order waits for; an unpaid one without a deadline is paid at the door."""
    if order.status == OrderStatus.CANCELLED:
        reasons = [event.facts.get("reason") for event in order.events if event.kind == EventKind.CANCELLED]
        return Next.CANCELLED_UNPAID if CancelReason.NOT_PAID in reasons else Next.CANCELLED
    if order.fulfillment_status == FulfillmentStatus.DELIVERED or order.status == OrderStatus.CLOSED:
        return Next.ARRIVED
    if order.fulfillment_status == FulfillmentStatus.FULFILLED:
        return Next.ON_THE_WAY
    if order.fulfillment_status == FulfillmentStatus.PARTIAL:
        return Next.PARTLY_SENT
    if order.payment_status in {PaymentStatus.UNPAID, PaymentStatus.PARTIALLY_PAID}:
        return Next.PAY if order.pay_before or order.balance_since else Next.PAY_AT_THE_DOOR
    return Next.PACKING


def steps_of(order: Order, following: Next) -> list[Step]:
    """Return the timeline: events that happened, then what follows from `following`."""
    done = [_done(event) for event in order.events if event.kind in TOLD]
    if following is Next.PAY:
        return [*done, Step(WAITING_FOR_PAYMENT, None, "current"), Step(ON_THE_WAY, None, "next")]
    if following in {Next.PACKING, Next.PAY_AT_THE_DOOR}:
        return [*done, Step(PACKING, None, "current"), Step(ON_THE_WAY, None, "next")]
    if following is Next.PARTLY_SENT:
        return [*done, Step(PACKING_THE_REST, None, "current"), Step(ON_THE_WAY, None, "next")]
    return [*done, Step(ON_THE_WAY, None, "current")] if following is Next.ON_THE_WAY else done


def _done(event: OrderEvent) -> Step:
    named = event.kind == EventKind.SENT and {"carrier_name", "tracking"} <= set(event.facts)
    return Step(SENT_WITH if named else TOLD[event.kind], event.at, "done", event.facts if named else {})
