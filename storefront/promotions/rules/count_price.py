"""N 件 M 元: any so many pieces for one price."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from storefront.kernel.money import Money
from storefront.pricing.label import FactValue
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules.benefits import ON_ITEMS, Step, check_count, check_positive, check_times, dearest_step
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
    last_pieces,
    least_of,
    pieces_of,
    room_of,
    worth_of,
)
from storefront.promotions.rules.scope import Scope
from storefront.promotions.rules.units import Goods, Reduction


@dataclass(frozen=True, slots=True)
class CountPrice:
    """任选 N 件 M 元: every `count` pieces, dearest first, cost `price` together; cheaper sets stay as they are.

    `together` says which pieces count together. `most_times` holds for the whole order: of all groups, those sets
    count that save most.
    """

    count: int
    price: Money
    together: Together = Together.SCOPE
    most_times: int | None = None

    kind: ClassVar[str] = "count_price"
    falls_on: ClassVar[frozenset[Stage]] = ON_ITEMS
    rank: ClassVar[int] = 0

    def __post_init__(self) -> None:
        check_count(self.count)
        check_positive(self.price)
        check_times(self.most_times)

    def reduce(self, goods: Goods, on: Stage) -> Reduction | None:
        takings, times = Takings(goods), 0
        for units, alike in self._best(goods, partial(self._saving, goods)):
            if takings.share(units, self._off(units), alike):
                times += alike
        return takings.reduction(("times", times))

    def bound(self, goods: Goods, on: Stage) -> int:
        saved = sum([self._off(units) * alike for units, alike in self._best(goods, self._off)])
        return min(saved, goods.room)

    def promise(self, goods: Goods, subtotal: int, on: Stage) -> int:
        reduction = self.reduce(goods, on)
        return reduction.amount if reduction else 0

    def next_step(self, goods: Goods) -> Step | None:
        sets = grouped_sets(goods, self.together, self.count) if self.most_times else ()
        displaced = least_of(sets, self.most_times, partial(self._saving, goods))
        return dearest_step((self._step(*group) for group in groups_of(goods, self.together)), displaced)

    def facts(self) -> Mapping[str, FactValue]:
        facts: dict[str, FactValue] = {"count": self.count, "price": self.price, "together": self.together.value}
        return facts | ({"most_times": self.most_times} if self.most_times else {})

    def _best(self, goods: Goods, saving: Callable[[list[Unit]], int]) -> list[Set]:
        """Return the sets that count: all, or the best of all groups where their number is limited."""
        return best_sets(grouped_sets(goods, self.together, self.count), self.most_times, saving)

    def _off(self, units: list[Unit]) -> int:
        """Return how much more than the price of a set these pieces cost."""
        return max(0, worth_of(units) - self.price.minor)

    def _saving(self, goods: Goods, units: list[Unit]) -> int:
        return min(self._off(units), sum([unit[3] * room_of(goods, unit) for unit in units]))

    def _step(self, scope: Scope | None, group: Goods) -> Step | None:
        units = free_units(group)
        begun = pieces_of(units) % self.count
        if not begun:
            return None
        rest, cheapest, missing = last_pieces(units, begun), units[-1], self.count - begun
        cost = missing * cheapest[0]
        room = sum([unit[3] * room_of(group, unit) for unit in rest]) + missing * room_of(group, cheapest)
        gain = max(0, min(worth_of(rest) + cost - self.price.minor, room))
        return Step(Shortfall(self.count, begun), gain, cost, scope)
