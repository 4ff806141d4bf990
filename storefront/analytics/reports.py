"""The one way to read what was recorded: `search_report`. Figures are sums over one range of days of one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, Text, and_, case, cast, func, select
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
    """Found nothing, without any filter."""
    FILTERED = "filtered"
    """Found nothing under filters."""
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
    """Sums over searches: `clicked` and `carted` count searches, `clicks` and `adds` what was clicked and added.

    `without` found nothing; what found nothing under filters is counted by `filtered` alone: there may well be goods.
    `searchers` are the visitors that have a number.
    """

    searches: int
    without: int
    clicked: int
    clicks: int
    ranks: int
    carted: int
    adds: int
    revenue: Money
    results: float = 0.0
    """How many products a search found on average."""
    searchers: int = 0
    suggestions: int = 0
    """How many suggestions were chosen; like `searchers` known of days, not of single words."""
    filtered: int = 0

    @property
    def without_share(self) -> float | None:
        return _share(self.without, self.searches)

    @property
    def filtered_share(self) -> float | None:
        return _share(self.filtered, self.searches)

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
    """How often was searched on a day, and how often for nothing without any filter."""

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


_UNFILTERED = cast(SearchRow.filters, Text) == "[]"
_SUMS: Mapping[str, ColumnElement[Any]] = {
    "searches": func.count(),
    "without": _count(and_(SearchRow.total == 0, _UNFILTERED)),
    "filtered": _count(and_(SearchRow.total == 0, ~_UNFILTERED)),
    "clicked": _count(SearchRow.clicks > 0),
    "clicks": _sum(SearchRow.clicks),
    "ranks": _sum(SearchRow.ranks),
    "carted": _count(SearchRow.adds > 0),
    "adds": _sum(SearchRow.adds),
    "revenue": _sum(SearchRow.revenue_minor),
    "results": func.coalesce(func.avg(SearchRow.total), 0),
}
_SEARCHERS = func.count(SearchRow.visitor.distinct()).label("searchers")


_COLUMNS = [column.label(name) for name, column in _SUMS.items()]
_MANY = cast(func.count(), Float)
SORTS: Mapping[str, ColumnElement[Any]] = {
    **{key: _SUMS[key] for key in ("searches", "results", "without", "filtered", "clicks", "adds")},
    "rate": _SUMS["clicked"] / _MANY,
    "rank": func.coalesce(_SUMS["ranks"] / func.nullif(cast(_SUMS["clicks"], Float), 0), 0),
    "revenue": _SUMS["revenue"] / _MANY,
    "missed": _SUMS["searches"] - _SUMS["clicked"],
}
"""What rows may be sorted by."""


def _within(span: Span) -> tuple[ColumnElement[bool], ...]:
    return SearchRow.day >= span.first, SearchRow.day <= span.last, SearchRow.continues.is_(None)


def _figures(span: Span) -> Figures:
    found = db.session.execute(select(_SEARCHERS, *_COLUMNS).where(*_within(span))).one()
    return replace(_read(found), searchers=found.searchers, suggestions=_suggestions(span))


def _days(span: Span) -> tuple[Day, ...]:
    rows = db.session.execute(
        select(SearchRow.day, *(_SUMS[name].label(name) for name in ("searches", "without")))
        .where(*_within(span))
        .group_by(SearchRow.day)
    )
    known = {row.day: Day(row.day, int(row.searches), int(row.without)) for row in rows}
    every = (span.first + timedelta(days=number) for number in range(span.days))
    return tuple(known.get(day) or Day(day, 0, 0) for day in every)


def _rows(wanted: Wanted) -> Page[Words]:
    make = _reworded if wanted.listing is Listing.REWORDED else _words
    statement, names = make(wanted)
    groups = statement.with_only_columns(*names).subquery()
    total = db.session.scalar(select(func.count()).select_from(groups)) or 0
    number = min(wanted.page, max(1, -(-total // wanted.size)))
    column = SORTS[wanted.sort]
    order = (column.desc() if wanted.descending else column.asc(), *names)
    rows = db.session.execute(statement.order_by(*order).limit(wanted.size).offset((number - 1) * wanted.size)).all()
    items = [Words(row.words, _read(row), getattr(row, "then", "")) for row in rows]
    return Page(items, total, number, wanted.size)


Made = tuple[Select[Any], tuple[Any, ...]]
"""A query of rows, and what tells its rows apart."""


def _words(wanted: Wanted) -> Made:
    statement = (
        select(SearchRow.words, *_COLUMNS)
        .where(*_within(wanted.span), *_holding(wanted.text, SearchRow.words))
        .group_by(SearchRow.words)
    )
    if wanted.listing is Listing.NOTHING:
        statement = statement.having(_SUMS["without"] > 0)
    if wanted.listing is Listing.FILTERED:
        statement = statement.having(_SUMS["filtered"] > 0)
    if wanted.listing is Listing.UNCLICKED:
        found = _SUMS["searches"] - _SUMS["without"] - _SUMS["filtered"]
        statement = statement.having(found >= ENOUGH_SEARCHES, _SUMS["clicked"] < FEW_CLICKS * found)
    return statement, (SearchRow.words,)


def _reworded(wanted: Wanted) -> Made:
    first = aliased(SearchRow)
    statement = (
        select(first.words, SearchRow.words.label("then"), *_COLUMNS)
        .join(first, first.id == SearchRow.follows)
        .where(*_within(wanted.span), first.clicks == 0, *_holding(wanted.text, first.words))
        .group_by(first.words, SearchRow.words)
    )
    return statement, (first.words, SearchRow.words)


def _holding(text: str, column: Any) -> list[ColumnElement[bool]]:
    return [column.contains(text, autoescape=True)] if text else []


def _suggestions(span: Span) -> int:
    condition = SuggestionRow.day >= span.first, SuggestionRow.day <= span.last
    return db.session.scalar(select(func.count()).select_from(SuggestionRow).where(*condition)) or 0


def _read(row: Any) -> Figures:
    return Figures(
        searches=int(row.searches),
        without=int(row.without),
        clicked=int(row.clicked),
        clicks=int(row.clicks),
        ranks=int(row.ranks),
        carted=int(row.carted),
        adds=int(row.adds),
        revenue=Money(int(row.revenue), get_settings().currency),
        results=float(row.results),
        filtered=int(row.filtered),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
