"""The one way to read what became of shelves: `shelf_report`. Everything counts on the day a shelf was shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from storefront.analytics.models import OrderRow
from storefront.analytics.reports import Span
from storefront.analytics.rules import rate_interval
from storefront.analytics.shelf_sums import (
    Borders,
    Key,
    Range,
    ShelfSums,
    SourceSums,
    folded,
    gather,
    gather_counts,
    gather_sources,
    gather_visitors,
    merged,
    read_borders,
)
from storefront.database.base import db
from storefront.kernel.money import Money
from storefront.shop.queries import get_settings


class ShelfListing(StrEnum):
    """What a report tells apart."""

    SHELVES = "shelves"
    VERSIONS = "versions"
    """The models that chose the goods."""
    SOURCES = "sources"
    """Where each of the goods came from."""
    VARIATIONS = "variations"
    """What visitors of each variation of an experiment were shown; what everybody sees is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelvesWanted:
    """What a report should hold; `sort` is a key of SORTS, `shelf` the only one that is asked for, "" all of them."""

    span: Span
    listing: ShelfListing = ShelfListing.SHELVES
    shelf: str = ""
    sort: str = "viewed"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class ShelfFigures:
    """Sums, and what follows from them beside what the whole shop sold on these days."""

    sums: ShelfSums
    shop: Money

    @property
    def impressions(self) -> int:
        """Shelves that had goods on them."""
        return self.sums.requests - self.sums.empty

    @property
    def view_rate(self) -> float | None:
        return _share(self.sums.viewed, self.impressions)

    @property
    def click_rate(self) -> float | None:
        return _share(self.sums.clicked, self.sums.viewed)

    @property
    def click_interval(self) -> tuple[float, float] | None:
        return rate_interval(self.sums.clustered)

    @property
    def mean_rank(self) -> float | None:
        return _share(self.sums.ranks, self.sums.clicks)

    @property
    def add_rate(self) -> float | None:
        return _share(self.sums.carted, self.sums.viewed)

    @property
    def revenue(self) -> Money:
        return Money(self.sums.revenue_minor, self.shop.currency)

    @property
    def revenue_share(self) -> float | None:
        return _share(self.sums.revenue_minor, self.shop.minor)


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """Sums over goods, and what follows from them."""

    sums: SourceSums
    shop: Money

    @property
    def click_rate(self) -> float | None:
        return _share(self.sums.clicks, self.sums.viewed)

    @property
    def mean_rank(self) -> float | None:
        return _share(self.sums.ranks, self.sums.clicks)

    @property
    def revenue(self) -> Money:
        return Money(self.sums.revenue_minor, self.shop.currency)

    @property
    def revenue_share(self) -> float | None:
        return _share(self.sums.revenue_minor, self.shop.minor)


@dataclass(frozen=True, slots=True)
class ShelfDay:
    """How many shelves were seen on a day, and of how many something was opened."""

    day: date
    viewed: int
    clicked: int
    impressions: int = 0
    empty: int = 0


@dataclass(frozen=True, slots=True)
class ShelfLine:
    """One shelf, or one version, source or "experiment:variation" of it (`part`)."""

    shelf: str
    part: str
    figures: ShelfFigures | SourceFigures


@dataclass(frozen=True, slots=True)
class ShelfReport:
    """Figures of the days asked for and of as many before, every day, and the lines of one list."""

    figures: ShelfFigures
    before: ShelfFigures
    days: tuple[ShelfDay, ...]
    lines: tuple[ShelfLine, ...]
    shelves: tuple[str, ...]
    """Every shelf that was answered on these days, to choose one of."""


SORTS: dict[str, Callable[[ShelfLine], Any]] = {
    "requests": lambda line: getattr(line.figures.sums, "requests", 0),
    "shown": lambda line: getattr(line.figures.sums, "shown", 0),
    "empty": lambda line: getattr(line.figures.sums, "empty", 0),
    "viewed": lambda line: line.figures.sums.viewed,
    "clicks": lambda line: line.figures.sums.clicks,
    "rate": lambda line: line.figures.click_rate or 0.0,
    "rank": lambda line: line.figures.mean_rank or 0.0,
    "adds": lambda line: line.figures.sums.adds,
    "purchases": lambda line: line.figures.sums.purchases,
    "revenue": lambda line: line.figures.sums.revenue_minor,
}
"""What lines may be sorted by; there are few of them, so they are sorted here."""


