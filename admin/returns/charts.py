"""Pure: why goods come back, as bars below their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One reason; `length` is in proportion to its pieces, that of the most frequent one is 100."""

    reason: str
    count: int
    share: float
    length: float


def bars_of(reasons: Sequence[tuple[str, int]]) -> tuple[Bar, ...]:
    """Return the bars of (reason, pieces), in the order given."""
    most, total = max((count for _, count in reasons), default=0), sum(count for _, count in reasons)
    return tuple(Bar(reason, count, count / total, round(100 * count / most, 1)) for reason, count in reasons)
