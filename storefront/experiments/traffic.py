"""Who comes by a surface these weeks, and what they are worth: what a plan is reckoned from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Subquery, case, func, select, union_all

from storefront.analytics.models import OrderRow, RecommendationRow, SearchRow
from storefront.database.reading import read
from storefront.experiments.doings import Did, moments_of
from storefront.experiments.gathering import SEEN_OR_EMPTY
from storefront.experiments.statistics.moments import Moments
from storefront.shop.queries import get_settings

DAYS = 28
"""Whole days that are looked at, and as many before them for what explains the differences between visitors."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """`new_by_day` is how many visitors came for the first time on each of the days, `moments` what all of them did."""

    new_by_day: tuple[int, ...]
    moments: Moments

    @property
    def visitors(self) -> int:
        return sum(self.new_by_day)

    @property
    def visitors_a_day(self) -> float:
        return self.visitors / len(self.new_by_day)


@dataclass(slots=True)
class _Doings:
    now: Did = field(default_factory=Did)
    before: Did = field(default_factory=Did)


def traffic_of(surface: str, metric: str, at: datetime) -> Traffic:
    """Return the traffic of a surface in the last whole weeks before `at`.

    Search and shelves know their own visitors. Pages that are merely read are written down nowhere: for other surfaces
    it is those who searched, were shown a shelf or bought, so they are rather more in truth.
    """
    today = at.astimezone(ZoneInfo(get_settings().timezone)).date()
    first = today - timedelta(days=DAYS)
    came = _came(surface, first, today)
    rows = read(select(came.c.first, func.count().label("visitors")).group_by(came.c.first)).all()
    by_day = {row.first: row.visitors for row in rows}
    new_by_day = tuple(by_day.get(first + timedelta(days=number), 0) for number in range(DAYS))
    did = _doings(surface, came, first, today).values()
    return Traffic(new_by_day, moments_of(metric, sum(new_by_day), ((each.now, each.before) for each in did)))


def _came(surface: str, first: date, today: date) -> Subquery:
    """Return the visitors of those days, each with the first of them."""
    sources = [
        select(table.visitor, table.day).where(table.visitor.is_not(None), table.day >= first, table.day < today)
        for table in _tables(surface)
    ]
    if surface.startswith("shelf:"):
        sources = [source.where(_of_shelf(surface)) for source in sources]
    each = union_all(*sources).subquery()
    return select(each.c.visitor, func.min(each.c.day).label("first")).group_by(each.c.visitor).subquery()


def _tables(surface: str) -> tuple[Any, ...]:
    if surface.startswith("search:"):
        return (SearchRow,)
    return (RecommendationRow,) if surface.startswith("shelf:") else (SearchRow, RecommendationRow, OrderRow)


def _doings(surface: str, came: Subquery, first: date, today: date) -> dict[str, _Doings]:
    found: dict[str, _Doings] = defaultdict(_Doings)
    for row in _orders(came, first - timedelta(days=DAYS), today):
        doings = found[row.visitor]
        (doings.now if row.day >= first else doings.before).add_order(row)
    for row in _blocks(surface, came, first, today):
        did = found[row.visitor].now
        did.blocks, did.clicked, did.empty = int(row.blocks), int(row.clicked), int(row.empty)
    return found


def _orders(came: Subquery, first: date, today: date) -> Iterable[Any]:
    return read(
        select(
            *(OrderRow.visitor, OrderRow.day, OrderRow.revenue_minor, OrderRow.cost_minor, OrderRow.quantity),
            OrderRow.is_undone,
        )
        .join(came, came.c.visitor == OrderRow.visitor)
        .where(OrderRow.day >= first, OrderRow.day < today)
    )


def _blocks(surface: str, came: Subquery, first: date, today: date) -> Iterable[Any]:
    if not surface.startswith(("search:", "shelf:")):
        return ()
    table: Any = _tables(surface)[0]
    is_search = table is SearchRow
    shown = SearchRow.total if is_search else RecommendationRow.shown
    counts = (SearchRow.continues.is_(None),) if is_search else (_of_shelf(surface), SEEN_OR_EMPTY)
    return read(
        select(
            table.visitor,
            func.count().label("blocks"),
            func.sum(case((table.clicks > 0, 1), else_=0)).label("clicked"),
            func.sum(case((shown == 0, 1), else_=0)).label("empty"),
        )
        .join(came, came.c.visitor == table.visitor)
        .where(table.day >= first, table.day < today, *counts)
        .group_by(table.visitor)
    )


def _of_shelf(surface: str) -> ColumnElement[bool]:
    return RecommendationRow.shelf == surface.removeprefix("shelf:")
