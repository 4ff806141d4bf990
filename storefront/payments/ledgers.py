"""Money that adds up: what orders say was paid, given back and taken by banks is what providers said."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, case, func, or_, select

from storefront.database.base import db
from storefront.kernel.ledgers import Discrepancy, Ledger
from storefront.orders.models import Order
from storefront.payments.models import Dispute, Payment, Refund, Transaction
from storefront.payments.states import (
    REFUNDS_UNDER_WAY,
    PaymentState,
    RefundState,
    TransactionKind,
    TransactionResult,
)

PAYMENTS, ATTEMPTS, REFUNDS, DISPUTES = "payments", "payment attempts", "refunds", "disputes"


def discrepancies() -> Iterator[Discrepancy]:
    """Return every order, every attempt to pay, every refund and every dispute whose money does not add up."""
    for ledger in LEDGERS:
        yield from ledger.find()


def _orders() -> Iterator[Discrepancy]:
    """Compare what an order says was paid and given back with its transactions."""
    booked = (
        select(
            Payment.order_id,
            func.sum(_booked(TransactionKind.CAPTURE)).label("paid"),
            func.sum(_booked(TransactionKind.REFUND)).label("refunded"),
            func.sum(LOST).label("lost"),
        )
        .join(Transaction, Transaction.payment_id == Payment.id)
        .group_by(Payment.order_id)
        .subquery()
    )
    paid, refunded = func.coalesce(booked.c.paid, 0), func.coalesce(booked.c.refunded, 0)
    lost = func.coalesce(booked.c.lost, 0)
    rows = db.session.execute(
        select(Order.number, paid, Order.paid_minor, refunded, Order.refunded_minor, lost, Order.lost_minor)
        .outerjoin(booked, booked.c.order_id == Order.id)
        .where(or_(paid != Order.paid_minor, refunded != Order.refunded_minor, lost != Order.lost_minor))
        .order_by(Order.id)
    )
    for number, came, says_paid, went, says_refunded, taken, says_lost in rows:
        if came != says_paid:
            yield Discrepancy(PAYMENTS, f"{number} paid", int(came), int(says_paid))
        if went != says_refunded:
            yield Discrepancy(PAYMENTS, f"{number} refunded", int(went), int(says_refunded))
        if taken != says_lost:
            yield Discrepancy(PAYMENTS, f"{number} charged back", int(taken), int(says_lost))


def _attempts() -> Iterator[Discrepancy]:
    """Compare what an attempt says came in and went back with its transactions; one that is through has it all."""
    sums = (
        select(
            Transaction.payment_id,
            func.sum(_booked(TransactionKind.CAPTURE)).label("captured"),
            func.sum(_booked(TransactionKind.REFUND)).label("refunded"),
        )
        .group_by(Transaction.payment_id)
        .subquery()
    )
    captured, refunded = func.coalesce(sums.c.captured, 0), func.coalesce(sums.c.refunded, 0)
    is_short = (Payment.state == PaymentState.CAPTURED) & (Payment.captured_minor < Payment.amount_minor)
    is_spared = (Payment.state == PaymentState.FAILED) & (Payment.captured_minor > 0)
    rows = db.session.execute(
        select(Order.number, Payment, captured, refunded)
        .join(Order, Order.id == Payment.order_id)
        .outerjoin(sums, sums.c.payment_id == Payment.id)
        .where(or_(captured != Payment.captured_minor, refunded != Payment.refunded_minor, is_short, is_spared))
        .order_by(Payment.id)
    )
    for number, payment, came, went in rows:
        key = f"{number} {payment.reference}"
        if came != payment.captured_minor:
            yield Discrepancy(ATTEMPTS, f"{key} captured", int(came), payment.captured_minor)
        if went != payment.refunded_minor:
            yield Discrepancy(ATTEMPTS, f"{key} refunded", int(went), payment.refunded_minor)
        if payment.state == PaymentState.FAILED and payment.captured_minor:
            yield Discrepancy(ATTEMPTS, key, 0, payment.captured_minor)
        if payment.state == PaymentState.CAPTURED and payment.captured_minor < payment.amount_minor:
            yield Discrepancy(ATTEMPTS, key, payment.amount_minor, payment.captured_minor)


def _refunds() -> Iterator[Discrepancy]:
    """Compare what an attempt has set aside and given back with its refunds."""
    under_way = case((Refund.state.in_(REFUNDS_UNDER_WAY), Refund.amount_minor), else_=0)
    succeeded = case((Refund.state == RefundState.SUCCEEDED, Refund.amount_minor), else_=0)
    sums = (
        select(Refund.payment_id, func.sum(under_way).label("under_way"), func.sum(succeeded).label("succeeded"))
        .group_by(Refund.payment_id)
        .subquery()
    )
    aside, went = func.coalesce(sums.c.under_way, 0), func.coalesce(sums.c.succeeded, 0)
    rows = db.session.execute(
        select(Order.number, Payment.reference, aside, Payment.refunding_minor, went, Payment.refunded_minor)
        .join(Order, Order.id == Payment.order_id)
        .outerjoin(sums, sums.c.payment_id == Payment.id)
        .where(or_(aside != Payment.refunding_minor, went != Payment.refunded_minor))
        .order_by(Payment.id)
    )
    for number, reference, should, does, should_back, does_back in rows:
        if should != does:
            yield Discrepancy(REFUNDS, f"{number} {reference} under way", int(should), int(does))
        if should_back != does_back:
            yield Discrepancy(REFUNDS, f"{number} {reference} succeeded", int(should_back), int(does_back))


def _disputes() -> Iterator[Discrepancy]:
    """Compare what banks took and charged by the transactions of an attempt with its disputes, and with the attempt."""
    fees = _booked(TransactionKind.FEE) - _booked(TransactionKind.FEE_BACK)
    told = (
        select(Transaction.payment_id, func.sum(LOST).label("lost"), func.sum(fees).label("fees"))
        .group_by(Transaction.payment_id)
        .subquery()
    )
    kept = (
        select(
            Dispute.payment_id, func.sum(Dispute.taken_minor).label("lost"), func.sum(Dispute.fee_minor).label("fees")
        )
        .group_by(Dispute.payment_id)
        .subquery()
    )
    lost, taken = func.coalesce(told.c.lost, 0), func.coalesce(kept.c.lost, 0)
    charged, noted = func.coalesce(told.c.fees, 0), func.coalesce(kept.c.fees, 0)
    rows = db.session.execute(
        select(Order.number, Payment.reference, lost, taken, Payment.lost_minor, charged, noted)
        .join(Order, Order.id == Payment.order_id)
        .outerjoin(told, told.c.payment_id == Payment.id)
        .outerjoin(kept, kept.c.payment_id == Payment.id)
        .where(or_(lost != taken, lost != Payment.lost_minor, charged != noted))
        .order_by(Payment.id)
    )
    for number, reference, went, of_disputes, of_attempt, cost, of_fees in rows:
        if went != of_disputes:
            yield Discrepancy(DISPUTES, f"{number} {reference} taken", int(went), int(of_disputes))
        if went != of_attempt:
            yield Discrepancy(DISPUTES, f"{number} {reference} charged back", int(went), int(of_attempt))
        if cost != of_fees:
            yield Discrepancy(DISPUTES, f"{number} {reference} fees", int(cost), int(of_fees))


def _booked(kind: TransactionKind) -> ColumnElement[int]:
    is_it = (Transaction.kind == kind) & (Transaction.result == TransactionResult.SUCCESS)
    return case((is_it, Transaction.amount_minor), else_=0)


LOST = _booked(TransactionKind.CHARGEBACK) - _booked(TransactionKind.CHARGEBACK_BACK)


def _count(table: type[Order] | type[Payment] | type[Refund] | type[Dispute]) -> int:
    return int(db.session.scalar(select(func.count()).select_from(table)) or 0)


LEDGERS = (
    Ledger(PAYMENTS, lambda: _count(Order), _orders),
    Ledger(ATTEMPTS, lambda: _count(Payment), _attempts),
    Ledger(REFUNDS, lambda: _count(Refund), _refunds),
    Ledger(DISPUTES, lambda: _count(Dispute), _disputes),
)
