"""Money that adds up: what orders say was paid and given back is what providers said."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, case, func, or_, select

from storefront.database.base import db
from storefront.kernel.ledgers import Discrepancy, Ledger
from storefront.orders.models import Order
from storefront.payments.models import Payment, Transaction
from storefront.payments.states import PaymentState, TransactionKind, TransactionResult

PAYMENTS, ATTEMPTS = "payments", "payment attempts"


def discrepancies() -> Iterator[Discrepancy]:
    """Return every order and every attempt to pay whose money does not add up."""
    for ledger in LEDGERS:
        yield from ledger.find()


def _orders() -> Iterator[Discrepancy]:
    """Compare what an order says was paid and given back with its transactions."""
    booked = (
        select(
            Payment.order_id,
            func.sum(_booked(TransactionKind.CAPTURE)).label("paid"),
            func.sum(_booked(TransactionKind.REFUND)).label("refunded"),
        )
        .join(Transaction, Transaction.payment_id == Payment.id)
        .group_by(Payment.order_id)
        .subquery()
    )
    paid, refunded = func.coalesce(booked.c.paid, 0), func.coalesce(booked.c.refunded, 0)
    rows = db.session.execute(
        select(Order.number, paid, Order.paid_minor, refunded, Order.refunded_minor)
        .outerjoin(booked, booked.c.order_id == Order.id)
        .where(or_(paid != Order.paid_minor, refunded != Order.refunded_minor))
        .order_by(Order.id)
    )
    for number, came, says_paid, went, says_refunded in rows:
        if came != says_paid:
            yield Discrepancy(PAYMENTS, f"{number} paid", int(came), int(says_paid))
        if went != says_refunded:
            yield Discrepancy(PAYMENTS, f"{number} refunded", int(went), int(says_refunded))


def _attempts() -> Iterator[Discrepancy]:
    """Compare what an attempt to pay collected with what it should have: all of it once captured, else nothing."""
    collected = (
        select(Transaction.payment_id, func.sum(_booked(TransactionKind.CAPTURE)).label("sum"))
        .group_by(Transaction.payment_id)
        .subquery()
    )
    should = case((Payment.state == PaymentState.CAPTURED, Payment.amount_minor), else_=0)
    does = func.coalesce(collected.c.sum, 0)
    rows = db.session.execute(
        select(Order.number, Payment.reference, should, does)
        .join(Order, Order.id == Payment.order_id)
        .outerjoin(collected, collected.c.payment_id == Payment.id)
        .where(should != does)
        .order_by(Payment.id)
    )
    for number, reference, expected, actual in rows:
        yield Discrepancy(ATTEMPTS, f"{number} {reference}", int(expected), int(actual))


def _booked(kind: TransactionKind) -> ColumnElement[int]:
    is_it = (Transaction.kind == kind) & (Transaction.result == TransactionResult.SUCCESS)
    return case((is_it, Transaction.amount_minor), else_=0)


def _count(table: type[Order] | type[Payment]) -> int:
    return int(db.session.scalar(select(func.count()).select_from(table)) or 0)


LEDGERS = (
    Ledger(PAYMENTS, lambda: _count(Order), _orders),
    Ledger(ATTEMPTS, lambda: _count(Payment), _attempts),
)
