"""Reads of loyalty: balances, what is waiting or expiring, the history, and tiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from storefront.database.base import db
from storefront.database.reading import read
from storefront.kernel.kept import Kept
from storefront.kernel.money import Money
from storefront.kernel.paging import Page
from storefront.loyalty import rules
from storefront.loyalty.models import PointsAccount, PointsEntry, Tier
from storefront.loyalty.rules import Balance, Delta, Entry, Lot, OrderPoints
from storefront.loyalty.states import EntryKind
from storefront.loyalty.tiers import TierStep
from storefront.pricing.models import PriceList
from storefront.shop.queries import get_settings

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """Points of one order that cannot be spent yet; `available_at` is None until it has been delivered."""

    order_number: str
    points: int
    available_at: datetime | None


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One movement, as its owner reads it."""

    kind: EntryKind
    delta: Delta
    order_number: str
    note: str
    actor: str
    at: datetime


_BALANCE = select(PointsAccount.available, PointsAccount.pending, PointsAccount.owed).where(
    PointsAccount.customer_id == bindparam("customer")
)
LEDGER = (
    *(PointsEntry.kind, PointsEntry.available_delta, PointsEntry.pending_delta, PointsEntry.owed_delta),
    *(PointsEntry.order_number, PointsEntry.expires_at),
)
_ENTRIES = select(*LEDGER).where(PointsEntry.customer_id == bindparam("customer")).order_by(PointsEntry.id)
_TIERS = select(Tier.key, Tier.name, Tier.translations, Tier.spend_minor, Tier.earn_basis_points).order_by(
    Tier.spend_minor
)


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
    return Entry(EntryKind(row.kind), _delta(row), row.order_number, row.expires_at)


def list_waiting(customer_id: int) -> Sequence[Waiting]:
    """Return what a customer's orders have earned and what cannot be spent yet, the soonest first."""
    points = func.sum(PointsEntry.pending_delta)
    ready = func.max(PointsEntry.available_at)
    rows = db.session.execute(
        select(PointsEntry.order_number, points, ready)
        .where(PointsEntry.customer_id == customer_id, PointsEntry.pending_delta != 0)
        .group_by(PointsEntry.order_number)
        .having(points > 0)
        .order_by(ready.is_(None), ready, PointsEntry.order_number)
    )
    return [Waiting(number, int(count), at) for number, count, at in rows]


def page_of_history(customer_id: int, number: int = 1, *, size: int = PAGE_SIZE) -> Page[HistoryRow]:
    """Return a page of a customer's movements, the newest first."""
    mine = PointsEntry.customer_id == customer_id
    total = db.session.scalar(select(func.count()).select_from(PointsEntry).where(mine)) or 0
    rows = db.session.execute(
        select(*LEDGER, PointsEntry.note, PointsEntry.actor, PointsEntry.at)
        .where(mine)
        .order_by(PointsEntry.id.desc())
        .offset((number - 1) * size)
        .limit(size)
    )
    items = [
        HistoryRow(EntryKind(row.kind), _delta(row), row.order_number, row.note, row.actor, row.at) for row in rows
    ]
    return Page(items, total, number, size)


def points_of_order(order_number: str) -> OrderPoints:
    """Return what an order has earned and used so far."""
    statement = select(*LEDGER).where(PointsEntry.order_number == order_number).order_by(PointsEntry.id)
    return OrderPoints.of(entry_of(row) for row in db.session.execute(statement))


def list_due(at: datetime, *, most: int) -> Sequence[tuple[int, str]]:
    """Return (customer, order) whose pending points can be spent by now, the longest due first."""
    pending = (
        select(PointsEntry.order_number)
        .join(PointsAccount, PointsAccount.customer_id == PointsEntry.customer_id)
        .where(PointsAccount.pending > 0, PointsEntry.order_number != "")
        .group_by(PointsEntry.order_number)
        .having(func.sum(PointsEntry.pending_delta) > 0)
    )
    rows = db.session.execute(
        select(PointsEntry.customer_id, PointsEntry.order_number)
        .where(
            PointsEntry.kind == EntryKind.EARN,
            PointsEntry.available_at <= at,
            PointsEntry.order_number.in_(pending),
        )
        .order_by(PointsEntry.available_at, PointsEntry.id)
        .limit(most)
    )
    return [(row.customer_id, row.order_number) for row in rows]


def list_expiring(at: datetime, *, after: int = 0, most: int) -> Sequence[int]:
    """Return customers above `after` with points to spend of whom some may be past their date.

    The account keeps when that is next, so whoever was asked once is not asked again before.
    """
    return db.session.scalars(
        select(PointsAccount.customer_id)
        .where(PointsAccount.customer_id > after, PointsAccount.available > 0, PointsAccount.next_expiry <= at)
        .order_by(PointsAccount.customer_id)
        .limit(most)
    ).all()


def read_tiers() -> tuple[TierStep, ...]:
    """Return the tiers as they are this moment, the lowest first."""
    currency = get_settings().currency
    return tuple(
        TierStep(
            row.key,
            row.name,
            tuple(sorted((locale, words.get("name", "")) for locale, words in (row.translations or {}).items())),
            Money(row.spend_minor, currency),
            row.earn_basis_points,
        )
        for row in read(_TIERS)
    )


def tiers_with_prices(at: datetime) -> frozenset[str]:
    """Return the keys of the tiers whose members have prices of their own now."""
    lists = db.session.execute(
        select(PriceList.tiers).where(
            PriceList.is_active,
            or_(PriceList.starts_at.is_(None), PriceList.starts_at <= at),
            or_(PriceList.ends_at.is_(None), PriceList.ends_at > at),
        )
    )
    return frozenset(key for row in lists for key in row.tiers or ())


_tiers = Kept(read_tiers, seconds=5)
list_tiers = _tiers.get
forget_tiers = _tiers.forget


def find_tier(key: str) -> TierStep | None:
    """Return the tier with a key, if there is one."""
    return next((tier for tier in list_tiers() if tier.key == key), None)


def _delta(row: Any) -> Delta:
    return Delta(row.available_delta, row.pending_delta, row.owed_delta)
