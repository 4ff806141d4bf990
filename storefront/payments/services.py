"""Writes of payments: an attempt is started, and what the provider says of it is booked once."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update

from storefront.database.base import db
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.orders import queries as orders
from storefront.orders import services as order_services
from storefront.orders.events import OrderCancelled, OrderDelivered
from storefront.orders.models import Order
from storefront.payments import queries
from storefront.payments.errors import AmountMismatch, PaymentClosed, TooLateToPay
from storefront.payments.models import Payment, Transaction
from storefront.payments.providers import PROVIDERS, Outcome, Provider, Request
from storefront.payments.states import PaymentState, TransactionKind, TransactionResult
from storefront.shop.queries import get_settings

log = logging.getLogger(__name__)


def start_payment(*, order: Order, provider: Provider, at: datetime) -> str | None:
    """Begin an attempt to pay what an order costs and return where the shopper goes; earlier attempts end."""
    void_pending(order_id=order.id, at=at)
    payment = Payment(
        order_id=order.id,
        provider=provider.code,
        reference=secrets.token_urlsafe(24),
        state=PaymentState.PENDING,
        amount_minor=order.total_minor - order.paid_minor,
        currency=order.currency,
        created_at=at,
    )
    db.session.add(payment)
    db.session.flush()
    _book(payment, TransactionKind.CAPTURE, TransactionResult.REQUEST, f"{payment.reference}-start", at)
    return provider.start(_request(payment, order))


def pay_with(*, order: Order, provider: Provider, by: str, at: datetime) -> str | None:
    """Pay an order that waits for it in a way of the shopper's choice; return where the shopper goes.

    Choosing again wins no time: an order's deadline counts from when it was placed, and after it only the courier
    may still be paid.
    """
    deadline = pay_before(provider, order.placed_at)
    if deadline is not None and deadline <= at:
        raise TooLateToPay
    order = order_services.choose_payment(order=order, provider=provider.code, pay_before=deadline, by=by, at=at)
    return start_payment(order=order, provider=provider, at=at)


def pay_before(provider: Provider, placed_at: datetime) -> datetime | None:
    """Return until when an order holds its goods unpaid; None where the courier collects."""
    return None if provider.pays_on_delivery else placed_at + timedelta(minutes=get_settings().unpaid_minutes)


def book_outcome(*, outcome: Outcome, by: str, at: datetime) -> Payment:
    """Write down what a provider says, once: told again, nothing more happens."""
    payment = _lock(outcome.reference)
    known = select(Transaction.id).where(Transaction.idempotency_key == outcome.idempotency_key)
    if db.session.scalar(known) is not None:
        return payment
    if outcome.amount != Money(payment.amount_minor, payment.currency):
        log.error("Payment %s: %s does not match", payment.id, outcome.amount)
        raise AmountMismatch
    if payment.state == PaymentState.CAPTURED:
        raise PaymentClosed
    _book(payment, outcome.kind, outcome.result, outcome.idempotency_key, at, outcome=outcome)
    order = orders.get_locked(payment.order_id)
    if outcome.result is TransactionResult.SUCCESS:
        payment.state = PaymentState.CAPTURED
        void_pending(order_id=order.id, at=at)
        order_services.record_payment(order=order, amount=outcome.amount, provider=payment.provider, by=by, at=at)
    else:
        payment.state = PaymentState.FAILED
        order_services.record_failed_payment(order=order, provider=payment.provider, at=at)
    db.session.flush()
    log.info("Order %s: payment with %s was %s", order.number, payment.provider, payment.state)
    return payment


def end_attempts(fact: OrderCancelled) -> None:
    """Nobody pays an order that was cancelled."""
    void_pending(order_id=fact.order_id, at=now())


def collect_cash(fact: OrderDelivered) -> None:
    """The courier has been paid at the door, where the order was to be paid there."""
    collect_on_delivery(order_id=fact.order_id, at=now())


def void_pending(*, order_id: int, at: datetime) -> None:
    """End every attempt that has no outcome yet; the order was cancelled, or is paid another way."""
    pending = (Payment.order_id == order_id, Payment.state == PaymentState.PENDING)
    for payment in db.session.scalars(select(Payment).where(*pending).order_by(Payment.id)):
        _book(payment, TransactionKind.VOID, TransactionResult.SUCCESS, f"{payment.reference}-void", at)
    db.session.execute(update(Payment).where(*pending).values(state=PaymentState.VOIDED))


def collect_on_delivery(*, order_id: int, at: datetime) -> None:
    """Book the money that the courier took, where the order was to be paid at the door."""
    payment = queries.find_pending(order_id)
    provider = PROVIDERS.get(payment.provider) if payment else None
    if payment is None or provider is None or not provider.pays_on_delivery:
        return
    outcome = provider.read_notification(queries.get_request(payment.reference), {})
    book_outcome(outcome=outcome, by=provider.code, at=at)


def _lock(reference: str) -> Payment:
    """Lock the order, then the payment: the order that cancelling an order takes them in."""
    orders.get_locked(queries.get_payment(reference).order_id)
    query = select(Payment).where(Payment.reference == reference).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _request(payment: Payment, order: Order) -> Request:
    amount = Money(payment.amount_minor, payment.currency)
    return Request(payment.reference, payment.provider, order.number, amount, PaymentState(payment.state))


def _book(
    payment: Payment,
    kind: TransactionKind,
    result: TransactionResult,
    key: str,
    at: datetime,
    *,
    outcome: Outcome | None = None,
) -> None:
    db.session.add(
        Transaction(
            payment_id=payment.id,
            kind=kind,
            result=result,
            amount_minor=payment.amount_minor,
            psp_reference=outcome.psp_reference if outcome else None,
            idempotency_key=key,
            facts=dict(outcome.facts) if outcome else {},
            at=at,
        )
    )
    db.session.flush()
