"""Where a customer stands with the shop, from how often and when they bought last. Pure.

Recency and frequency of the RFM analysis (Hughes, *Strategic Database Marketing*, 1994), cut by fixed bounds and not by
quintiles: who stands where hangs on what they did, and not on what everybody else did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LOYAL_FROM = 5
"""Orders from which on a customer who still buys counts as loyal."""


class Segment(StrEnum):
    """Where a customer stands. None of them fits two, and everybody fits one."""

    NEVER = "never"
    NEW = "new"
    ACTIVE = "active"
    LOYAL = "loyal"
    COOLING = "cooling"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Days since the last order within which somebody is active, and after which they have lapsed.

    Raises ValueError unless 0 < active < lapsed.
    """

    active_days: int = 90
    lapsed_days: int = 180

    def __post_init__(self) -> None:
        if not 0 < self.active_days < self.lapsed_days:
            raise ValueError("a customer lapses later than they are active")

    def active_since(self, at: datetime) -> datetime:
        """Return the moment from which on a last order makes somebody active."""
        return at - timedelta(days=self.active_days)

    def lapsed_before(self, at: datetime) -> datetime:
        """Return the moment before which a last order makes somebody lapsed."""
        return at - timedelta(days=self.lapsed_days)


def segment_of(orders: int, last_at: datetime | None, *, at: datetime, bounds: Bounds = Bounds()) -> Segment:
    """Return where somebody with so many orders, the last one at `last_at`, stands at a moment."""
    if not orders or last_at is None:
        return Segment.NEVER
    if last_at < bounds.lapsed_before(at):
        return Segment.LAPSED
    if last_at < bounds.active_since(at):
        return Segment.COOLING
    if orders == 1:
        return Segment.NEW
    return Segment.LOYAL if orders >= LOYAL_FROM else Segment.ACTIVE
