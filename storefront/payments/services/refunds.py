"""Money goes back: set aside at once, asked of the provider by a job, and written down when there is an end."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, select, update

from storefront.database.base import db
from storefront.kernel.errors import N_
from storefront.kernel.events import publish
from storefront.kernel.money import Money
from storefront.orders import money as order_money
from storefront.orders import queries as orders
from storefront.orders.models import Order
from storefront.payments import limits, queries
from storefront.payments.errors import AmountMismatch, NotRefundable, ProviderFailed, RefundClosed, TooEarly
from storefront.payments.events import RefundAsked, RefundFailed, RefundSucceeded
from storefront.payments.models import Payment, Refund
from storefront.payments.providers.protocol import Outcome
from storefront.payments.rules import gives_up, spread, wait_after
from storefront.payments.services import entries
from storefront.payments.states import (
    REFUNDS_UNDER_WAY,
    RefundState,
    TransactionKind,
    TransactionResult,
)

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""A job that has not answered for so long has died, and another one may try."""
LONGEST_REFERENCE = 80
ELSEWHERE = "elsewhere-"
"""Begins the reference of a refund that was made in the provider's own pages."""
TAKEN_BACK = N_("The bank has taken this money back already.")


def ask_refund(
    *, order: Order, amount: Money, reference: str, by: str, at: datetime, freight: int | None = None
) -> Sequence[Refund]:
    """Send money back along the payments that it came with, or refuse with NotRefundable; beyond what one person sends
    back alone, with NeedsApproval. `freight` is how much of it, in minor units, is for delivery, where that is known.

    It is set aside here, in the caller's transaction; a job asks the provider after the commit and tells the end as
    RefundSucceeded or RefundFailed. Asked again under the same `reference`, it is the same refund.
    """
    order, reference = orders.get_locked(order.id), reference[:LONGEST_REFERENCE]
    before = _asked_as(order, reference)
    if before:
        return before
    payments = db.session.scalars(
        select(Payment)
        .where(Payment.order_id == order.id, Payment.captured_minor > 0)
        .order_by(Payment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    available = [max(_left(each), 0) for each in payments]
    left = Money(sum(available), order.currency)
    if amount.currency != order.currency or not 0 < amount.minor <= left.minor:
        raise NotRefundable(amount=left)
    limits.refuse_alone(order=order, amount=amount, left=left, reference=reference, by=by)
    parts = zip(payments, spread(amount.minor, available), strict=True)
    asked = [_set_aside(payment, part, reference, by, at) for payment, part in parts if part]
    if freight is not None:
        for refund in asked:
            refund.freight_minor = freight * refund.amount_minor // amount.minor
    return asked


def stop_unsent(*, payment: Payment, at: datetime) -> None:
    """Stop refunds that no provider was asked for yet and whose money a bank has taken back, the newest first."""
    unsent = select(Refund).where(
        Refund.payment_id == payment.id, Refund.state == RefundState.ASKED, Refund.attempts == 0
    )
    for refund in db.session.scalars(unsent.order_by(Refund.id.desc())):
        if _left(payment) < 0:
            _fail(payment, refund, TAKEN_BACK, at)


def is_asked(payment: Payment, outcome: Outcome) -> bool:
    """Say whether a refund that a provider speaks of stands in our books."""
    return _refund_of(payment, outcome) is not None


def claim_refund(*, refund_id: int, at: datetime) -> bool:
    """Take a refund that is due for asking; False when another job has it or it needs none."""
    claimed = cast(
        "CursorResult[object]",
        db.session.execute(
            update(Refund)
            .where(
                Refund.id == refund_id,
                Refund.state.in_((RefundState.ASKED, RefundState.PENDING)),
                Refund.next_try_at <= at,
            )
            .values(attempts=Refund.attempts + 1, next_try_at=at + LEASE)
            .execution_options(synchronize_session=False)
        ),
    )
    return bool(claimed.rowcount)


def book_refund(*, payment: Payment, outcome: Outcome, by: str, at: datetime) -> Refund:
    """Write down what a provider says of a refund; the payment is locked. One that was made elsewhere is taken up."""
    refund = _refund_of(payment, outcome) or _take_up(payment, outcome, by, at)
    if outcome.amount.minor != refund.amount_minor:
        log.error("Refund %s: %s does not match", refund.id, outcome.amount)
        raise AmountMismatch
    if outcome.psp_reference:
        refund.psp_reference = outcome.psp_reference
    if outcome.result is TransactionResult.REQUEST:
        if refund.state == RefundState.ASKED:
            refund.state, refund.error, refund.attempts = RefundState.PENDING, "", 0
    elif outcome.result is TransactionResult.SUCCESS:
        if refund.state != RefundState.SUCCEEDED:
            _succeed(payment, refund, outcome, by, at)
    elif refund.state in REFUNDS_UNDER_WAY:
        entries.write(payment, outcome, at)
        _fail(payment, refund, outcome.facts.get("reason", "declined"), at)
    db.session.flush()
    return refund


def plan(*, refund_id: int, by_hand: bool, at: datetime) -> Refund:
    """Plan when the provider is asked next about a refund that has no end; a person needs no reminding."""
    refund = queries.get_refund(refund_id)
    if refund.state in {RefundState.ASKED, RefundState.PENDING}:
        refund.next_try_at = None if by_hand else at + wait_after(refund.attempts + 3)
    db.session.flush()
    return refund


def record_trouble(*, refund_id: int, error: ProviderFailed, at: datetime) -> Refund:
    """Plan the next try of a refund, or give it up: refused for good it is over, else a person has to look."""
    refund = queries.get_refund(refund_id)
    payment = _lock_payment(refund)
    if refund.state not in {RefundState.ASKED, RefundState.PENDING}:
        return refund
    refund.error, refund.next_try_at = error.reason[:2000], at + wait_after(refund.attempts)
    if error.permanent and refund.state == RefundState.ASKED:
        _fail(payment, refund, error.reason, at)
    elif refund.state == RefundState.ASKED and gives_up(refund.attempts):
        refund.state, refund.next_try_at = RefundState.STUCK, None
        _tell_failed(payment, refund, error.reason)
    db.session.flush()
    return refund


def try_again(*, refund_id: int, by: str, at: datetime) -> Refund:
    """Ask the provider once more, after a person has looked."""
    refund = queries.get_refund(refund_id)
    payment = _lock_payment(refund)
    if refund.state != RefundState.STUCK:
        raise RefundClosed
    if _left(payment) < 0:
        raise NotRefundable(amount=Money.zero(payment.currency))
    refund.state, refund.attempts, refund.next_try_at = RefundState.ASKED, 0, at
    db.session.flush()
    log.info("Refund %s is tried again by %s", refund.id, by)
    publish(RefundAsked(refund.id))
    return refund


def settle_by_hand(*, refund_id: int, succeeded: bool, by: str, at: datetime) -> Refund:
    """Say what became of a refund that a person made or looked into: paid back, or never to be."""
    refund = queries.get_refund(refund_id)
    payment = _lock_payment(refund)
    if refund.state not in {RefundState.PENDING, RefundState.STUCK}:
        raise RefundClosed
    result = TransactionResult.SUCCESS if succeeded else TransactionResult.FAILURE
    outcome = Outcome(
        reference=payment.reference,
        kind=TransactionKind.REFUND,
        result=result,
        amount=Money(refund.amount_minor, payment.currency),
        psp_reference=refund.psp_reference or "",
        idempotency_key=f"{refund.key}-{result}",
        facts={"by": by, "reason": "told by a person"},
        refund=refund.key,
    )
    return book_refund(payment=payment, outcome=outcome, by=by, at=at)


def _asked_as(order: Order, reference: str) -> Sequence[Refund]:
    return db.session.scalars(
        select(Refund)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.order_id == order.id, Refund.reference == reference)
        .order_by(Refund.id)
    ).all()


def _set_aside(payment: Payment, amount: int, reference: str, by: str, at: datetime) -> Refund:
    """Take what can run out by one conditional update; the row's constraint is the second guard."""
    left = Payment.captured_minor - Payment.refunded_minor - Payment.refunding_minor - Payment.lost_minor
    taken = cast(
        "CursorResult[object]",
        db.session.execute(
            update(Payment)
            .where(Payment.id == payment.id, left >= amount)
            .values(refunding_minor=Payment.refunding_minor + amount)
            .execution_options(synchronize_session=False)
        ),
    )
    if not taken.rowcount:
        raise NotRefundable(amount=Money.zero(payment.currency))
    db.session.refresh(payment)
    refund = _record(payment, amount, reference, by, at)
    publish(RefundAsked(refund.id))
    return refund


def _left(payment: Payment) -> int:
    """Return what can go back of a payment; below zero where a bank has taken money that was set aside, or had gone."""
    gone = payment.refunded_minor + payment.refunding_minor + payment.lost_minor
    return payment.captured_minor - gone


def _record(payment: Payment, amount: int, reference: str, by: str, at: datetime) -> Refund:
    refund = Refund(
        payment_id=payment.id,
        reference=reference,
        key=secrets.token_urlsafe(24),
        amount_minor=amount,
        state=RefundState.ASKED,
        by=by,
        attempts=0,
        next_try_at=at,
        error="",
        asked_at=at,
    )
    db.session.add(refund)
    db.session.flush()
    _note(payment, refund, at)
    return refund


def _note(payment: Payment, refund: Refund, at: datetime) -> None:
    amount = Money(refund.amount_minor, payment.currency)
    kind, result = TransactionKind.REFUND, TransactionResult.REQUEST
    key = f"{refund.key}-set-aside"
    entries.write(payment, Outcome(payment.reference, kind, result, amount, "", key, {"by": refund.by}), at)


def _refund_of(payment: Payment, outcome: Outcome) -> Refund | None:
    """Return the refund that a provider speaks of: by our key, else by its own name for it."""
    mine = select(Refund).where(Refund.payment_id == payment.id)
    if outcome.refund:
        found = db.session.scalar(mine.where(Refund.key == outcome.refund))
        if found is not None:
            return found
    if not outcome.psp_reference:
        return None
    return db.session.scalar(mine.where(Refund.psp_reference == outcome.psp_reference))


def _take_up(payment: Payment, outcome: Outcome, by: str, at: datetime) -> Refund:
    """Take up a refund that somebody made in the provider's own pages; what a bank took besides does not undo it."""
    if payment.captured_minor == 0:
        raise TooEarly
    if outcome.amount.minor > payment.captured_minor - payment.refunded_minor - payment.refunding_minor:
        raise AmountMismatch
    payment.refunding_minor += outcome.amount.minor
    refund = _record(payment, outcome.amount.minor, f"{ELSEWHERE}{outcome.psp_reference}"[:LONGEST_REFERENCE], by, at)
    refund.state, refund.next_try_at = RefundState.PENDING, at + wait_after(1)
    return refund


def _succeed(payment: Payment, refund: Refund, outcome: Outcome, by: str, at: datetime) -> None:
    """Book money that went back; a provider that had refused before and now says that it went is believed."""
    entries.write(payment, outcome, at)
    if refund.state in REFUNDS_UNDER_WAY:
        payment.refunding_minor -= refund.amount_minor
    elif refund.amount_minor > payment.captured_minor - payment.refunded_minor - payment.refunding_minor:
        raise AmountMismatch
    payment.refunded_minor += refund.amount_minor
    _end(refund, RefundState.SUCCEEDED, "", at)
    order = orders.get_locked(payment.order_id)
    refund.overpaid_minor = min(refund.amount_minor, order_money.overpaid_minor(order, queries.overpaid_back(order.id)))
    amount = Money(refund.amount_minor, payment.currency)
    order_money.record_refund(order=order, amount=amount, provider=payment.provider, by=by, at=at)
    log.info("Order %s: %s went back with %s", order.number, amount, payment.provider)
    publish(RefundSucceeded(order.id, order.number, refund.reference, amount))


def _fail(payment: Payment, refund: Refund, reason: str, at: datetime) -> None:
    payment.refunding_minor -= refund.amount_minor
    _end(refund, RefundState.FAILED, reason, at)
    _tell_failed(payment, refund, reason)


def _end(refund: Refund, state: RefundState, error: str, at: datetime) -> None:
    refund.state, refund.error, refund.ended_at, refund.next_try_at = state, error[:2000], at, None
    db.session.flush()


def _tell_failed(payment: Payment, refund: Refund, reason: str) -> None:
    order = orders.get_locked(payment.order_id)
    amount = Money(refund.amount_minor, payment.currency)
    log.error("Order %s: refund %s with %s is %s", order.number, refund.id, payment.provider, refund.state)
    stuck = refund.state == RefundState.STUCK
    publish(RefundFailed(order.id, order.number, refund.reference, amount, reason[:500], stuck=stuck))


def _lock_payment(refund: Refund) -> Payment:
    reference = db.session.scalars(select(Payment.reference).where(Payment.id == refund.payment_id)).one()
    payment = entries.lock(reference)
    db.session.refresh(refund)
    return payment
