"""Payments that are contested: what a bank takes is in the ledger and in the order, in whatever order it is told."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select

from storefront.database.base import db
from storefront.kernel.events import publish
from storefront.kernel.money import Money
from storefront.orders import money as order_money
from storefront.orders import queries as orders
from storefront.payments.errors import AmountMismatch, TooEarly
from storefront.payments.events import DisputeOpened
from storefront.payments.models import Dispute, Payment, Refund
from storefront.payments.providers.protocol import Contested, Movement, Outcome
from storefront.payments.services import entries, refunds
from storefront.payments.states import (
    DISPUTES_OPEN,
    DisputeState,
    RefundState,
    TransactionKind,
    TransactionResult,
)

log = logging.getLogger(__name__)

_FEES = (TransactionKind.FEE, TransactionKind.FEE_BACK)


def book_dispute(*, contested: Contested, by: str, at: datetime) -> Dispute:
    """Write down what a provider says of a dispute, once: told again, or older than what is known, it moves nothing.

    Refuses with AmountMismatch money in another currency than the payment's.
    """
    payment = entries.lock(contested.reference)
    moved = [movement.amount for movement in contested.movements if movement.kind not in _FEES]
    if any(amount.currency != payment.currency for amount in (contested.amount, *moved)):
        raise AmountMismatch
    if payment.captured_minor == 0 and (moved or contested.lost):
        raise TooEarly
    dispute = _dispute_of(payment, contested, by, at)
    for movement in (*contested.movements, *_settled(payment, dispute, contested)):
        _move(payment, dispute, movement, by, at)
    db.session.flush()
    return dispute


def _dispute_of(payment: Payment, contested: Contested, by: str, at: datetime) -> Dispute:
    """Return the dispute that a provider speaks of, as new as it is told; the first word of one begins it."""
    found = _known(payment, contested)
    if found is None:
        found = Dispute(
            payment_id=payment.id,
            psp_reference=contested.name or None,
            state=contested.state,
            amount_minor=contested.amount.minor,
            taken_minor=0,
            fee_minor=0,
            fee_currency="",
            opened_at=contested.told_at,
            told_at=contested.told_at,
        )
        db.session.add(found)
        db.session.flush()
        _take_news(found, contested, at)
        _begin(payment, found, contested, by, at)
    elif contested.name and found.psp_reference is None:
        found.psp_reference = contested.name
        _take_news(found, contested, at)
    elif contested.name and _is_news(found, contested):
        _take_news(found, contested, at)
    return found


def _known(payment: Payment, contested: Contested) -> Dispute | None:
    """Return the dispute of that name; money that was taken without one belongs to the payment's latest."""
    mine = select(Dispute).where(Dispute.payment_id == payment.id).order_by(Dispute.id.desc()).limit(1)
    if not contested.name:
        return db.session.scalar(mine)
    named = db.session.scalar(mine.where(Dispute.psp_reference == contested.name))
    return named or db.session.scalar(mine.where(Dispute.psp_reference.is_(None)))


def _is_news(dispute: Dispute, contested: Contested) -> bool:
    """Say whether what is told is newer than what is known; at the same moment an end counts more than what is open."""
    if contested.told_at != dispute.told_at:
        return contested.told_at > dispute.told_at
    return dispute.state in DISPUTES_OPEN


def _take_news(dispute: Dispute, contested: Contested, at: datetime) -> None:
    is_open = contested.state in DISPUTES_OPEN
    dispute.state, dispute.amount_minor, dispute.told_at = contested.state, contested.amount.minor, contested.told_at
    dispute.opened_at = min(dispute.opened_at, contested.told_at)
    dispute.reason, dispute.url = contested.reason[:120], contested.url[:255]
    dispute.due_at = contested.due_at or dispute.due_at
    dispute.ended_at = None if is_open else dispute.ended_at or at
    db.session.flush()


