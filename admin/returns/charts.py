"""Pure: why goods come back, as bars beside their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, ROW, NAMES, COUNTS = 640, 36, 240, 70


@dataclass(frozen=True, slots=True)
class Bar:
    """One reason: `width` of the bar is in proportion to its pieces, from nothing on."""

    reason: str
    count: int
    share: float
    y: int
    width: float


@dataclass(frozen=True, slots=True)
class Bars:
    """The drawing, so wide and high; the bars begin at `left`."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    left: int


def bars_of(reasons: Sequence[tuple[str, int]]) -> Bars:
    """Return the bars of (reason, pieces), in the order given."""
    most, total = max((count for _, count in reasons), default=0), sum(count for _, count in reasons)
    room = WIDTH - NAMES - COUNTS
    bars = tuple(
        Bar(reason, count, count / total, place * ROW + 8, round(room * count / most, 1))
        for place, (reason, count) in enumerate(reasons)
    )
    return Bars(bars, WIDTH, max(1, len(bars)) * ROW + 8, NAMES)
