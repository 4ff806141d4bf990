"""Where a list's rows come from, and the reads that every list needs of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, func, select

from admin.days import end_of, start_of, to_utc
from admin.tables.describing import PAGE_SIZE
from admin.tables.state import ListState
from storefront.database.base import db
from storefront.database.unindexed import unindexed
from storefront.kernel.paging import Page
from storefront.shop.queries import get_settings

MOST_COUNTED = 10_000
"""Beyond so many, rows are no longer counted: counting them all would read them all."""
AT_ONCE = 1_000
LARGEST_NUMBER = 2**31 - 1


def _as_they_are(rows: Sequence[Any]) -> Sequence[Any]:
    return rows


@dataclass(frozen=True, slots=True)
class Source:
    """The rows that a reader asked for, in no order yet."""

    rows: Select[*tuple[Any, ...]]
    id: Any
    """A column that no two rows share: it decides between rows that are alike in what they are sorted by."""
    sorts: Mapping[str, Any] = field(default_factory=dict)
    newest: Any = None
    """By what the newest rows come first; the `id` if nothing is said."""
    key: Any = None
    """The column by which a row is named in a form; the `id` if there is none."""
    counted: Select[*tuple[Any, ...]] | None = None
    """A statement with as many rows that asks for less."""
    complete: Callable[[Sequence[Any]], Sequence[Any]] = _as_they_are
    """Adds to some rows what their cells need."""
    whole: bool = False
    """Each row is one object, and not a tuple of columns."""
    nulls_last: bool = False
    """What has nothing to be sorted by comes last, whichever way."""
    few: bool = False
    """Few of all rows match, wherever they stand: they are found first and sorted then. Going through all rows in their
    order until a page is full would read them all."""


def within(state: ListState, key: str, column: Any) -> list[ColumnElement[bool]]:
    """Return what a filter by days asks of a moment's column: days of the shop, both included."""
    zone, first, last = get_settings().timezone, state.day(f"{key}_from"), state.day(f"{key}_to")
    since, until = (to_utc(state.minute(f"{key}_{side}"), zone) for side in ("from", "to"))
    found: list[ColumnElement[bool]] = []
    if first:
        found.append(column >= (since or start_of(first, zone)))
    if last:
        found.append(column < (until or end_of(last, zone)))
    return found


def page_of(source: Source, state: ListState, *, size: int = PAGE_SIZE) -> Page[Any]:
    """Return the page that `state` asks for; a page beyond the last is the last."""
    counted = source.counted if source.counted is not None else source.rows.with_only_columns(source.id)
    total = db.session.scalar(select(func.count()).select_from(counted.limit(MOST_COUNTED).subquery())) or 0
    number = state.page if total >= MOST_COUNTED else min(state.page, max(1, -(-total // size)))
    statement = _ordered(source, state).limit(size).offset((number - 1) * size)
    return Page(source.complete(_read(source, statement)), total, number, size)


def each_of(source: Source, state: ListState, *, most: int | None = None) -> Iterator[Any]:
    """Yield every row in order, a thousand in memory at a time."""
    statement = _ordered(source, state).limit(most).execution_options(yield_per=AT_ONCE)
    for some in db.session.execute(statement).partitions():
        yield from source.complete([row[0] for row in some] if source.whole else some)


def rows_named(source: Source, keys: Collection[str]) -> Sequence[Any]:
    """Return the rows with these keys; what makes no key names nothing."""
    column = source.key if source.key is not None else source.id
    wanted: list[Any] = list(keys)
    if isinstance(column.type, Integer):
        wanted = [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 11]
        wanted = [number for number in wanted if number <= LARGEST_NUMBER]
    found: list[Any] = []
    for start in range(0, len(wanted), AT_ONCE):
        some = source.rows.where(column.in_(wanted[start : start + AT_ONCE])).order_by(source.id)
        found += source.complete(_read(source, some))
    return found


def _read(source: Source, statement: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    return db.session.scalars(statement).all() if source.whole else db.session.execute(statement).all()


def _ordered(source: Source, state: ListState) -> Select[*tuple[Any, ...]]:
    """Order the rows; without a column to sort by, the newest come first."""
    column = source.sorts.get(state.sort_key)
    if column is None:
        newest = () if source.newest is None else (source.newest.desc(),)
        return source.rows.order_by(*newest, source.id.desc())
    column = unindexed(column) if source.few else column
    ordered = column.desc() if state.descending else column.asc()
    ordered = ordered.nulls_last() if source.nulls_last else ordered
    return source.rows.order_by(ordered, source.id.desc() if state.descending else source.id)
