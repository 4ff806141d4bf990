"""Pure: which days a report looks at, and days or weeks as points of a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from storefront.analytics.reports import Day, Span

USUAL = 30
CHOICES = (7, 30, 90)
LONGEST = 400
EARLIEST = date(2000, 1, 1)
"""Nobody kept anything before."""
MOST_POINTS = 92
"""Beyond so many days a point of the chart is a week."""
MARKS = 6


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Point:
    """One day, or some days, of a chart."""

    first: date
    last: date
    searches: int
    without: int

    @property
    def per_mille(self) -> int:
        """The share without results, in thousandths."""
        return round(1000 * self.without / self.searches) if self.searches else 0


def span_of(first: date | None, last: date | None, days: int, today: date) -> Span:
    """Return the days between `first` and `last`, whichever is earlier, at most LONGEST and none to come; without them,
    the last `days`."""
    if first and last:
        first, last = min(first, last), max(first, last)
    end = max(min(last or today, today), EARLIEST)
    start = max(min(first or end - timedelta(days=days - 1), end), EARLIEST - timedelta(days=LONGEST))
    return Span(max(start, end - timedelta(days=LONGEST - 1)), end)


def points_of(days: Sequence[Day]) -> list[Point]:
    """Return a point for each day, or for each seven where there are many; the last one ends with the last day."""
    return [
        Point(
            group[0].day,
            group[-1].day,
            sum(day.searches for day in group),
            sum(day.without for day in group),
        )
        for group in groups_of(days)
    ]


def groups_of(days: Sequence[T]) -> list[Sequence[T]]:
    """Return each day for itself, or where there are many each seven together, the last seven last."""
    size = 1 if len(days) <= MOST_POINTS else 7
    odd = len(days) % size
    groups = [days[:odd]] if odd else []
    return groups + [days[place : place + size] for place in range(odd, len(days), size)]


def marks_every(count: int) -> int:
    """Return after how many points there is a label, so that about MARKS fit below a chart."""
    return 7 if MARKS * 4 < count <= MARKS * 7 else max(1, -(-count // MARKS))
