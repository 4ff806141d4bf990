"""What became of shelves, summed up: from the rows of every answer, and from days that were summed up before.

A day that nothing can happen to any more is summed up (`rolling`), so that long spans read few rows. How visitors
differ is read from rows for as long as there are any, since a visitor may come on many days: an index holds what that
needs. Only of days whose rows have gone each visitor counts once a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import reduce
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Executable, Result, case, func, select

from storefront.analytics.models import (
    RecommendationAdditionRow,
    RecommendationClickRow,
    RecommendationPurchaseRow,
    RecommendationRow,
    ShelfDayRow,
    SourceDayRow,
)
from storefront.analytics.rules import Clustered, read_signature

Execute = Callable[[Executable], Result[Any]]
Key = tuple[Any, ...]
DAY = timedelta(days=1)
KINDS = ("shelf", "model_version", "experiment", "variation")


@dataclass(frozen=True, slots=True)
class ShelfSums:
    """Sums over answered shelves. `requests` counts all, `empty` those with nothing on them, `viewed` those seen.

    `clicked` and `carted` count shelves of which something was opened or put into the cart; `clicks` and `adds` count
    products, `purchases` products of orders. `clickers` are visitors with a number, for each day once summed up.
    """

    requests: int = 0
    empty: int = 0
    viewed: int = 0
    clicked: int = 0
    clicks: int = 0
    ranks: int = 0
    clickers: int = 0
    carted: int = 0
    adds: int = 0
    purchases: int = 0
    revenue_minor: int = 0
    clusters: int = 0
    viewed_squared: int = 0
    clicked_squared: int = 0
    viewed_clicked: int = 0

    def __add__(self, other: ShelfSums) -> ShelfSums:
        return ShelfSums(*(getattr(self, name) + getattr(other, name) for name in SUMS))

    @property
    def clustered(self) -> Clustered:
        squares = self.viewed_squared, self.clicked_squared, self.viewed_clicked
        return Clustered(self.clusters, self.viewed, self.clicked, *squares)


@dataclass(frozen=True, slots=True)
class SourceSums:
    """Sums over the goods of one source: how many were shown, seen, opened (at which ranks), added and bought."""

    shown: int = 0
    viewed: int = 0
    clicks: int = 0
    ranks: int = 0
    adds: int = 0
    purchases: int = 0
    revenue_minor: int = 0

    def __add__(self, other: SourceSums) -> SourceSums:
        return SourceSums(*(getattr(self, name) + getattr(other, name) for name in SOURCE_SUMS))


Sums = TypeVar("Sums", ShelfSums, SourceSums)
SUMS = tuple(one.name for one in fields(ShelfSums))
BY_VISITOR = ("clickers", "clusters", "viewed_squared", "clicked_squared", "viewed_clicked")
COUNTS = tuple(name for name in SUMS if name not in BY_VISITOR)
SOURCE_SUMS = tuple(one.name for one in fields(SourceSums))


@dataclass(frozen=True, slots=True)
class Range:
    """Days of the shop, both included, and the one shelf that is asked for; "" is all of them."""

    first: date
    last: date
    shelf: str = ""

    def of(self, table: Any) -> tuple[ColumnElement[bool], ...]:
        """Return what holds of the rows of a table that lie within."""
        within = table.day >= self.first, table.day <= self.last
        return (*within, table.shelf == self.shelf) if self.shelf else within

    def split(self, border: date | None) -> tuple[Range | None, Range | None]:
        """Return the days up to `border` and those after it, each None if there are none."""
        if border is None or border < self.first:
            return None, self
        if border >= self.last:
            return self, None
        return replace(self, last=border), replace(self, first=border + DAY)


@dataclass(frozen=True, slots=True)
class Borders:
    """The last day that was summed up, and the first one that has rows; None where there is none."""

    summed_up: date | None
    rows: date | None


def read_borders(execute: Execute) -> Borders:
    """Return from when on what can be read."""
    return Borders(
        execute(select(func.max(ShelfDayRow.day))).scalar(), execute(select(func.min(RecommendationRow.day))).scalar()
    )


def gather(execute: Execute, asked: Range, keys: Sequence[str], borders: Borders) -> dict[Key, ShelfSums]:
    """Return sums by `keys` (of KINDS)."""
    counts = gather_counts(execute, asked, keys, borders)
    return merged([counts, gather_visitors(execute, asked, keys, borders)])


def gather_counts(execute: Execute, asked: Range, keys: Sequence[str], borders: Borders) -> dict[Key, ShelfSums]:
    """Return what can be added up over shelves by `keys` (of KINDS, and "day")."""
    old, new = asked.split(borders.summed_up)
    parts = [_summed_up(execute, old, keys, COUNTS)] if old else []
    return merged([*parts, counts_of_rows(execute, new, keys)] if new else parts)


def gather_visitors(execute: Execute, asked: Range, keys: Sequence[str], borders: Borders) -> dict[Key, ShelfSums]:
    """Return how many visitors there were and how they differ, by `keys` (of KINDS)."""
    gone, kept = asked.split(borders.rows - DAY if borders.rows else borders.summed_up)
    parts = [_summed_up(execute, gone, keys, BY_VISITOR)] if gone and borders.summed_up else []
    return merged([*parts, visitors_of_rows(execute, kept, keys)] if kept else parts)


def gather_sources(execute: Execute, asked: Range, borders: Borders) -> dict[Key, SourceSums]:
    """Return sums by (shelf, source)."""
    old, new = asked.split(borders.summed_up)
    parts = [_sources_summed_up(execute, old)] if old else []
    return merged([*parts, sources_of_rows(execute, new)] if new else parts)


def sums_of_rows(execute: Execute, asked: Range, keys: Sequence[str]) -> dict[Key, ShelfSums]:
    """Return sums by `keys`, counted row by row."""
    return merged([counts_of_rows(execute, asked, keys), visitors_of_rows(execute, asked, keys)])


def counts_of_rows(execute: Execute, asked: Range, keys: Sequence[str]) -> dict[Key, ShelfSums]:
    """Return what can be added up over shelves, by `keys`."""
    return _read(execute, [getattr(RecommendationRow, key) for key in keys], _OF_ROWS, asked.of(RecommendationRow))


def visitors_of_rows(execute: Execute, asked: Range, keys: Sequence[str]) -> dict[Key, ShelfSums]:
    """Return how many visitors there were and how they differ, by `keys`.

    A browser without a number stands for another visitor with each shelf it saw: v is 1 then, and c is 0 or 1.
    """
    row = RecommendationRow
    columns = [getattr(row, key) for key in keys]
    seen = (
        select(*columns, row.visitor, func.count().label("v"), _count(row.clicks > 0).label("c"))
        .where(*asked.of(row), row.viewed_at.is_not(None))
        .group_by(*columns, row.visitor)
        .subquery()
    )
    v, c, is_nobody = seen.c.v, seen.c.c, seen.c.visitor.is_(None)
    sums = {
        "clickers": case((is_nobody, 0), (c > 0, 1), else_=0),
        "clusters": case((is_nobody, v), else_=1),
        "viewed_squared": case((is_nobody, v), else_=v * v),
        "clicked_squared": case((is_nobody, c), else_=c * c),
        "viewed_clicked": case((is_nobody, c), else_=v * c),
    }
    return _read(execute, [seen.c[key] for key in keys], {name: func.sum(sum_) for name, sum_ in sums.items()}, ())


def sources_of_rows(execute: Execute, asked: Range) -> dict[Key, SourceSums]:
    """Return sums by (shelf, source), counted row by row."""
    row, seen = RecommendationRow, RecommendationRow.viewed_at.is_not(None)
    found: dict[Key, SourceSums] = {}
    groups = select(row.shelf, row.sources, func.count().label("requests"), _count(seen).label("viewed"))
    for group in execute(groups.where(*asked.of(row), row.shown > 0).group_by(row.shelf, row.sources)):
        for source, count in read_signature(group.sources).items():
            _add(found, (group.shelf, source), SourceSums(count * int(group.requests), count * int(group.viewed)))
    for table, columns in _OF_SOURCE:
        statement = select(row.shelf, table.source, *(column.label(name) for name, column in columns.items()))
        statement = statement.join(row, row.id == table.request_id).where(*asked.of(row))
        for group in execute(statement.group_by(row.shelf, table.source)):
            sums = {name: int(getattr(group, name)) for name in columns}
            _add(found, (group.shelf, group.source), SourceSums(**sums))
    return found


def _summed_up(execute: Execute, asked: Range, keys: Sequence[str], names: Sequence[str]) -> dict[Key, ShelfSums]:
    sums: dict[str, ColumnElement[Any]] = {name: func.sum(getattr(ShelfDayRow, name)) for name in names}
    return _read(execute, [getattr(ShelfDayRow, key) for key in keys], sums, asked.of(ShelfDayRow))


def _sources_summed_up(execute: Execute, asked: Range) -> dict[Key, SourceSums]:
    row = SourceDayRow
    columns = [func.sum(getattr(row, name)).label(name) for name in SOURCE_SUMS]
    statement = select(row.shelf, row.source, *columns).where(*asked.of(row)).group_by(row.shelf, row.source)
    return {
        (found.shelf, found.source): SourceSums(**{name: int(getattr(found, name)) for name in SOURCE_SUMS})
        for found in execute(statement)
    }


def _read(
    execute: Execute,
    keys: Sequence[ColumnElement[Any]],
    sums: Mapping[str, ColumnElement[Any]],
    within: Iterable[ColumnElement[bool]],
) -> dict[Key, ShelfSums]:
    columns = [func.coalesce(column, 0).label(f"sum_{name}") for name, column in sums.items()]
    rows = execute(select(*keys, *columns).where(*within).group_by(*keys))
    return {
        tuple(row[: len(keys)]): ShelfSums(**{name: int(getattr(row, f"sum_{name}")) for name in sums}) for row in rows
    }


def folded(found: Mapping[Key, ShelfSums], key: Callable[..., Key]) -> dict[Key, ShelfSums]:
    """Return sums by another key, which `key` makes of the parts of each."""
    return merged([{key(*parts): sums} for parts, sums in found.items()])


def merged(parts: Sequence[dict[Key, Sums]]) -> dict[Key, Sums]:
    """Return the sums of all parts, key by key."""
    return reduce(_added, parts, {})


def _added(known: dict[Key, Sums], more: dict[Key, Sums]) -> dict[Key, Sums]:
    for key, sums in more.items():
        _add(known, key, sums)
    return known


def _add(known: dict[Key, Sums], key: Key, sums: Sums) -> None:
    known[key] = known[key] + sums if key in known else sums


def _count(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))


_OF_ROWS: Mapping[str, ColumnElement[Any]] = {
    "requests": func.count(),
    "empty": _count(RecommendationRow.shown == 0),
    "viewed": _count(RecommendationRow.viewed_at.is_not(None)),
    "clicked": _count(RecommendationRow.clicks > 0),
    "clicks": func.sum(RecommendationRow.clicks),
    "ranks": func.sum(RecommendationRow.ranks),
    "carted": _count(RecommendationRow.adds > 0),
    "adds": func.sum(RecommendationRow.adds),
    "purchases": func.sum(RecommendationRow.purchases),
    "revenue_minor": func.sum(RecommendationRow.revenue_minor),
}
_OF_SOURCE: tuple[tuple[Any, Mapping[str, ColumnElement[Any]]], ...] = (
    (RecommendationClickRow, {"clicks": func.count(), "ranks": func.sum(RecommendationClickRow.rank)}),
    (RecommendationAdditionRow, {"adds": func.count()}),
    (
        RecommendationPurchaseRow,
        {
            "purchases": _count(RecommendationPurchaseRow.is_undone.is_(False)),
            "revenue_minor": func.sum(
                case((RecommendationPurchaseRow.is_undone.is_(False), RecommendationPurchaseRow.revenue_minor), else_=0)
            ),
        },
    ),
)
