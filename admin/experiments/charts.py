"""Pure: intervals as geometry, for a template that writes them as SVG. The page has the table beneath."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 480
ROW, TOP, BOTTOM = 34, 8, 26
LEFT, RIGHT = 150, 12
HEIGHT, AXIS = 190, 56
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Interval:
    """A value between two bounds; `label` says of what."""

    label: str
    low: float
    value: float
    high: float


@dataclass(frozen=True, slots=True)
class Whisker:
    """One interval in the chart's own units: `at` is its place on the other axis."""

    index: int
    at: float
    low: float
    value: float
    high: float
    is_shown: bool
    """Whether it leaves out zero."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line at `at`, for `value`."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Whiskers:
    """Everything to draw."""

    width: int
    height: int
    first: int
    last: int
    zero: float
    whiskers: tuple[Whisker, ...]
    ticks: tuple[Tick, ...]


def forest(intervals: Sequence[Interval]) -> Whiskers:
    """Lay out one line across for each interval, zero and all of them in view; what is not finite is left out."""
    ticks, place = _scale(intervals, float(LEFT), float(WIDTH - RIGHT))
    rows = [(index, each) for index, each in enumerate(intervals) if _is_finite(each)]
    return Whiskers(
        width=WIDTH,
        height=TOP + ROW * len(intervals) + BOTTOM,
        first=TOP,
        last=TOP + ROW * len(intervals),
        zero=place(0.0),
        whiskers=tuple(_whisker(index, each, TOP + ROW * (index + 0.5), place) for index, each in rows),
        ticks=ticks,
    )


def by_day(intervals: Sequence[Interval]) -> Whiskers:
    """Lay out one line upwards for each day."""
    ticks, place = _scale(intervals, float(HEIGHT - BOTTOM), float(TOP))
    step = (WIDTH - AXIS - RIGHT) / max(len(intervals), 1)
    rows = [(index, each) for index, each in enumerate(intervals) if _is_finite(each)]
    return Whiskers(
        width=WIDTH,
        height=HEIGHT,
        first=AXIS,
        last=WIDTH - RIGHT,
        zero=place(0.0),
        whiskers=tuple(_whisker(index, each, round(AXIS + step * (index + 0.5), 2), place) for index, each in rows),
        ticks=ticks,
    )


class _Place:
    """From values to the chart's own units."""

    def __init__(self, low: float, high: float, start: float, stop: float) -> None:
        self._low, self._start = low, start
        self._unit = (stop - start) / (high - low)

    def __call__(self, value: float) -> float:
        return round(self._start + (value - self._low) * self._unit, 2)


def _scale(intervals: Iterable[Interval], start: float, stop: float) -> tuple[tuple[Tick, ...], _Place]:
    ends = [end for each in intervals if _is_finite(each) for end in (each.low, each.high)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    step = _step(high - low or 1.0)
    first, last = math.floor(low / step), math.ceil(high / step)
    last += last == first
    place = _Place(first * step, last * step, start, stop)
    return tuple(Tick(place(number * step), number * step) for number in range(first, last + 1)), place


def _step(length: float) -> float:
    """Return a round number that divides a length into about four parts."""
    rough = length / 4
    size = 10.0 ** math.floor(math.log10(rough))
    return next(step * size for step in STEPS if step * size >= rough * 0.999)


def _whisker(index: int, each: Interval, at: float, place: _Place) -> Whisker:
    shown = each.low > 0 or each.high < 0
    return Whisker(index, at, place(each.low), place(each.value), place(each.high), shown)


def _is_finite(each: Interval) -> bool:
    return all(math.isfinite(number) for number in (each.low, each.value, each.high))
