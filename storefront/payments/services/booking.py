"""What providers say, written down once, in whatever order it comes."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from storefront.database.base import db
from storefront.kernel.events import publish
from storefront.kernel.money import Money
from storefront.orders import money as order_money
from storefront.orders import queries as orders
from storefront.orders import services as order_services
from storefront.orders.models import Order
from storefront.payments.errors import AmountMismatch, PaymentClosed
from storefront.payments.events import AttemptEnded, PaymentFailed
from storefront.payments.models import Payment
from storefront.payments.providers.protocol import Outcome
from storefront.payments.services import entries, refunds
from storefront.payments.services.ending import ALIVE, void_pending
from storefront.payments.states import PaymentState, TransactionKind, TransactionResult
from storefront.shop.queries import get_settings

log = logging.getLogger(__name__)

ENDED = (PaymentState.VOIDED, PaymentState.FAILED)


def book_outcome(*, outcome: Outcome, by: str, at: datetime) -> Payment:
    """Write down what a provider says, once: told again, nothing more happens.

    Refuses with AmountMismatch what is not what was asked for, with PaymentClosed a second capture of one attempt, and
    with TooEarly a refund of money that has not come in yet.
    """
    payment = entries.lock(outcome.reference)
    if entries.is_known(outcome):
        return payment
    if outcome.amount.currency != payment.currency:
        log.error("Payment %s: %s does not match", payment.id, outcome.amount)
        raise AmountMismatch
    if outcome.kind is TransactionKind.REFUND:
        if refunds.is_asked(payment, outcome) or not entries.is_told_before(payment, outcome, at):
            refunds.book_refund(payment=payment, outcome=outcome, by=by, at=at)
    elif outcome.result is TransactionResult.SUCCESS:
        _succeed(payment, outcome, by, at)
    elif outcome.result is TransactionResult.FAILURE:
        _fail(payment, outcome, by, at)
    db.session.flush()
    return payment


def take_in(payment: Payment, outcome: Outcome, *, by: str, at: datetime) -> Order:
    """Book money that came in with an attempt; it is through once all of it is there."""
    entries.write(payment, outcome, at)
    payment.captured_minor += outcome.amount.minor
    order = orders.get_locked(payment.order_id)
    if payment.captured_minor >= payment.amount_minor:
        payment.state, payment.next_ask_at, payment.issue = PaymentState.CAPTURED, None, ""
        void_pending(order_id=order.id, at=at)
        order_money.hold_nothing(order=order)
    db.session.flush()
    log.info("Order %s: %s came in with %s", order.number, outcome.amount, payment.provider)
    return order_services.record_payment(order=order, amount=outcome.amount, provider=payment.provider, by=by, at=at)


def _succeed(payment: Payment, outcome: Outcome, by: str, at: datetime) -> None:
    if outcome.kind is TransactionKind.VOID:
        if payment.state in ALIVE:
            _void(payment, outcome, by, at)
        return
    if outcome.amount != Money(payment.amount_minor, payment.currency):
        log.error("Payment %s: %s does not match", payment.id, outcome.amount)
        raise AmountMismatch
    if payment.state == PaymentState.CAPTURED:
        if outcome.kind is TransactionKind.AUTHORIZE:
            return
        raise PaymentClosed
    if outcome.kind is TransactionKind.CAPTURE:
        take_in(payment, outcome, by=by, at=at)
    elif payment.state == PaymentState.PENDING:
        entries.write(payment, outcome, at)
        payment.state = PaymentState.AUTHORIZED
        order = orders.get_locked(payment.order_id)
        order_services.record_authorization(order=order, amount=outcome.amount, by=by, at=at)
    elif payment.state in ENDED:
        entries.write(payment, outcome, at)
        publish(AttemptEnded(payment.reference))


def _void(payment: Payment, outcome: Outcome, by: str, at: datetime) -> None:
    """An attempt ran out at the provider; money that it held for us it has let go."""
    entries.write(payment, outcome, at)
    was_held, payment.state = payment.state == PaymentState.AUTHORIZED, PaymentState.VOIDED
    if was_held:
        _let_go(payment, by, at)


def _let_go(payment: Payment, by: str, at: datetime) -> Order:
    until = at + timedelta(minutes=get_settings().unpaid_minutes)
    order = orders.get_locked(payment.order_id)
    return order_money.release_authorization(order=order, until=until, by=by, at=at)


def _fail(payment: Payment, outcome: Outcome, by: str, at: datetime) -> None:
    """An attempt that has ended stays as it is, however late or early its failure is told."""
    if payment.state not in ALIVE:
        return
    entries.write(payment, outcome, at)
    was_held, payment.state = payment.state == PaymentState.AUTHORIZED, PaymentState.FAILED
    if was_held:
        order = _let_go(payment, by, at)
    else:
        order = orders.get_locked(payment.order_id)
        order_services.record_failed_payment(order=order, provider=payment.provider, at=at)
    publish(PaymentFailed(order.id, order.number, payment.reference))
    log.info("Order %s: payment with %s failed", order.number, payment.provider)
