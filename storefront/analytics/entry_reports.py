"""What came of the entries of curated pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from storefront.analytics.models import EntryClickRow, EntryDayRow, OrderRow
from storefront.database.base import db


@dataclass(frozen=True, slots=True)
class EntryFigures:
    """One entry in a range of days; revenue in minor units, the goods after discounts."""

    viewed: int = 0
    clicks: int = 0
    orders: int = 0
    revenue_minor: int = 0

    @property
    def click_rate(self) -> float:
        """Of those who saw it, which share opened it."""
        return self.clicks / self.viewed if self.viewed else 0.0


def entry_figures(first: date, last: date) -> dict[int, EntryFigures]:
    """Return the figures of every entry that was seen, opened or credited from one day of the shop to another.

    An order counts for the entry that its visitor had opened last, in the seven days before; cancelled ones do not.
    """
    counted = (
        select(EntryDayRow.entry_id, func.sum(EntryDayRow.viewed), func.sum(EntryDayRow.clicks), literal(0), literal(0))
        .where(EntryDayRow.day.between(first, last))
        .group_by(EntryDayRow.entry_id)
    )
    sums: dict[int, list[int]] = {}
    rows: Sequence[Any] = db.session.execute(union_all(counted, _sold(first, last))).all()
    for entry_id, *figures in rows:
        known = sums.setdefault(entry_id, [0, 0, 0, 0])
        sums[entry_id] = [one + int(other) for one, other in zip(known, figures, strict=True)]
    return {entry_id: EntryFigures(*figures) for entry_id, figures in sums.items()}


def _sold(first: date, last: date) -> Select[Any]:
    opened = (
        select(EntryClickRow.entry_id)
        .where(
            EntryClickRow.visitor == OrderRow.visitor,
            EntryClickRow.at <= OrderRow.at,
            EntryClickRow.until > OrderRow.at,
        )
        .order_by(EntryClickRow.at.desc(), EntryClickRow.id.desc())
        .limit(1)
        .correlate(OrderRow)
        .scalar_subquery()
    )
    credited = (
        select(opened.label("entry_id"), OrderRow.revenue_minor)
        .where(OrderRow.day.between(first, last), OrderRow.visitor.is_not(None), OrderRow.is_undone.is_(False))
        .subquery()
    )
    return (
        select(credited.c.entry_id, literal(0), literal(0), func.count(), func.sum(credited.c.revenue_minor))
        .where(credited.c.entry_id.is_not(None))
        .group_by(credited.c.entry_id)
    )
