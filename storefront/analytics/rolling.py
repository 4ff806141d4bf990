"""Old shelves become sums: a day is summed up when nothing can happen to it any more, and only then do its rows go.

One thing can: an order may be cancelled or opened again. Then `crediting` changes row and sums alike.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, insert, select, text

from storefront.analytics.models import RecommendationRow, ShelfDayRow, SourceDayRow
from storefront.analytics.shelf_sums import KINDS, SOURCE_SUMS, SUMS, Range, read_borders, sources_of_rows, sums_of_rows
from storefront.database.apart import write_apart


def sum_up_before(day: date) -> int:
    """Sum up every day before `day` that has rows and was not summed up, the oldest first; return how many days."""
    with write_apart() as connection:
        border = read_borders(connection.execute).summed_up
        old = select(RecommendationRow.day).where(RecommendationRow.day < day).distinct()
        days = [one for one in connection.scalars(old.order_by(RecommendationRow.day)) if not border or one > border]
    for one in days:
        with write_apart() as connection:
            _sum_up(connection, one)
    return len(days)


def _sum_up(connection: Connection, day: date) -> None:
    """The unique keys of a day let only one of several processes do it, and no order is cancelled meanwhile."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {ShelfDayRow.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
    shelves = sums_of_rows(connection.execute, Range(day, day), KINDS)
    connection.execute(
        insert(ShelfDayRow),
        [
            {"day": day, **dict(zip(KINDS, key, strict=True)), **{name: getattr(sums, name) for name in SUMS}}
            for key, sums in shelves.items()
        ],
    )
    sources = sources_of_rows(connection.execute, Range(day, day))
    if sources:
        rows = [
            {"day": day, "shelf": shelf, "source": source, **{name: getattr(sums, name) for name in SOURCE_SUMS}}
            for (shelf, source), sums in sources.items()
        ]
        connection.execute(insert(SourceDayRow), rows)