def shelf_report(wanted: ShelvesWanted) -> ShelfReport:
    """Return what was shown on shelves, and what came of it until now."""
    execute, span = db.session.execute, wanted.span
    borders, asked = read_borders(execute), Range(span.first, span.last, wanted.shelf)
    shop, shop_before = _sold(span), _sold(span.before())
    each = gather_counts(execute, Range(span.first, span.last), ("day", "shelf"), borders)
    own = {key: sums for key, sums in each.items() if wanted.shelf in ("", key[1])}
    total = merged([folded(own, lambda _day, _shelf: ()), gather_visitors(execute, asked, (), borders)])
    before = Range(span.before().first, span.before().last, wanted.shelf)
    return ShelfReport(
        figures=ShelfFigures(total.get((), ShelfSums()), shop),
        before=ShelfFigures(gather(execute, before, (), borders).get((), ShelfSums()), shop_before),
        days=_days(span, folded(own, lambda day, _shelf: (day,))),
        lines=_sorted(wanted, _lines(wanted, shop, folded(own, lambda _day, shelf: (shelf,)), borders)),
        shelves=tuple(sorted({shelf for _day, shelf in each})),
    )


def _sold(span: Span) -> Money:
    """Return what the goods of all counted orders of these days came to after discounts."""
    within = OrderRow.day >= span.first, OrderRow.day <= span.last, OrderRow.is_undone.is_(False)
    minor = db.session.scalar(select(func.coalesce(func.sum(OrderRow.revenue_minor), 0)).where(*within))
    return Money(int(minor or 0), get_settings().currency)


def _days(span: Span, found: Mapping[Key, ShelfSums]) -> tuple[ShelfDay, ...]:
    every = (span.first + timedelta(days=number) for number in range(span.days))
    return tuple(_day(day, found.get((day,), ShelfSums())) for day in every)


def _day(day: date, sums: ShelfSums) -> ShelfDay:
    return ShelfDay(day, sums.viewed, sums.clicked, sums.requests - sums.empty, sums.empty)


def _lines(wanted: ShelvesWanted, shop: Money, by_shelf: dict[Key, ShelfSums], borders: Borders) -> list[ShelfLine]:
    execute, asked = db.session.execute, Range(wanted.span.first, wanted.span.last, wanted.shelf)
    if wanted.listing is ShelfListing.SOURCES:
        sources = gather_sources(execute, asked, borders)
        return [ShelfLine(shelf, source, SourceFigures(sums, shop)) for (shelf, source), sums in sources.items()]
    if wanted.listing is ShelfListing.VERSIONS:
        versions = gather(execute, asked, ("shelf", "model_version"), borders)
        return [ShelfLine(shelf, version, ShelfFigures(sums, shop)) for (shelf, version), sums in versions.items()]
    if wanted.listing is ShelfListing.VARIATIONS:
        found = gather(execute, asked, ("shelf", "experiment", "variation"), borders)
        return [
            ShelfLine(shelf, f"{experiment}:{variation}", ShelfFigures(sums, shop))
            for (shelf, experiment, variation), sums in found.items()
            if experiment
        ]
    shelves = merged([by_shelf, gather_visitors(execute, asked, ("shelf",), borders)])
    return [ShelfLine(shelf, "", ShelfFigures(sums, shop)) for (shelf,), sums in shelves.items()]


def _sorted(wanted: ShelvesWanted, lines: list[ShelfLine]) -> tuple[ShelfLine, ...]:
    lines.sort(key=lambda line: (line.shelf, line.part))
    return tuple(sorted(lines, key=SORTS[wanted.sort], reverse=wanted.descending))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
