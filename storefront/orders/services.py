"""Writes of orders: placing, paying, cancelling. Every step is an event of the order."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime

from storefront.accounts import services as accounts
from storefront.database.adding import add_new
from storefront.database.base import db
from storefront.flash import services as flash
from storefront.flash.errors import FlashSoldOut
from storefront.inventory import services as inventory
from storefront.inventory.errors import OutOfStock
from storefront.kernel.events import publish
from storefront.kernel.money import Money
from storefront.loyalty import services as loyalty
from storefront.loyalty.errors import NotEnoughPoints
from storefront.orders import holding, queries
from storefront.orders.bookkeeping import add_parts
from storefront.orders.bookkeeping import derive as _derive
from storefront.orders.bookkeeping import event_of as _event
from storefront.orders.bookkeeping import tell as _tell
from storefront.orders.draft import Draft
from storefront.orders.errors import CannotCancel, CannotPay
from storefront.orders.events import BalancePaid, OrderCancelled, OrderPaid, OrderPlaced, PaidLate
from storefront.orders.models import Order
from storefront.orders.rows import adjustment_rows, flash_takes, line_rows, order_row, promotion_uses, tax_rows
from storefront.orders.rules import (
    NUMBERS,
    Standing,
    allowed_actions,
    number_of,
)
from storefront.orders.states import (
    REOPENED_AFTER,
    TRANSITIONS,
    CancelReason,
    EventKind,
    FulfillmentStatus,
    Lost,
    OrderAction,
    OrderStatus,
    PaymentStatus,
)
from storefront.promotions import services as promotions
from storefront.promotions.errors import CodeInUse, PromotionRanOut
from storefront.telemetry.about import note

log = logging.getLogger(__name__)

SYSTEM = "system"


def place_order(*, draft: Draft, at: datetime) -> Order:
    """Take the goods and the promotions of a draft and write the order down, or refuse and leave nothing behind."""
    number, by = number_of(secrets.randbelow(NUMBERS)), draft.actor
    sent_from = holding.take_for(draft, number=number, at=at)
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
    order = _write(draft, number, at, sent_from)
    log.info("Order %s placed", number)
    note(order=number)
    publish(OrderPlaced(order.id, number, order.customer_id))
    if order.payment_status == PaymentStatus.PAID:
        _is_paid(order, by, at)
    _count(order, 1)
    return order


def _write(draft: Draft, number: str, at: datetime, sent_from: holding.Facts) -> Order:
    """Write down the order and what it consists of."""
    order = order_row(draft, number, at)
    _derive(order)
    add_new([order])
    add_parts(order, "lines", line_rows(draft))
    add_parts(order, "adjustments", adjustment_rows(draft, order))
    add_parts(order, "taxes", tax_rows(draft, order))
    add_parts(order, "events", [_event(EventKind.PLACED, draft.actor, at, {"total": order.total_minor, **sent_from})])
    return order


def choose_payment(*, order: Order, provider: str, pay_before: datetime | None, by: str, at: datetime) -> Order:
    """Pay with another provider, or try the same one again; the goods are held as that one needs it."""
    order = queries.get_locked(order.id)
    if OrderAction.PAY not in actions_of(order):
        raise CannotPay
    if order.balance_since is not None:
        return _choose_for_balance(order, provider, pay_before, by, at)
    order.payment_provider, order.pay_before, order.authorized_minor = provider, pay_before, 0
    _derive(order)
    sent_from = holding.keep(order, by=by, at=at)
    _tell(order, EventKind.PAYMENT_CHOSEN, by, at, {"provider": provider, **sent_from})
    return order


def _choose_for_balance(order: Order, provider: str, pay_before: datetime | None, by: str, at: datetime) -> Order:
    """Pay the rest of a changed order, which has its goods; what the courier collects (no `pay_before`) may leave."""
    if pay_before is None:
        order.balance_since = None
    order.authorized_minor, order.payment_provider = 0, provider
    _derive(order)
    _tell(order, EventKind.PAYMENT_CHOSEN, by, at, {"provider": provider})
    return order


def record_payment(*, order: Order, amount: Money, provider: str, by: str, at: datetime) -> Order:
    """Add money that came in with a provider; an order that is paid in full has its goods for good.

    Money for an order that the clock had cancelled opens it again where its goods are still to be had, at the price
    that was agreed; else the order is cancelled, owes a refund, and the customer is told.
    """
    order = queries.get_locked(order.id)
    is_first = order.paid_minor == 0
    paid = Money(order.paid_minor, order.currency) + amount
    order.paid_minor, order.payment_provider = paid.minor, provider
    _derive(order)
    settled = order.payment_status in {PaymentStatus.PAID, PaymentStatus.OVERPAID}
    if order.status != OrderStatus.OPEN:
        _take_late(order, amount, by, at, may_reopen=is_first)
    elif settled and order.paid_at is None:
        settle(order, amount, by, at)
    elif settled and order.balance_since is not None:
        settle_balance(order, by, at)
    elif not settled:
        _tell(order, EventKind.PARTLY_PAID, by, at, {"amount": amount.minor})
    return order


def settle_balance(order: Order, by: str, at: datetime) -> None:
    """Let a changed order go on, since what its change had made due is there."""
    order.balance_since = None
    _derive(order)
    _tell(order, EventKind.BALANCE_PAID, by, at, {"amount": order.paid_minor})
    publish(BalancePaid(order.id, order.number))


def record_authorization(*, order: Order, amount: Money, by: str, at: datetime) -> Order:
    """Note that a provider holds the money for us: the order has its goods for good, and the money is not ours yet."""
    order = queries.get_locked(order.id)
    order.authorized_minor = amount.minor
    _derive(order)
    _tell(order, EventKind.AUTHORIZED, by, at, {"amount": amount.minor})
    try:
        holding.settle(order, by=by, at=at)
        order.pay_before = None
    except OutOfStock:
        _call_off(order, by, at, CancelReason.SOLD_OUT)
        publish(OrderCancelled(order.id, order.number, CancelReason.SOLD_OUT.value))
    return order


def record_failed_payment(*, order: Order, provider: str, at: datetime) -> Order:
    """Note that a provider declined; the order goes on waiting."""
    _tell(order, EventKind.PAYMENT_FAILED, provider, at, {"provider": provider})
    return order


def cancel_order(*, order: Order, by: str, at: datetime, reason: CancelReason) -> Order:
    """Call an order off and give back the goods and the promotions that it had taken."""
    order = queries.get_locked(order.id)
    if OrderAction.CANCEL not in actions_of(order):
        raise CannotCancel
    _call_off(order, by, at, reason)
    publish(OrderCancelled(order.id, order.number, reason.value))
    return order


def cancel_if_overdue(*, order_id: int, at: datetime) -> bool:
    """Cancel an order whose time to pay is over; False when it was paid or cancelled meanwhile."""
    order = queries.get_locked(order_id)
    waits = order.payment_status in {PaymentStatus.UNPAID, PaymentStatus.PARTIALLY_PAID}
    overdue = waits and order.pay_before is not None and order.pay_before < at
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
            pays_at_the_door=order.pay_before is None and order.balance_since is None and not order.authorized_minor,
        )
    )


def settle(order: Order, amount: Money, by: str, at: datetime) -> None:
    """Let a paid order have its goods; where they were given back and are gone, call it off and owe the money."""
    if order.fulfillment_status == FulfillmentStatus.UNFULFILLED:
        try:
            holding.settle(order, by=by, at=at)
        except OutOfStock:
            _call_off(order, by, at, CancelReason.SOLD_OUT)
            _tell(order, EventKind.PAID_LATE, by, at, {"amount": amount.minor})
            publish(OrderCancelled(order.id, order.number, CancelReason.SOLD_OUT.value))
            return
    _is_paid(order, by, at)


def _take_late(order: Order, amount: Money, by: str, at: datetime, *, may_reopen: bool) -> None:
    """Take money for an order that has ended: open it again, or tell everybody that the money goes back."""
    log.warning("Order %s was paid after it was %s", order.number, order.status)
    by_the_clock = queries.last_reason(order.id) in REOPENED_AFTER
    lost: Lost | None = None
    if may_reopen and by_the_clock and OrderAction.REOPEN in actions_of(order):
        lost = _reopen(order, by, at)
        if lost is None:
            return
    _tell(order, EventKind.PAID_LATE, by, at, {"amount": amount.minor})
    if order.status == OrderStatus.CANCELLED:
        publish(PaidLate(order.id, order.number, lost=lost))


def _reopen(order: Order, by: str, at: datetime) -> Lost | None:
    """Take anew all that the order had given back and let it live again as it was agreed.

    Where something of it is gone, change nothing and return what.
    """
    savepoint = db.session.begin_nested()
    try:
        sent_from = holding.settle(order, by=by, at=at)
        promotions.retake_uses(order_number=order.number, at=at)
        flash.retake(order_number=order.number, at=at)
        if order.points_spent and order.customer_id is not None:
            loyalty.redeem(customer_id=order.customer_id, points=order.points_spent, order_number=order.number, at=at)
    except (OutOfStock, PromotionRanOut, CodeInUse, FlashSoldOut, NotEnoughPoints) as refusal:
        savepoint.rollback()
        log.info("Order %s stays cancelled: %s", order.number, refusal)
        return Lost.GOODS if isinstance(refusal, OutOfStock) else Lost.PRICE
    savepoint.commit()
    order.status = TRANSITIONS.next(OrderStatus(order.status), OrderAction.REOPEN)
    order.cancelled_at = None
    _tell(order, EventKind.REOPENED, by, at, sent_from)
    log.info("Order %s was opened again", order.number)
    _is_paid(order, by, at, reopened=True)
    _count(order, 1)
    return None


def _call_off(order: Order, by: str, at: datetime, reason: CancelReason) -> None:
    order.status = TRANSITIONS.next(OrderStatus(order.status), OrderAction.CANCEL)
    order.cancelled_at, order.authorized_minor = at, 0
    _derive(order)
    inventory.release(reference=order.number, by=by, at=at)
    promotions.give_back_uses(order_number=order.number, at=at)
    flash.give_back(order_number=order.number, at=at)
    loyalty.give_back(order_number=order.number, at=at)
    _count(order, -1)
    _tell(order, EventKind.CANCELLED, by, at, {"reason": reason.value})
    log.info("Order %s cancelled: %s", order.number, reason)


def _is_paid(order: Order, by: str, at: datetime, *, reopened: bool = False) -> None:
    order.paid_at = at
    _tell(order, EventKind.PAID, by, at, {"amount": order.paid_minor})
    publish(OrderPaid(order.id, order.number, reopened=reopened))


def _count(order: Order, by: int) -> None:
    """Count the order for its customer. Their row is the last that a write locks: see the room's plaque."""
    if order.customer_id is not None:
        accounts.count_order(customer_id=order.customer_id, by=by)
