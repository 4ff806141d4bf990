"""多件折扣: the more pieces, the greater the percentage off all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from storefront.pricing.label import FactValue
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules.benefits import (
    ON_ITEMS,
    Step,
    check_count,
    check_percentage,
    dearest_step,
    share_of,
)
from storefront.promotions.rules.conditions import Shortfall
from storefront.promotions.rules.pieces import (
    Takings,
    Together,
    Unit,
    free_units,
    groups_of,
    pieces_of,
    room_of,
)
from storefront.promotions.rules.scope import Scope
from storefront.promotions.rules.units import Goods, Reduction


@dataclass(frozen=True, slots=True)
class CountRung:
    """One rung: from `count` pieces on, every piece is `basis_points` off."""

    count: int
    basis_points: int

    def __post_init__(self) -> None:
        check_count(self.count)
        check_percentage(self.basis_points)


@dataclass(frozen=True, slots=True)
class CountLadder:
    """多件折扣: 2 pieces 10 % off, 3 pieces 20 % off; the highest rung reached holds for all pieces of the group."""

    rungs: tuple[CountRung, ...]
    together: Together = Together.SCOPE

    kind: ClassVar[str] = "count_ladder"
    falls_on: ClassVar[frozenset[Stage]] = ON_ITEMS
    rank: ClassVar[int] = 1

    def __post_init__(self) -> None:
        if not self.rungs:
            raise ValueError("a ladder has rungs")
        for lower, upper in zip(self.rungs, self.rungs[1:], strict=False):
            if not (lower.count < upper.count and lower.basis_points < upper.basis_points):
                raise ValueError("each rung asks and saves more than the one before")

    def reduce(self, goods: Goods, on: Stage) -> Reduction | None:
        takings = Takings(goods)
        highest: CountRung | None = None
        for _, group in groups_of(goods, self.together):
            units = free_units(group)
            rung = self._reached(pieces_of(units))
            if rung is None:
                continue
            for unit in units:
                takings.take(unit, _off(group, unit, rung))
            highest = rung if highest is None else max(highest, rung, key=lambda each: each.count)
        if highest is None:
            return None
        number = self.rungs.index(highest) + 1
        return takings.reduction(("rung", number), ("count", highest.count), ("basis_points", highest.basis_points))

    def bound(self, goods: Goods, on: Stage) -> int:
        reduction = self.reduce(goods, on)
        return reduction.amount if reduction else 0

    def promise(self, goods: Goods, subtotal: int, on: Stage) -> int:
        return self.bound(goods, on)

    def next_step(self, goods: Goods) -> Step | None:
        return dearest_step(self._step(*group) for group in groups_of(goods, self.together))

    def facts(self) -> Mapping[str, FactValue]:
        first = self.rungs[0]
        facts: dict[str, FactValue] = {"count": first.count, "basis_points": first.basis_points}
        facts |= {"rungs": len(self.rungs), "together": self.together.value}
        for number, rung in enumerate(self.rungs, 1):
            facts[f"rung_{number}_count"] = rung.count
            facts[f"rung_{number}_basis_points"] = rung.basis_points
        return facts

    def _reached(self, pieces: int) -> CountRung | None:
        return next((rung for rung in reversed(self.rungs) if rung.count <= pieces), None)

    def _step(self, scope: Scope | None, group: Goods) -> Step | None:
        units = free_units(group)
        pieces = pieces_of(units)
        upper = next((rung for rung in self.rungs if rung.count > pieces), None)
        if upper is None or not units:
            return None
        now, missing, cheapest = self._reached(pieces), upper.count - pieces, units[-1]
        then = sum([unit[3] * _off(group, unit, upper) for unit in units]) + missing * _off(group, cheapest, upper)
        gain = then - (sum([unit[3] * _off(group, unit, now) for unit in units]) if now else 0)
        return Step(Shortfall(upper.count, pieces), gain, missing * cheapest[0], scope)


def _off(goods: Goods, unit: Unit, rung: CountRung) -> int:
    """Return what one piece is reduced by, as far as its minimum price allows."""
    return min(share_of(unit[0], rung.basis_points), room_of(goods, unit))
