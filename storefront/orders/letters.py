"""What customers are written about their orders."""

from __future__ import annotations

from flask import current_app

from storefront.accounts.rules import PostalAddress
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.mail import services as mail
from storefront.mail.services import Letter
from storefront.orders import history, queries, texts
from storefront.orders.events import BalancePaid, OrderCancelled, OrderChanged, OrderPaid, OrderPlaced, PaidLate
from storefront.orders.receipt import receipt_of
from storefront.orders.states import PaymentStatus
from storefront.sms.states import SmsKind


def confirm(fact: OrderPlaced) -> None:
    """Confirm an order."""
    _write("orders/mail/placed", fact.order_id)


def remind(order_id: int) -> None:
    """Say until when an order waits for its payment; once for each end of that time."""
    order = queries.get_whole(order_id)
    if order.pay_before is not None:
        _write("orders/mail/reminder", order_id, occasion=f"{int(order.pay_before.timestamp())}")


def send_receipt(fact: OrderPaid) -> None:
    """Say that the money is there, and that an order goes ahead after all; an order for nothing has none."""
    order = queries.get_whole(fact.order_id)
    if order.paid_minor:
        _write("orders/mail/reopened" if fact.reopened else "orders/mail/paid", fact.order_id)
        occasion = "again" if fact.reopened else ""
        texts.tell(order, SmsKind.PAID, occasion=occasion, amount=Money(order.paid_minor, order.currency))


def tell_paid_late(fact: PaidLate) -> None:
    """Say that money came in for an order that was cancelled, and what becomes of it."""
    _write("orders/mail/paid_late", fact.order_id, lost=fact.lost or "")


def tell_changed(fact: OrderChanged) -> None:
    """Say what became of an order that the shop changed: before and after, what is due or goes back, and why."""
    change = history.get_change(fact.order_id, fact.change)
    before, after = history.receipt_from(change.before), history.receipt_from(change.after)
    order = queries.get_whole(fact.order_id)
    kept = order.paid_minor - order.refunded_minor - order.lost_minor
    facts = {
        "reason_given": change.reason,
        "before": before,
        "rows": history.pairs_of(before, after),
        "moved": history.address_from(change.before) != history.address_from(change.after),
        "due": Money(max(order.total_minor - kept, 0), order.currency),
        "back": Money(max(kept - order.total_minor, 0), order.currency),
        "at_the_door": order.pay_before is None and order.balance_since is None,
    }
    _write("orders/mail/changed", fact.order_id, occasion=f"change-{fact.change}", **facts)


def tell_balance_paid(fact: BalancePaid) -> None:
    """Say that the rest of a changed order is there; one that came to nothing after all is told by its change."""
    order = queries.get_whole(fact.order_id)
    _write("orders/mail/paid", fact.order_id, occasion=f"balance-{order.version}")


def tell_cancelled(fact: OrderCancelled) -> None:
    """Say that an order was cancelled, and why."""
    _write("orders/mail/cancelled", fact.order_id, reason=fact.reason)
    texts.tell(queries.get_whole(fact.order_id), SmsKind.CANCELLED)


def _write(template: str, order_id: int, *, occasion: str = "", **more: object) -> None:
    order = queries.get_whole(order_id)
    public_url = current_app.config["SHOP"].public_url
    facts = {
        "order": order,
        "receipt": receipt_of(order),
        "address": PostalAddress.from_fields(order.shipping_address),
        "order_url": f"{public_url}/orders/{order.number}?key={order.access_token}",
        "waits_for_payment": order.payment_status == PaymentStatus.UNPAID and order.pay_before is not None,
        **more,
    }
    mail.put_in(letter=Letter(template, order.email, order.locale, order.number, facts, occasion), at=now())
