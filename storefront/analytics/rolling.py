"""Old shelves become sums: a day is summed up once and for all, and only then do its rows go."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, func, insert, select

from storefront.analytics.models import RecommendationRow, ShelfDayRow, SourceDayRow
from storefront.analytics.shelf_sums import KINDS, SOURCE_SUMS, SUMS, Execute, Range, from_rows, sources_from_rows
from storefront.database.apart import write_apart


def last_summed_up(execute: Execute) -> date | None:
    """Return the last day that was summed up: it and all before are read from sums, those after it from rows."""
    found: date | None = execute(select(func.max(ShelfDayRow.day))).scalar()
    return found


def sum_up_before(day: date) -> int:
    """Sum up every day before `day` that has rows and was not summed up, the oldest first; return how many days."""
    with write_apart() as connection:
        border = last_summed_up(connection.execute)
        old = select(RecommendationRow.day).where(RecommendationRow.day < day).distinct()
        days = [one for one in connection.scalars(old.order_by(RecommendationRow.day)) if not border or one > border]
    for one in days:
        with write_apart() as connection:
            _sum_up(connection, one)
    return len(days)


def _sum_up(connection: Connection, day: date) -> None:
    """The unique keys of a day let only one of several processes do it."""
    shelves = from_rows(connection.execute, Range(day, day), KINDS)
    connection.execute(
        insert(ShelfDayRow),
        [
            {"day": day, **dict(zip(KINDS, key, strict=True)), **{name: getattr(sums, name) for name in SUMS}}
            for key, sums in shelves.items()
        ],
    )
    sources = sources_from_rows(connection.execute, Range(day, day))
    if sources:
        rows = [
            {"day": day, "shelf": shelf, "source": source, **{name: getattr(sums, name) for name in SOURCE_SUMS}}
            for (shelf, source), sums in sources.items()
        ]
        connection.execute(insert(SourceDayRow), rows)
