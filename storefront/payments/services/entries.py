"""The ledger itself: rows are locked in one order, and what happened is added and never edited."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, insert, select

from storefront.database.base import db
from storefront.database.reading import read
from storefront.database.transaction import held
from storefront.kernel.money import Money
from storefront.orders import queries as orders
from storefront.payments import queries
from storefront.payments.models import Payment, Transaction
from storefront.payments.providers.protocol import Outcome
from storefront.payments.states import DisputeState, TransactionKind, TransactionResult

_LOCKED = (
    select(Payment)
    .where(Payment.reference == bindparam("reference"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_ENTRY = insert(Transaction)
_BY_KEY = select(Transaction.id).where(Transaction.idempotency_key == bindparam("key"))
_BY_NAME = select(Transaction.id).where(Transaction.psp_reference == bindparam("name"))


def lock(reference: str) -> Payment:
    """Lock the order, then the payment: the order that cancelling an order takes them in."""
    return held((Payment, reference), lambda: _lock(reference))


def _lock(reference: str) -> Payment:
    orders.get_locked(queries.get_order_id(reference))
    return db.session.scalars(_LOCKED, {"reference": reference}).one()


def is_known(outcome: Outcome) -> bool:
    """Say whether the books have this fact already."""
    return read(_BY_KEY, {"key": outcome.idempotency_key}).first() is not None


def write(payment: Payment, outcome: Outcome, at: datetime) -> None:
    """Add what a provider said."""
    values = {
        "payment_id": payment.id,
        "kind": outcome.kind,
        "result": outcome.result,
        "amount_minor": outcome.amount.minor,
        "currency": None if outcome.amount.currency == payment.currency else outcome.amount.currency,
        "psp_reference": _psp_reference(outcome),
        "idempotency_key": outcome.idempotency_key,
        "facts": dict(outcome.facts),
        "at": at,
    }
    db.session.connection().execute(_ENTRY, values)


def note(payment: Payment, kind: TransactionKind, result: TransactionResult, key: str, at: datetime) -> None:
    """Add what the shop asked for or decided itself, about the whole attempt."""
    amount = Money(payment.amount_minor, payment.currency)
    write(payment, Outcome(payment.reference, kind, result, amount, "", key, {}), at)


def is_told_before(payment: Payment, outcome: Outcome, at: datetime) -> bool:
    """Say whether money that a provider now tells of by itself is what a dispute's decision has booked already.

    It is then noted under its own key as asked, so that it is the same once only.
    """
    mine = select(Transaction).where(
        Transaction.payment_id == payment.id, Transaction.kind == TransactionKind.CHARGEBACK
    )
    rows = db.session.scalars(mine.order_by(Transaction.id)).all()
    same = {str(row.facts.get("same_as")) for row in rows}
    for row in rows:
        is_decision = row.idempotency_key.endswith(f"-{DisputeState.LOST}") and row.result == TransactionResult.SUCCESS
        if is_decision and row.amount_minor == outcome.amount.minor and row.idempotency_key not in same:
            kind, result = TransactionKind.CHARGEBACK, TransactionResult.REQUEST
            facts = {"same_as": row.idempotency_key}
            key, name = outcome.idempotency_key, outcome.psp_reference
            write(payment, Outcome(payment.reference, kind, result, outcome.amount, name, key, facts), at)
            return True
    return False


def _psp_reference(outcome: Outcome) -> str | None:
    """Return the provider's name of the fact; where another fact has it already, the key tells them apart."""
    name = outcome.psp_reference
    return name if name and read(_BY_NAME, {"name": name}).first() is None else None
