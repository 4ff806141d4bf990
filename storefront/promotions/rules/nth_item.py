"""第二件半价 and its kin: every nth item at a percentage off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from storefront.pricing.label import FactValue
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules.benefits import ON_ITEMS, Step, check_percentage, check_times, dearest_step, share_of
from storefront.promotions.rules.conditions import Shortfall
from storefront.promotions.rules.pieces import Takings, Together, Unit, free_units, groups_of, pieces_of, room_of
from storefront.promotions.rules.scope import Scope
from storefront.promotions.rules.units import Goods, Reduction


@dataclass(frozen=True, slots=True)
class NthItem:
    """第二件半价: of every `nth` items, dearest first, the last is `basis_points` off (10,000 is free)."""

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
        for _, group in groups_of(goods, self.together):
            for unit, nths, used in self._picks(free_units(group)):
                takings.take((*unit[:3], nths), min(share_of(unit[0], self.basis_points), room_of(goods, unit)))
                takings.take((*unit[:3], used - nths))
                times += nths
        return takings.reduction(("times", times))

    def bound(self, goods: Goods, on: Stage) -> int:
        return sum(
            nths * share_of(unit[0], self.basis_points)
            for _, group in groups_of(goods, self.together)
            for unit, nths, _ in self._picks(free_units(group))
        )

    def promise(self, goods: Goods, subtotal: int, on: Stage) -> int:
        reduction = self.reduce(goods, on)
        return reduction.amount if reduction else 0

    def next_step(self, goods: Goods) -> Step | None:
        return dearest_step(self._step(*group) for group in groups_of(goods, self.together))

    def facts(self) -> Mapping[str, FactValue]:
        facts: dict[str, FactValue] = {"nth": self.nth, "basis_points": self.basis_points}
        facts["together"] = self.together.value
        return facts | ({"most_times": self.most_times} if self.most_times else {})

    def _picks(self, units: list[Unit]) -> Iterator[tuple[Unit, int, int]]:
        """Walk units dearest first; yield a unit, how many of its pieces are nth ones, and how many are used."""
        whole = pieces_of(units) // self.nth
        times = whole if self.most_times is None else min(whole, self.most_times)
        end, seen = times * self.nth, 0
        for unit in units:
            used = min(unit[3], end - seen)
            if used <= 0:
                return
            yield unit, (seen + used) // self.nth - seen // self.nth, used
            seen += used

    def _step(self, scope: Scope | None, group: Goods) -> Step | None:
        units = free_units(group)
        whole, begun = divmod(pieces_of(units), self.nth)
        if not begun or (self.most_times is not None and whole >= self.most_times):
            return None
        cheapest, missing = units[-1], self.nth - begun
        gain = min(share_of(cheapest[0], self.basis_points), room_of(group, cheapest))
        return Step(Shortfall(self.nth, begun), gain, missing * cheapest[0], scope)
