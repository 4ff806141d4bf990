"""Writes of orders: placing, paying, delivering, cancelling. Every step is an event of the order."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from datetime import datetime

from storefront.accounts import services as accounts
from storefront.database.base import db
from storefront.flash import services as flash
from storefront.inventory import services as inventory
from storefront.inventory.services import Wanted
from storefront.kernel.events import publish
from storefront.kernel.money import Money
from storefront.loyalty import services as loyalty
from storefront.orders import queries
from storefront.orders.draft import Draft
from storefront.orders.errors import CannotCancel, CannotDeliver, CannotPay
from storefront.orders.events import OrderCancelled, OrderDelivered, OrderPaid, OrderPlaced, PaidLate
from storefront.orders.models import Order, OrderEvent
from storefront.orders.rows import adjustment_rows, flash_takes, line_rows, order_row, promotion_uses
from storefront.orders.rules import (
    NUMBERS,
    Standing,
    allowed_actions,
    fulfillment_status,
    number_of,
    payment_status,
)
from storefront.orders.states import (
    TRANSITIONS,
    CancelReason,
    EventKind,
    FulfillmentStatus,
    OrderAction,
    OrderStatus,
    PaymentStatus,
)
from storefront.promotions import services as promotions

log = logging.getLogger(__name__)

SYSTEM = "system"


def place_order(*, draft: Draft, at: datetime) -> Order:
    """Take the goods and the promotions of a draft and write the order down, or refuse and leave nothing behind."""
    number, by = number_of(secrets.randbelow(NUMBERS)), draft.buyer.actor
    wanted = [
        Wanted(draft.goods[line.line_id].variant_id, line.quantity, draft.goods[line.line_id].full_name)
        for line in draft.quote.lines
    ]
    inventory.allocate(wanted=wanted, reference=number, by=by, at=at)
    promotions.take_uses(
        uses=promotion_uses(draft),
        customer_key=draft.buyer.key,
        order_number=number,
        at=at,
        checkout=draft.idempotency_key,
    )
    flash.take(flash_takes(draft), customer_key=draft.buyer.key, order_number=number, at=at)
    if draft.points_spent and draft.buyer.customer_id is not None:
        loyalty.redeem(customer_id=draft.buyer.customer_id, points=draft.points_spent, order_number=number, at=at)
    order = order_row(draft, number, at)
    order.lines = line_rows(draft)
    db.session.add(order)
    db.session.flush()
    order.adjustments.extend(adjustment_rows(draft, order))
    order.events.append(_event(EventKind.PLACED, by, at, {"total": order.total_minor}))
    if draft.buyer.customer_id is not None:
        accounts.count_order(customer_id=draft.buyer.customer_id, by=1)
    _derive(order)
    db.session.flush()
    log.info("Order %s placed", number)
    publish(OrderPlaced(order.id, number, order.customer_id))
    if order.payment_status == PaymentStatus.PAID:
        _is_paid(order, by, at)
    return order


def choose_payment(*, order: Order, provider: str, pay_before: datetime | None, by: str, at: datetime) -> Order:
    """Pay with another provider, or try the same one again."""
    order = queries.get_locked(order.id)
    if OrderAction.PAY not in actions_of(order):
        raise CannotPay
    order.payment_provider, order.pay_before = provider, pay_before
    _tell(order, EventKind.PAYMENT_CHOSEN, by, at, {"provider": provider})
    return order


def record_payment(*, order: Order, amount: Money, provider: str, by: str, at: datetime) -> Order:
    """Add money that came in with a provider; an open order that is paid in full is told to whoever listens."""
    order = queries.get_locked(order.id)
    paid = Money(order.paid_minor, order.currency) + amount
    order.paid_minor, order.payment_provider = paid.minor, provider
    _derive(order)
    if order.status != OrderStatus.OPEN:
        log.warning("Order %s was paid after it was %s", order.number, order.status)
        _tell(order, EventKind.PAID_LATE, by, at, {"amount": amount.minor})
        if order.status == OrderStatus.CANCELLED:
            publish(PaidLate(order.id, order.number))
    elif order.payment_status in {PaymentStatus.PAID, PaymentStatus.OVERPAID} and order.paid_at is None:
        _is_paid(order, by, at)
    return order


def record_failed_payment(*, order: Order, provider: str, at: datetime) -> Order:
    """Note that a provider declined; the order goes on waiting."""
    _tell(order, EventKind.PAYMENT_FAILED, provider, at, {"provider": provider})
    return order


def deliver_order(*, order: Order, by: str, at: datetime) -> Order:
    """Let the goods leave and arrive."""
    order = queries.get_locked(order.id)
    if OrderAction.DELIVER not in actions_of(order):
        raise CannotDeliver
    picks = inventory.ship(reference=order.number, by=by, at=at)
    units = sum(pick.quantity for pick in picks)
    order.fulfillment_status = fulfillment_status(ordered=units, sent=units, delivered=units)
    order.delivered_at = at
    _tell(order, EventKind.DELIVERED, by, at, {})
    publish(OrderDelivered(order.id, order.number))
    return order


def cancel_order(*, order: Order, by: str, at: datetime, reason: CancelReason) -> Order:
    """Call an order off and give back the goods and the promotions that it had taken."""
    order = queries.get_locked(order.id)
    if OrderAction.CANCEL not in actions_of(order):
        raise CannotCancel
    order.status = TRANSITIONS.next(OrderStatus(order.status), OrderAction.CANCEL)
    order.cancelled_at = at
    inventory.release(reference=order.number, by=by, at=at)
    promotions.give_back_uses(order_number=order.number, at=at)
    flash.give_back(order_number=order.number, at=at)
    loyalty.give_back(order_number=order.number, at=at)
    if order.customer_id is not None:
        accounts.count_order(customer_id=order.customer_id, by=-1)
    _tell(order, EventKind.CANCELLED, by, at, {"reason": reason.value})
    log.info("Order %s cancelled: %s", order.number, reason)
    publish(OrderCancelled(order.id, order.number, reason.value))
    return order


def cancel_if_overdue(*, order_id: int, at: datetime) -> bool:
    """Cancel an order whose time to pay is over; False when it was paid or cancelled meanwhile."""
    order = queries.get_locked(order_id)
    overdue = order.pay_before is not None and order.pay_before < at
    if not overdue or OrderAction.CANCEL not in actions_of(order):
        return False
    cancel_order(order=order, by=SYSTEM, at=at, reason=CancelReason.NOT_PAID)
    return True


def actions_of(order: Order) -> frozenset[OrderAction]:
    """Return what may be done to an order now; pages draw their buttons from this."""
    return allowed_actions(
        Standing(
            OrderStatus(order.status),
            PaymentStatus(order.payment_status),
            FulfillmentStatus(order.fulfillment_status),
            order.paid_minor,
        )
    )


def _is_paid(order: Order, by: str, at: datetime) -> None:
    order.paid_at = at
    _tell(order, EventKind.PAID, by, at, {"amount": order.paid_minor})
    publish(OrderPaid(order.id, order.number))


def _derive(order: Order) -> None:
    order.payment_status = payment_status(
        total=Money(order.total_minor, order.currency),
        paid=Money(order.paid_minor, order.currency),
        refunded=Money(order.refunded_minor, order.currency),
    )


def _tell(order: Order, kind: EventKind, by: str, at: datetime, facts: Mapping[str, object]) -> None:
    event = _event(kind, by, at, facts)
    event.order_id = order.id
    db.session.add(event)
    db.session.flush()


def _event(kind: EventKind, by: str, at: datetime, facts: Mapping[str, object]) -> OrderEvent:
    return OrderEvent(kind=kind, actor=by, at=at, facts=dict(facts))
