"""Pure: lines over time as geometry, for a template that writes them as SVG. Zero is at the bottom; a table has all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

WIDTH, HEIGHT = 480, 210
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 14, 28
STEPS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One series: its points as (x, y, index), and a path through them."""

    name: str
    path: str
    points: tuple[tuple[float, float, int], ...]


@dataclass(frozen=True, slots=True)
class LineChart:
    """Everything to draw; `ticks` are (y, value), `marks` (x, index) below the lines."""

    width: int
    height: int
    left: int
    right: int
    ticks: tuple[tuple[float, float], ...]
    marks: tuple[tuple[float, int], ...]
    lines: tuple[Line, ...]


def line_chart(series: Mapping[str, Sequence[float | None]], *, most_marks: int = 4) -> LineChart | None:
    """Lay out series of equal length over the same points; None where no point has a value.

    A gap (None) breaks the line. The axis ends at the next fifth at or above the largest value.
    """
    length = max((len(values) for values in series.values()), default=0)
    highest = max((value for values in series.values() for value in values if value is not None), default=None)
    if highest is None or not length:
        return None
    top = max(0.2, ceil(highest * 5) / 5)
    base, right = float(HEIGHT - BOTTOM), WIDTH - RIGHT
    step = (right - LEFT) / max(length - 1, 1)
    xs = [round(LEFT + step * place, 2) if length > 1 else round((LEFT + right) / 2, 2) for place in range(length)]
    lines = []
    for name, values in series.items():
        points = [
            (xs[at], round(base - value / top * (base - TOP), 2), at)
            for at, value in enumerate(values)
            if value is not None
        ]
        if points:
            lines.append(Line(name, _path(points), tuple(points)))
    every = max(1, ceil(length / most_marks))
    marks = tuple((xs[at], at) for at in range(length) if (length - 1 - at) % every == 0)
    ticks = tuple((round(base - (base - TOP) * part / STEPS, 2), top * part / STEPS) for part in range(STEPS + 1))
    return LineChart(WIDTH, HEIGHT, LEFT, right, ticks, marks, tuple(lines))


def _path(points: Sequence[tuple[float, float, int]]) -> str:
    parts, last = [], None
    for x, y, at in points:
        parts.append(f"{'L' if last == at - 1 else 'M'}{x} {y}")
        last = at
    return "".join(parts)
