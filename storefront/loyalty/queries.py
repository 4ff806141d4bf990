"""Reads of loyalty."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from storefront.database.reading import read
from storefront.loyalty import rules
from storefront.loyalty.models import PointsAccount, PointsEntry
from storefront.loyalty.rules import Balance, Delta, Entry, Lot
from storefront.loyalty.states import EntryKind

_BALANCE = select(PointsAccount.available, PointsAccount.pending, PointsAccount.owed).where(
    PointsAccount.customer_id == bindparam("customer")
)
_LEDGER = (
    *(PointsEntry.kind, PointsEntry.available_delta, PointsEntry.pending_delta, PointsEntry.owed_delta),
    *(PointsEntry.order_number, PointsEntry.expires_at),
)
_ENTRIES = select(*_LEDGER).where(PointsEntry.customer_id == bindparam("customer")).order_by(PointsEntry.id)


def balance_of(customer_id: int | None) -> Balance:
    """Return a customer's points; a guest, and who never earned any, has none."""
    if customer_id is None:
        return Balance()
    row = read(_BALANCE, {"customer": customer_id}).first()
    return Balance(row.available, row.pending, row.owed) if row else Balance()


def lots_of(customer_id: int) -> tuple[Lot, ...]:
    """Return what is left of a customer's points to spend, by the day they expire."""
    return rules.lots_of(entry_of(row) for row in read(_ENTRIES, {"customer": customer_id}))


def entry_of(row: Any) -> Entry:
    """Return a row of the ledger as a value."""
    delta = Delta(row.available_delta, row.pending_delta, row.owed_delta)
    return Entry(EntryKind(row.kind), delta, row.order_number, row.expires_at)
