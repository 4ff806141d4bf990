"""Pure: what a chart shows, as a value that a page carries to the script that draws it, and as a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from storefront.figures.queries import Day
from storefront.figures.rules import DEFINITIONS, Key, Kind, Sums, total
from storefront.kernel.money import digits_of


@dataclass(frozen=True, slots=True)
class Point:
    """A day, or some days, of a chart."""

    first: date
    last: date
    sums: Sums


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart of one figure over some days, beside as many days before where there were any."""

    key: Key
    points: tuple[Point, ...]
    before: tuple[Point, ...]
    looks: str = "bars"

    @property
    def title(self) -> str:
        return DEFINITIONS[self.key].name

    @property
    def kind(self) -> Kind:
        return DEFINITIONS[self.key].kind

    @property
    def ends(self) -> tuple[Point, Point] | None:
        """Return the points where the figure is highest and lowest; None where there is nothing."""
        known = [point for point in self.points if point.sums.value(self.key) is not None]
        if not any(point.sums.value(self.key) for point in known):
            return None

        def height(point: Point) -> float:
            return point.sums.value(self.key) or 0

        return max(known, key=height), min(known, key=height)

    def data(self, currency: str, words: Callable[[date], str]) -> str:
        """Return everything to draw as JSON: labels and values, amounts in whole units of the currency."""
        return json.dumps(
            {
                "kind": self.kind.value,
                "looks": self.looks,
                "currency": currency,
                "labels": [_label(point, words) for point in self.points],
                "values": self._values(self.points, currency),
                "beforeLabels": [_label(point, words) for point in self.before],
                "before": self._values(self.before, currency),
            },
            separators=(",", ":"),
        )

    def _values(self, points: Sequence[Point], currency: str) -> list[float | None]:
        scale = {Kind.MONEY: 10 ** digits_of(currency), Kind.SHARE: 0.01}.get(self.kind, 1)
        found = [point.sums.value(self.key) for point in points]
        return [None if value is None else round(value / scale, 4) for value in found]


def points_of(groups: Sequence[Sequence[Day]]) -> tuple[Point, ...]:
    """Return a point for each group of days."""
    return tuple(Point(group[0].day, group[-1].day, total(each.sums for each in group)) for group in groups)


def _label(point: Point, words: Callable[[date], str]) -> str:
    first = words(point.first)
    return first if point.first == point.last else f"{first} – {words(point.last)}"
