"""Writes of what was recorded: what is old goes, and leaves its sums behind where there is much of it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, delete, insert, select, text

from storefront.analytics import visits
from storefront.analytics.models import (
    EntryClickRow,
    OrderRow,
    RecommendationRow,
    SearchRow,
    ShownRow,
    SuggestionRow,
)
from storefront.analytics.rolling import sum_up_before
from storefront.analytics.visit_models import SaltRow, VisitDayRow, VisitRow
from storefront.database.apart import write_apart
from storefront.database.base import Base

AT_ONCE = 2_000
"""How many rows go in one transaction, so that no shopper waits long for it."""


def forget_before(day: date) -> int:
    """Remove what happened before a day of the shop, and return how many searches went, further pages included."""
    _forget(ShownRow, ShownRow.search_id, ShownRow.day < day)
    _forget(SuggestionRow, SuggestionRow.id, SuggestionRow.day < day)
    _forget(OrderRow, OrderRow.id, OrderRow.day < day)
    _forget(EntryClickRow, EntryClickRow.id, EntryClickRow.day < day)
    return _forget(SearchRow, SearchRow.id, SearchRow.day < day)


def sum_up_shelves_before(day: date) -> int:
    """Sum up the days before a day of the shop on which shelves were answered; return how many were new."""
    return sum_up_before(day)


def forget_shelves_before(day: date) -> int:
    """Sum up what was recommended before a day of the shop, remove it, and return how many answers went."""
    sum_up_before(day)
    return _forget(RecommendationRow, RecommendationRow.id, RecommendationRow.day < day)


def sum_up_visits_before(day: date, *, today: date) -> int:
    """Sum up the visits before a day of the shop, let their rows go and what keys of days that are over were made
    with; return how many rows went."""
    with write_apart() as connection:
        connection.execute(delete(SaltRow).where(SaltRow.day < today))
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"LOCK TABLE {VisitDayRow.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
        names = ["day", "source", "device", "visitors", "converted"]
        connection.execute(insert(VisitDayRow).from_select(names, visits.counted_now(day)))
        return connection.execute(delete(VisitRow).where(VisitRow.day < day)).rowcount


def _forget(table: type[Base], key: object, old: ColumnElement[bool]) -> int:
    gone = 0
    while True:
        with write_apart() as connection:
            some = select(key).where(old).limit(AT_ONCE)  # type: ignore[call-overload]
            count = connection.execute(delete(table).where(key.in_(some.scalar_subquery()))).rowcount  # type: ignore[attr-defined]
        gone += count
        if count < AT_ONCE:
            return gone
