"""An attempt to pay: it begins, the provider takes it on, and it ends when nobody is to pay it any more."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from storefront.database.adding import add_new
from storefront.database.base import db
from storefront.kernel.clock import now
from storefront.orders import services as order_services
from storefront.orders.events import OrderCancelled, OrderDelivered
from storefront.orders.models import Order
from storefront.payments import queries
from storefront.payments.errors import TooLateToPay
from storefront.payments.models import Payment
from storefront.payments.providers.cash import CashOnDelivery
from storefront.payments.providers.protocol import Provider, Start
from storefront.payments.providers.registry import find_provider
from storefront.payments.rules import next_ask
from storefront.payments.services import booking, entries
from storefront.payments.services.ending import void_pending
from storefront.payments.states import PaymentState, TransactionKind, TransactionResult
from storefront.shop.queries import get_settings


def start_payment(*, order: Order, provider: Provider, at: datetime) -> Payment:
    """Begin an attempt to pay what an order still costs; earlier attempts end."""
    void_pending(order_id=order.id, at=at)
    return begin_payment(order=order, provider=provider, at=at)


def begin_payment(*, order: Order, provider: Provider, at: datetime) -> Payment:
    """Begin the attempt to pay an order that has none; `talking.open_payment` does the rest, if there is any."""
    payment = Payment(
        order_id=order.id,
        provider=provider.code,
        reference=secrets.token_urlsafe(24),
        state=PaymentState.PENDING,
        amount_minor=order.total_minor - order.paid_minor + order.refunded_minor + order.lost_minor,
        captured_minor=0,
        refunded_minor=0,
        refunding_minor=0,
        lost_minor=0,
        currency=order.currency,
        created_at=at,
    )
    if provider.at_once is not None:
        _open(payment, provider.at_once, at)
    add_new([payment])
    entries.note(payment, TransactionKind.CAPTURE, TransactionResult.REQUEST, f"{payment.reference}-start", at)
    return payment


def pay_with(*, order: Order, provider: Provider, by: str, at: datetime) -> Payment:
    """Pay an order that waits for it in a way of the shopper's choice.

    Choosing again wins no time: an order's deadline counts from when it was placed, or is the later one that it has
    already, and after it only the courier may still be paid.
    """
    deadline = pay_before(provider, order.balance_since or order.placed_at)
    if deadline is not None and order.pay_before is not None:
        deadline = max(deadline, order.pay_before)
    if deadline is not None and deadline <= at and order.balance_since is None:
        raise TooLateToPay
    order = order_services.choose_payment(order=order, provider=provider.code, pay_before=deadline, by=by, at=at)
    return start_payment(order=order, provider=provider, at=at)


def pay_before(provider: Provider, placed_at: datetime) -> datetime | None:
    """Return until when an order holds its goods unpaid; None where the courier collects."""
    holds_for = provider.holds_for(get_settings())
    return None if holds_for is None else placed_at + holds_for


def note_opened(*, reference: str, start: Start, at: datetime) -> Payment:
    """Keep what the provider answered when it took an attempt on."""
    payment = entries.lock(reference)
    if payment.opened_at is None:
        _open(payment, start, at)
        db.session.flush()
    return payment


def _open(payment: Payment, start: Start, at: datetime) -> None:
    payment.handle, payment.opened_at, payment.issue = start.handle[:255], at, ""
    payment.continue_url = start.url or (f"/payments/{payment.reference}" if start.on_our_page or start.qr else "")
    payment.qr = start.qr
    provider = find_provider(payment.provider)
    if provider is not None and not provider.refunds_by_hand:
        payment.next_ask_at = payment.created_at + first_ask()


def put_handle(*, reference: str, handle: str) -> Payment:
    """Keep the provider's own name of an attempt that is under way."""
    payment = entries.lock(reference)
    payment.handle = handle[:255]
    return payment


def note_asked(*, reference: str, at: datetime) -> Payment:
    """Plan when the provider is asked next."""
    payment = entries.lock(reference)
    payment.asked_at = at
    payment.next_ask_at = next_ask(created_at=payment.created_at, at=at, first=first_ask())
    db.session.flush()
    return payment


def note_issue(*, reference: str, issue: str) -> Payment:
    """Keep what does not agree between the provider's books and ours, for a person to look at."""
    payment = entries.lock(reference)
    payment.issue = issue[:255]
    db.session.flush()
    return payment


def first_ask() -> timedelta:
    """Return how long a provider may stay silent."""
    return timedelta(minutes=get_settings().ask_payment_minutes)


def end_attempts(fact: OrderCancelled) -> None:
    """Nobody pays an order that was cancelled."""
    void_pending(order_id=fact.order_id, at=now())


def collect_cash(fact: OrderDelivered) -> None:
    """The courier has been paid at the door, where the order was to be paid there."""
    payment = queries.find_pending(fact.order_id)
    provider = find_provider(payment.provider) if payment else None
    if payment is not None and isinstance(provider, CashOnDelivery):
        outcome = provider.collected(queries.get_request(payment.reference))
        booking.book_outcome(outcome=outcome, by=provider.code, at=now())
