"""Lines on a sheet: a small SVG that reads in light and dark, drawn without a library."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

WIDE, HIGH, EDGE = 360, 240, 48
COLOURS = ("#2563eb", "#d97706")


@dataclass(frozen=True, slots=True)
class Series:
    """One line: (x, y) points in ascending x, both from nought."""

    name: str
    points: list[tuple[float, float]]


def chart(title: str, series: list[Series]) -> str:
    """Return an SVG with one panel per series, side by side, on a common y axis that begins at nought."""
    top = max(y for one in series for _, y in one.points) * 1.1
    panels = "".join(_panel(one, number, top) for number, one in enumerate(series))
    wide, high = WIDE * len(series), HIGH + 30
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img" aria-label="{escape(title)}" '
        'font-family="system-ui, sans-serif" font-size="11" fill="#6b7280">'
        f'<text x="{EDGE}" y="16" font-size="13">{escape(title)}</text>{panels}</svg>\n'
    )


def _panel(series: Series, number: int, top: float) -> str:
    left, right = number * WIDE + EDGE, (number + 1) * WIDE - 16
    floor, ceiling = HIGH - 8, 34
    widest = max(x for x, _ in series.points)
    at = [(left + (right - left) * x / widest, floor - (floor - ceiling) * y / top, x, y) for x, y in series.points]
    colour = COLOURS[number % len(COLOURS)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in at)
    marks = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
        f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle">{cost:.1f}</text>'
        f'<text x="{x:.1f}" y="{floor + 14}" text-anchor="middle">{_short(size)}</text>'
        for x, y, size, cost in at
    )
    return (
        f'<path d="M{left} {ceiling}V{floor}H{right}" fill="none" stroke="#9ca3af"/>'
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>{marks}'
        f'<text x="{(left + right) / 2}" y="{HIGH + 22}" text-anchor="middle">{escape(series.name)}</text>'
    )


def _short(value: float) -> str:
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"
