"""Pure: what shoppers wrote down, and whether the shop says the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta

CREDITED = timedelta(days=7)
"""For so long a shelf is credited with what was opened on it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A visit as it was: the shelf that was seen, what was opened on it, and what was bought, with what was paid."""

    after: timedelta
    anchor: int
    shelf: tuple[int, ...]
    opened: tuple[int, ...]
    bought: tuple[int, ...]
    paid_minor: int


@dataclass(frozen=True, slots=True)
class Diary:
    """What one shopper wrote down. `arm` is where their browser's number puts them, "" for nowhere."""

    shopper: int
    arm: str
    visits: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """What an arm comes to, by the diaries or by the shop; money in minor units, goods without delivery.

    `buyers` are visitors who bought at all. `seen` counts shelves that were seen, `used` those of which something was
    opened, `clicks` what was opened; `credited` is the revenue of goods opened on the shelf up to a week before.
    """

    visitors: int = 0
    buyers: int = 0
    orders: int = 0
    units: int = 0
    revenue: int = 0
    seen: int = 0
    used: int = 0
    clicks: int = 0
    credited: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, name) + getattr(other, name) for name in NAMES))


NAMES = tuple(one.name for one in fields(Sums))


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of one arm on both sides."""

    arm: str
    name: str
    diary: int
    shop: int

    @property
    def agrees(self) -> bool:
        return self.diary == self.shop


def sums_of(diary: Diary, prices: Mapping[int, int]) -> Sums:
    """Return what one diary comes to; `prices` are those of wares in minor units."""
    opened: dict[int, timedelta] = {}
    credited = 0
    for visit in diary.visits:
        opened |= dict.fromkeys(visit.opened, visit.after)
        credited += sum(
            prices[ware] for ware in visit.bought if ware in opened and visit.after - opened[ware] <= CREDITED
        )
    orders = [visit for visit in diary.visits if visit.bought]
    return Sums(
        visitors=1,
        buyers=int(bool(orders)),
        orders=len(orders),
        units=sum(len(visit.bought) for visit in orders),
        revenue=sum(visit.paid_minor for visit in orders),
        seen=sum(bool(visit.shelf) for visit in diary.visits),
        used=sum(bool(visit.opened) for visit in diary.visits),
        clicks=sum(len(visit.opened) for visit in diary.visits),
        credited=credited,
    )


def by_arm(diaries: Iterable[Diary], prices: Mapping[int, int]) -> dict[str, Sums]:
    """Return what diaries come to, arm by arm; whoever is in none is left out."""
    found: dict[str, Sums] = {}
    for diary in diaries:
        if diary.arm:
            found[diary.arm] = found.get(diary.arm, Sums()) + sums_of(diary, prices)
    return found


def compare(arms: Iterable[str], diaries: Mapping[str, Sums], shop: Mapping[str, Sums]) -> list[Line]:
    """Return every figure of every arm as both sides have it."""
    nothing = Sums()
    return [
        Line(arm, name, getattr(diaries.get(arm, nothing), name), getattr(shop.get(arm, nothing), name))
        for arm in arms
        for name in NAMES
    ]
