"""Pure: a bar chart as geometry, for a template that writes it as SVG. Bars begin at zero; the page has the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 480, 190
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 12, 26
STEPS = 4
GAP = 0.28
"""The share of a day's width that stays free between two bars."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle, in the chart's own units; `index` is the point it stands for."""

    index: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across at `y`, for `value`."""

    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A label below the bars, in the middle of bar `index`."""

    index: int
    x: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything to draw."""

    width: int
    height: int
    left: int
    right: int
    baseline: float
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]


def bar_chart(values: Sequence[int], *, marks_every: int = 7, highest: int = 0) -> Chart:
    """Lay out one bar per value (none negative). The axis ends at `highest`, or else at a round number at or above the
    largest value.
    """
    if any(value < 0 for value in values):
        raise ValueError("bars stand on zero")
    highest = highest or round_up(max(values, default=0))
    baseline = float(HEIGHT - BOTTOM)
    step = (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    scale = (baseline - TOP) / highest
    bars = tuple(
        Bar(
            index=index,
            x=round(LEFT + step * (index + GAP / 2), 2),
            y=round(baseline - value * scale, 2),
            width=round(step * (1 - GAP), 2),
            height=round(value * scale, 2),
        )
        for index, value in enumerate(values)
    )
    ticks = tuple(
        Tick(round(baseline - highest * part / STEPS * scale, 2), highest * part // STEPS) for part in range(STEPS + 1)
    )
    last = len(values) - 1
    marks = tuple(
        Mark(index, round(LEFT + step * (index + 0.5), 2))
        for index in range(len(values))
        if (last - index) % marks_every == 0
    )
    return Chart(WIDTH, HEIGHT, LEFT, WIDTH - RIGHT, baseline, bars, ticks, marks)


def round_up(value: int) -> int:
    """Return the next of 4, 8, 12, 16, 20, 24, 32, 40, 80, ... at or above `value`: it falls into four whole steps."""
    size = 1
    while True:
        for head in (4, 8, 12, 16, 20, 24, 32):
            if head * size >= value:
                return head * size
        size *= 10
