"""Writes about an order's money beside its coming in: what went back, what is no longer held, what is still missing."""

from __future__ import annotations

from datetime import datetime

from storefront.database.base import db
from storefront.inventory.errors import OutOfStock
from storefront.kernel.money import Money
from storefront.orders import holding, queries
from storefront.orders.bookkeeping import derive, tell
from storefront.orders.models import Order
from storefront.orders.states import EventKind, OrderStatus

SYSTEM = "system"


def overpaid_minor(order: Order, gone: int) -> int:
    """Return how much more came in than the order costs, less what has `gone` back of that, in minor units.

    An order that was changed to cost less is overpaid, as is one that was paid twice. This goes back first; only what
    goes back beyond it makes the sale smaller.
    """
    return max(order.paid_minor - order.lost_minor - order.total_minor - gone, 0)


def record_refund(*, order: Order, amount: Money, provider: str, by: str, at: datetime) -> Order:
    """Note money that went back."""
    order = queries.get_locked(order.id)
    order.refunded_minor += amount.minor
    derive(order)
    tell(order, EventKind.REFUNDED, by, at, {"amount": amount.minor, "provider": provider})
    return order


def record_dispute(*, order: Order, amount: Money, provider: str, by: str, at: datetime) -> Order:
    """Note that the payer contests what they paid; no money has moved."""
    order = queries.get_locked(order.id)
    tell(order, EventKind.DISPUTED, by, at, {"amount": amount.minor, "provider": provider})
    return order


def record_chargeback(*, order: Order, amount: Money, provider: str, by: str, at: datetime) -> Order:
    """Note money that a bank took back from the shop."""
    order = queries.get_locked(order.id)
    order.lost_minor += amount.minor
    derive(order)
    tell(order, EventKind.CHARGED_BACK, by, at, {"amount": amount.minor, "provider": provider})
    return order


def record_return_of_chargeback(*, order: Order, amount: Money, provider: str, by: str, at: datetime) -> Order:
    """Note that money which a bank had taken is the shop's again."""
    order = queries.get_locked(order.id)
    order.lost_minor -= amount.minor
    derive(order)
    tell(order, EventKind.CHARGEBACK_BACK, by, at, {"amount": amount.minor, "provider": provider})
    return order


def hold_nothing(*, order: Order) -> Order:
    """Note that no provider holds money any more: what was held has come in, or is let go since other money has."""
    order.authorized_minor = 0
    db.session.flush()
    return order


def release_authorization(*, order: Order, until: datetime, by: str, at: datetime) -> Order:
    """Note that a provider no longer holds the money: the order waits for it again, until the clock cancels it."""
    order = queries.get_locked(order.id)
    order.authorized_minor = 0
    derive(order)
    if order.status == OrderStatus.OPEN:
        if order.balance_since is None:
            order.pay_before = until
            holding.keep(order, by=by, at=at)
        tell(order, EventKind.PAYMENT_FAILED, by, at, {"provider": order.payment_provider})
    return order


def wait_longer(*, order: Order, until: datetime, at: datetime) -> Order:
    """Hold an order's goods longer, since a part of its money is here; goods that are gone are not waited for."""
    order = queries.get_locked(order.id)
    if order.pay_before is None or order.pay_before >= until:
        return order
    before, order.pay_before = order.pay_before, until
    savepoint = db.session.begin_nested()
    try:
        holding.keep(order, by=SYSTEM, at=at)
    except OutOfStock:
        savepoint.rollback()
        order.pay_before = before
    else:
        savepoint.commit()
    db.session.flush()
    return order
