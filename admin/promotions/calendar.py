"""Pure: which promotions get in each other's way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from storefront.pricing.snapshot import Stage
from storefront.promotions.rules import Promotion
from storefront.promotions.rules.goods import Marked


@dataclass(frozen=True, slots=True)
class Clash:
    """Two promotions that run at the same time on some of the same goods, and cannot both apply to them."""

    first: int
    second: int
    is_exclusive: bool
    """One of them stands alone only."""


def clashes(promotions: Sequence[tuple[Promotion, Marked]]) -> list[Clash]:
    """Return the pairs that get in each other's way; each promotion comes with the goods that it reaches."""
    found = []
    for (one, goods), (other, others) in combinations(promotions, 2):
        if not _meet(one, other) or not (goods & others).any():
            continue
        alone = one.exclusive or other.exclusive
        both_items = one.stage is Stage.ITEM and other.stage is Stage.ITEM
        if alone or both_items or not one.combines(other):
            found.append(Clash(one.id, other.id, alone))
    return found


def _meet(one: Promotion, other: Promotion) -> bool:
    begins_in_time = one.starts_at is None or other.ends_at is None or one.starts_at < other.ends_at
    ends_late_enough = other.starts_at is None or one.ends_at is None or other.starts_at < one.ends_at
    return begins_in_time and ends_late_enough
