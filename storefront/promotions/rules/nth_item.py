"""第二件半价 and its kin: every nth item at a percentage off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from storefront.pricing.label import FactValue
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules.benefits import ON_ITEMS, Step, check_percentage, check_times, dearest_step, share_of
from storefront.promotions.rules.conditions import Shortfall
from storefront.promotions.rules.pieces import (
    Set,
    Takings,
    Together,
    Unit,
    best_sets,
    free_units,
    grouped_sets,
    groups_of,
    least_of,
    pieces_of,
    room_of,
)
from storefront.promotions.rules.scope import Scope
from storefront.promotions.rules.units import Goods, Reduction


@dataclass(frozen=True, slots=True)
class NthItem:
    """第二件半价: of every `nth` items, dearest first, the last is `basis_points` off (10,000 is free).

    `together` says which items count together. `most_times` holds for the whole order: of all groups, those sets count
    that save most.
    """

    nth: int
    basis_points: int
    together: Together = Together.SCOPE
    most_times: int | None = None

    kind: ClassVar[str] = "nth_item"
    falls_on: ClassVar[frozenset[Stage]] = ON_ITEMS
    rank: ClassVar[int] = 0

    def __post_init__(self) -> None:
        if not 2 <= self.nth <= 100:
            raise ValueError("the nth item is the 2nd to the 100th")
        check_percentage(self.basis_points)
        check_times(self.most_times)

    def reduce(self, goods: Goods, on: Stage) -> Reduction | None:
        takings, times = Takings(goods), 0
        for unit, nths, used in self._picks(self._best(goods, partial(self._saving, goods))):
            takings.take((*unit[:3], nths), self._saving(goods, [unit]))
            takings.take((*unit[:3], used - nths))
            times += nths
        return takings.reduction(("times", times))

    def bound(self, goods: Goods, on: Stage) -> int:
        return sum([self._share(units) * alike for units, alike in self._best(goods, self._share)])

    def promise(self, goods: Goods, subtotal: int, on: Stage) -> int:
        reduction = self.reduce(goods, on)
        return reduction.amount if reduction else 0

    def next_step(self, goods: Goods) -> Step | None:
        sets = grouped_sets(goods, self.together, self.nth) if self.most_times else ()
        displaced = least_of(sets, self.most_times, partial(self._saving, goods))
        return dearest_step((self._step(*group) for group in groups_of(goods, self.together)), displaced)

    def facts(self) -> Mapping[str, FactValue]:
        facts: dict[str, FactValue] = {"nth": self.nth, "basis_points": self.basis_points}
        facts["together"] = self.together.value
        return facts | ({"most_times": self.most_times} if self.most_times else {})

    def _best(self, goods: Goods, saving: Callable[[list[Unit]], int]) -> list[Set]:
        """Return the sets that count: all, or the best of all groups where their number is limited."""
        return best_sets(grouped_sets(goods, self.together, self.nth), self.most_times, saving)

    def _share(self, units: list[Unit]) -> int:
        """Return what the last piece of a set would cost less, whatever its minimum price is."""
        return share_of(units[-1][0], self.basis_points)

    def _saving(self, goods: Goods, units: list[Unit]) -> int:
        return min(self._share(units), room_of(goods, units[-1]))

    def _picks(self, sets: Iterable[Set]) -> Iterator[tuple[Unit, int, int]]:
        """Yield each unit of these sets, how many of its pieces are nth ones, and how many are used."""
        found: dict[tuple[int, int], tuple[Unit, int, int]] = {}
        for units, alike in sets:
            for unit in units:
                _, nths, used = found.get(unit[1:3], (unit, 0, 0))
                nths += alike if unit is units[-1] else 0
                found[unit[1:3]] = (unit, nths, used + unit[3] * alike)
        yield from found.values()

    def _step(self, scope: Scope | None, group: Goods) -> Step | None:
        units = free_units(group)
        begun = pieces_of(units) % self.nth
        if not begun:
            return None
        cost = (self.nth - begun) * units[-1][0]
        return Step(Shortfall(self.nth, begun), self._saving(group, units[-1:]), cost, scope)
