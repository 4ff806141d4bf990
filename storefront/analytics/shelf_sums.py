"""What became of shelves, summed up: from the rows of every answer, and from days whose rows have gone.

Both speak the same way, so that a day reads alike before and after its rows are summed up (`rolling`). A day is either
in rows or in sums, never in both: sums begin with the oldest day and reach to the one that was last summed up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
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


def gather(execute: Execute, asked: Range, keys: Sequence[str], border: date | None) -> dict[Key, ShelfSums]:
    """Return sums by `keys` (of KINDS, and "day"), of days up to `border` from what was summed up, then from rows."""
    parts = []
    if border and asked.first <= border:
        parts.append(_summed_up(execute, replace(asked, last=min(asked.last, border)), keys))
    if not border or asked.last > border:
        parts.append(from_rows(execute, _after(asked, border), keys))
    return _merged(parts)


def gather_sources(execute: Execute, asked: Range, border: date | None) -> dict[Key, SourceSums]:
    """Return sums by (shelf, source), in the same way."""
    parts = []
    if border and asked.first <= border:
        parts.append(_sources_summed_up(execute, replace(asked, last=min(asked.last, border))))
    if not border or asked.last > border:
        parts.append(sources_from_rows(execute, _after(asked, border)))
    return _merged(parts)


def from_rows(execute: Execute, asked: Range, keys: Sequence[str]) -> dict[Key, ShelfSums]:
    """Return sums by `keys`, counted row by row; a browser without a number stands for a visitor with each answer."""
    row = RecommendationRow
    columns = [getattr(row, key) for key in keys]
    whose = func.coalesce(row.visitor, row.id)
    each = (
        select(
            *columns,
            func.max(row.visitor).label("visitor"),
            *(column.label(name) for name, column in _OF_ROWS.items()),
        )
        .where(*asked.of(row))
        .group_by(*columns, whose)
        .subquery()
    )
    of = each.c
    sums: dict[str, ColumnElement[Any]] = {name: func.sum(of[name]) for name in _OF_ROWS}
    sums["clickers"] = func.sum(case(((of.clicked > 0) & of.visitor.is_not(None), 1), else_=0))
    sums["clusters"] = func.sum(case((of.viewed > 0, 1), else_=0))
    sums["viewed_squared"] = func.sum(of.viewed * of.viewed)
    sums["clicked_squared"] = func.sum(of.clicked * of.clicked)
    sums["viewed_clicked"] = func.sum(of.viewed * of.clicked)
    return _read(execute, [of[key] for key in keys], sums, ())


def sources_from_rows(execute: Execute, asked: Range) -> dict[Key, SourceSums]:
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


def _after(asked: Range, border: date | None) -> Range:
    return replace(asked, first=max(asked.first, date.fromordinal(border.toordinal() + 1))) if border else asked


def _summed_up(execute: Execute, asked: Range, keys: Sequence[str]) -> dict[Key, ShelfSums]:
    sums: dict[str, ColumnElement[Any]] = {name: func.sum(getattr(ShelfDayRow, name)) for name in SUMS}
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


def _merged(parts: Sequence[dict[Key, Sums]]) -> dict[Key, Sums]:
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