def _begin(payment: Payment, dispute: Dispute, contested: Contested, by: str, at: datetime) -> None:
    """Say once that a payment is contested: in the ledger, on the order, and to the shop."""
    if contested.name:
        kind, result = TransactionKind.CHARGEBACK, TransactionResult.REQUEST
        key = f"{payment.provider}-{contested.name}-opened"
        entries.write(payment, Outcome(payment.reference, kind, result, contested.amount, "", key, _facts(dispute)), at)
    order = orders.get_locked(payment.order_id)
    order_money.record_dispute(order=order, amount=contested.amount, provider=payment.provider, by=by, at=at)
    log.warning("Order %s: %s with %s is contested", order.number, contested.amount, payment.provider)
    publish(DisputeOpened(order.id, order.number, dispute.id))


def _settled(payment: Payment, dispute: Dispute, contested: Contested) -> list[Movement]:
    """Return what a decision moved, where the provider says only what it came to in the end.

    What the payer has had already counts in: money that was taken before, and refunds that were made at the provider
    since the dispute began, which is how a claim that the merchant accepts is paid.
    """
    if contested.lost is None or dispute.state != contested.state or dispute.told_at != contested.told_at:
        return []
    key = f"{payment.provider}-{contested.name}-{int(contested.told_at.timestamp())}-{contested.state}"
    if contested.state == DisputeState.LOST:
        missing = contested.lost.minor - dispute.taken_minor - _given_elsewhere(payment, dispute)
        kind = TransactionKind.CHARGEBACK
    else:
        missing, kind = dispute.taken_minor - contested.lost.minor, TransactionKind.CHARGEBACK_BACK
    return [Movement(kind, Money(missing, payment.currency), key)] if missing > 0 else []


def _given_elsewhere(payment: Payment, dispute: Dispute) -> int:
    mine = select(Refund.amount_minor).where(
        Refund.payment_id == payment.id,
        Refund.reference.startswith(refunds.ELSEWHERE),
        Refund.state != RefundState.FAILED,
        Refund.asked_at >= dispute.opened_at,
    )
    return sum(db.session.scalars(mine))


def _move(payment: Payment, dispute: Dispute, movement: Movement, by: str, at: datetime) -> None:
    """Book one movement, once; a decision's money that is told again under a name of its own is the same money."""
    result = TransactionResult.SUCCESS
    outcome = Outcome(
        payment.reference,
        movement.kind,
        result,
        movement.amount,
        movement.psp_reference,
        movement.key,
        _facts(dispute),
    )
    if entries.is_known(outcome):
        return
    if movement.kind in _FEES:
        entries.write(payment, outcome, at)
        _charge(dispute, movement)
        return
    if movement.kind is TransactionKind.CHARGEBACK and entries.is_told_before(payment, outcome, at):
        return
    entries.write(payment, outcome, at)
    order = orders.get_locked(payment.order_id)
    facts = {"order": order, "amount": movement.amount, "provider": payment.provider, "by": by, "at": at}
    if movement.kind is TransactionKind.CHARGEBACK:
        payment.lost_minor += movement.amount.minor
        dispute.taken_minor += movement.amount.minor
        db.session.flush()
        refunds.stop_unsent(payment=payment, at=at)
        order_money.record_chargeback(**facts)  # type: ignore[arg-type]
    else:
        if movement.amount.minor > dispute.taken_minor:
            raise AmountMismatch
        payment.lost_minor -= movement.amount.minor
        dispute.taken_minor -= movement.amount.minor
        order_money.record_return_of_chargeback(**facts)  # type: ignore[arg-type]
    log.warning("Order %s: %s of %s with %s", order.number, movement.kind, movement.amount, payment.provider)


def _charge(dispute: Dispute, movement: Movement) -> None:
    sign = 1 if movement.kind is TransactionKind.FEE else -1
    if dispute.fee_currency in {"", movement.amount.currency}:
        dispute.fee_currency = movement.amount.currency
        dispute.fee_minor += sign * movement.amount.minor


def _facts(dispute: Dispute) -> dict[str, str]:
    return {"dispute": dispute.psp_reference or ""}
