"""套装: goods of several kinds that cost less together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import ClassVar

from storefront.kernel.money import Money
from storefront.pricing.label import FactValue
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules.assignment import Assignment
from storefront.promotions.rules.benefits import (
    MOST_PIECES,
    ON_ITEMS,
    Step,
    check_percentage,
    check_positive,
    check_times,
    share_of,
)
from storefront.promotions.rules.conditions import Shortfall
from storefront.promotions.rules.pieces import (
    Takings,
    Unit,
    best_times,
    first_pieces,
    free_units,
    pieces_of,
    room_of,
    worth_of,
)
from storefront.promotions.rules.scope import Scope
from storefront.promotions.rules.units import Goods, Reduction


@dataclass(frozen=True, slots=True)
class BundlePart:
    """One part of a set: so many pieces of these goods."""

    scope: Scope
    count: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_PIECES:
            raise ValueError("a part of a set has 1 to 100 pieces")


@dataclass(frozen=True, slots=True)
class Bundle:
    """套装价: a set, one of each part, costs `price`, or `off` less, or `basis_points` less. A piece serves one set.

    The parts say which goods are meant; the promotion's own scope only counts for its conditions. Pieces are assigned
    so that the shopper saves most, and sets that would save nothing are left alone.
    """

    parts: tuple[BundlePart, ...]
    price: Money | None = None
    off: Money | None = None
    basis_points: int | None = None
    most_times: int | None = None

    kind: ClassVar[str] = "bundle"
    falls_on: ClassVar[frozenset[Stage]] = ON_ITEMS
    rank: ClassVar[int] = 0

    def __post_init__(self) -> None:
        if not self.parts or self.pieces < 2:
            raise ValueError("a set has parts, and at least 2 pieces")
        if sum([each is not None for each in (self.price, self.off, self.basis_points)]) != 1:
            raise ValueError("a set has either a price, or an amount or a percentage off")
        for amount in (self.price, self.off):
            if amount is not None:
                check_positive(amount)
        if self.basis_points is not None:
            check_percentage(self.basis_points)
        check_times(self.most_times)

    @property
    def scopes(self) -> tuple[Scope | None, ...]:
        """The goods of each part."""
        return tuple(part.scope for part in self.parts)

    @property
    def pieces(self) -> int:
        """How many pieces one set has."""
        return sum([part.count for part in self.parts])

    def reduce(self, goods: Goods, on: Stage) -> Reduction | None:
        parts = self._free(goods)
        times = self._times(parts)
        if not times:
            return None
        takings = Takings(goods)
        units = self._assign(parts, times).units
        if not takings.share(units, self._saving(worth_of(units), times)):
            return None
        return takings.reduction(("times", times))

    def bound(self, goods: Goods, on: Stage) -> int:
        parts = self._free(goods)

        def worth(times: int) -> int:
            pairs = zip(parts, self.parts, strict=True)
            return sum([worth_of(first_pieces(units, times * part.count)) for units, part in pairs])

        times = best_times(self._most(parts), lambda times: self._rank(worth(times), times))
        return min(self._saving(worth(times), times), goods.room)

    def promise(self, goods: Goods, subtotal: int, on: Stage) -> int:
        reduction = self.reduce(goods, on)
        return reduction.amount if reduction else 0

    def next_step(self, goods: Goods) -> Step | None:
        parts = self._free(goods)
        times = self._times(parts)
        if self.most_times is not None and times >= self.most_times:
            return None
        then = self._assign(parts, times + 1)
        if not then.missing:
            return None
        shortfall = Shortfall(self.pieces, max(0, self.pieces - then.missing))
        lacking = [number for number, missing in enumerate(then.lacking) if missing]
        if len(lacking) > 1:
            return Step(shortfall, 0, 0)
        [number] = lacking
        cheapest = parts[number][-1] if parts[number] else None
        cost = then.missing * cheapest[0] if cheapest else 0
        units = [*then.units, (*cheapest[:3], then.missing)] if cheapest else then.units
        room = sum([unit[3] * room_of(goods, unit) for unit in units])
        now = self._saving(worth_of(self._assign(parts, times).units), times) if times else 0
        gain = max(0, min(self._saving(worth_of(units), times + 1), room) - now)
        return Step(shortfall, gain, cost, self.parts[number].scope, open=cheapest is None)

    def facts(self) -> Mapping[str, FactValue]:
        facts: dict[str, FactValue] = {"parts": len(self.parts), "set_pieces": self.pieces}
        for name, value in (("price", self.price), ("off", self.off), ("basis_points", self.basis_points)):
            facts |= {name: value} if value is not None else {}
        return facts | ({"most_times": self.most_times} if self.most_times else {})

    def _free(self, goods: Goods) -> list[list[Unit]]:
        return [free_units(goods.part(number)) for number in range(len(self.parts))]

    def _assign(self, parts: Sequence[Sequence[Unit]], times: int) -> Assignment:
        return Assignment(parts, [times * part.count for part in self.parts])

    def _most(self, parts: Sequence[Sequence[Unit]]) -> int:
        """How many sets there are enough pieces for, counted generously where parts overlap."""
        all_units = {unit[1:3]: unit for units in parts for unit in units}
        most = min(pieces_of(units) // part.count for units, part in zip(parts, self.parts, strict=True))
        most = min(most, pieces_of(all_units.values()) // self.pieces)
        return most if self.most_times is None else min(most, self.most_times)

    def _times(self, parts: Sequence[Sequence[Unit]]) -> int:
        def value(times: int) -> float:
            if not times:
                return 0
            found = self._assign(parts, times)
            return -inf if found.missing else self._rank(worth_of(found.units), times)

        return best_times(self._most(parts), value)

    def _rank(self, worth: int, times: int) -> int:
        """Return what orders numbers of sets by what they save."""
        if self.price is not None:
            return worth - times * self.price.minor
        return worth if self.off is None else min(worth, times * self.off.minor)

    def _saving(self, worth: int, times: int) -> int:
        """Return what so many sets save that cost `worth` by themselves."""
        if self.basis_points is not None:
            return share_of(worth, self.basis_points)
        return max(0, self._rank(worth, times))
