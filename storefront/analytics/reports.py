"""The one way to read what was recorded: `search_report`. Figures are sums over one range of days of one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, case, cast, func, select
from sqlalchemy.orm import aliased

from storefront.analytics.models import SearchRow, SuggestionRow
from storefront.database.base import db
from storefront.kernel.money import Money
from storefront.kernel.paging import Page
from storefront.shop.queries import get_settings

ENOUGH_SEARCHES = 10
"""Words searched for less often say little by not being clicked."""
FEW_CLICKS = 0.2
"""Below this share of searches with a click, few are clicked."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days of the shop, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> Span:
        """Return as many days just before these."""
        return Span(self.first - timedelta(days=self.days), self.first - timedelta(days=1))


class Listing(StrEnum):
    """Which words a report lists."""

    TOP = "top"
    NOTHING = "nothing"
    """Found nothing."""
    UNCLICKED = "unclicked"
    """Searched for often and clicked seldom."""
    REWORDED = "reworded"
    """Given up for other words without a click."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a report should hold; `sort` is a key of SORTS, `text` a part of the words."""

    span: Span
    listing: Listing = Listing.TOP
    text: str = ""
    sort: str = "searches"
    descending: bool = True
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over searches. `searchers` counts those with a number; `clicked`, `carted` count searches, not events."""

    searches: int
    searchers: int
    without: int
    clicked: int
    clicks: int
    ranks: int
    carted: int
    adds: int
    revenue: Money
    results: float = 0.0
    """How many products a search found on average."""
    suggestions: int = 0
    """How many suggestions were chosen; known of whole days alone."""

    @property
    def without_share(self) -> float | None:
        return _share(self.without, self.searches)

    @property
    def click_rate(self) -> float | None:
        return _share(self.clicked, self.searches)

    @property
    def add_rate(self) -> float | None:
        return _share(self.carted, self.searches)

    @property
    def mean_rank(self) -> float | None:
        return _share(self.ranks, self.clicks)

    @property
    def revenue_per_search(self) -> Money | None:
        return self.revenue.portion(1, self.searches) if self.searches else None


@dataclass(frozen=True, slots=True)
class Day:
    """How often was searched on a day, and how often for nothing."""

    day: date
    searches: int
    without: int


@dataclass(frozen=True, slots=True)
class Words:
    """Words and what came of them; where they were given up, `then` says for which, and the figures are of those."""

    words: str
    figures: Figures
    then: str = ""


@dataclass(frozen=True, slots=True)
class SearchReport:
    """Figures of the days asked for and of as many before, every day, and one page of words."""

    figures: Figures
    before: Figures
    days: tuple[Day, ...]
    rows: Page[Words]


def search_report(wanted: Wanted) -> SearchReport:
    """Return what shoppers searched for, and what came of it until now."""
    return SearchReport(
        figures=_figures(wanted.span),
        before=_figures(wanted.span.before()),
        days=_days(wanted.span),
        rows=_rows(wanted),
    )


def _sum(value: Any) -> ColumnElement[Any]:
    return func.coalesce(func.sum(value), 0)


def _count(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return _sum(case((condition, 1), else_=0))


def _sums(table: Any = SearchRow) -> dict[str, ColumnElement[Any]]:
    return {
        "searches": func.count(),
        "searchers": func.count(table.visitor.distinct()),
        "without": _count(table.total == 0),
        "clicked": _count(table.clicks > 0),
        "clicks": _sum(table.clicks),
        "ranks": _sum(table.ranks),
        "carted": _count(table.adds > 0),
        "adds": _sum(table.adds),
        "revenue": _sum(table.revenue_minor),
        "results": func.coalesce(func.avg(table.total), 0),
    }


def _columns(sums: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [column.label(name) for name, column in sums.items()]


_MANY = cast(func.count(), Float)
SORTS: Mapping[str, Any] = {
    "searches": lambda sums: sums["searches"],
    "results": lambda sums: sums["results"],
    "without": lambda sums: sums["without"],
    "clicks": lambda sums: sums["clicks"],
    "rate": lambda sums: sums["clicked"] / _MANY,
    "rank": lambda sums: func.coalesce(sums["ranks"] / func.nullif(cast(sums["clicks"], Float), 0), 0),
    "adds": lambda sums: sums["adds"],
    "revenue": lambda sums: sums["revenue"] / _MANY,
    "missed": lambda sums: sums["searches"] - sums["clicked"],
}
"""What rows may be sorted by."""


def _within(span: Span, table: Any = SearchRow) -> tuple[ColumnElement[bool], ...]:
    return table.day >= span.first, table.day <= span.last, table.continues.is_(None)


def _figures(span: Span) -> Figures:
    found = _read(db.session.execute(select(*_columns(_sums())).where(*_within(span))).one())
    return replace(found, suggestions=_suggestions(span))


def _days(span: Span) -> tuple[Day, ...]:
    sums = _sums()
    rows = db.session.execute(
        select(SearchRow.day, *_columns({name: sums[name] for name in ("searches", "without")}))
        .where(*_within(span))
        .group_by(SearchRow.day)
    )
    known = {row.day: Day(row.day, int(row.searches), int(row.without)) for row in rows}
    every = (span.first + timedelta(days=number) for number in range(span.days))
    return tuple(known.get(day) or Day(day, 0, 0) for day in every)


def _rows(wanted: Wanted) -> Page[Words]:
    make = _reworded if wanted.listing is Listing.REWORDED else _words
    statement, sums, names = make(wanted)
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    number = min(wanted.page, max(1, -(-total // wanted.size)))
    column = SORTS[wanted.sort](sums)
    order = (column.desc() if wanted.descending else column.asc(), *names)
    rows = db.session.execute(statement.order_by(*order).limit(wanted.size).offset((number - 1) * wanted.size)).all()
    items = [Words(row.words, _read(row), getattr(row, "then", "")) for row in rows]
    return Page(items, total, number, wanted.size)


Made = tuple[Select[Any], Mapping[str, ColumnElement[Any]], tuple[Any, ...]]
"""A query of rows, the sums by which it may be ordered, and what tells its rows apart."""


def _words(wanted: Wanted) -> Made:
    sums = _sums()
    statement = (
        select(SearchRow.words, *_columns(sums))
        .where(*_within(wanted.span), *_holding(wanted.text, SearchRow.words))
        .group_by(SearchRow.words)
    )
    if wanted.listing is Listing.NOTHING:
        statement = statement.having(sums["without"] > 0)
    if wanted.listing is Listing.UNCLICKED:
        found = sums["searches"] - sums["without"]
        statement = statement.having(found >= ENOUGH_SEARCHES, sums["clicked"] < FEW_CLICKS * found)
    return statement, sums, (SearchRow.words,)


def _reworded(wanted: Wanted) -> Made:
    first = aliased(SearchRow)
    sums = _sums()
    statement = (
        select(first.words, SearchRow.words.label("then"), *_columns(sums))
        .join(first, first.id == SearchRow.follows)
        .where(*_within(wanted.span), first.clicks == 0, *_holding(wanted.text, first.words))
        .group_by(first.words, SearchRow.words)
    )
    return statement, sums, (first.words, SearchRow.words)


def _holding(text: str, column: Any) -> list[ColumnElement[bool]]:
    return [column.contains(text, autoescape=True)] if text else []


def _suggestions(span: Span) -> int:
    condition = SuggestionRow.day >= span.first, SuggestionRow.day <= span.last
    return db.session.scalar(select(func.count()).select_from(SuggestionRow).where(*condition)) or 0


def _read(row: Any) -> Figures:
    return Figures(
        searches=int(row.searches),
        searchers=int(row.searchers),
        without=int(row.without),
        clicked=int(row.clicked),
        clicks=int(row.clicks),
        ranks=int(row.ranks),
        carted=int(row.carted),
        adds=int(row.adds),
        revenue=Money(int(row.revenue), get_settings().currency),
        results=float(row.results),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
