"""买 X 送 Y: buy so many, get so many more at a percentage off or free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import ClassVar

from storefront.pricing.label import FactValue
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules.benefits import (
    MOST_PIECES,
    ON_ITEMS,
    WHOLE,
    Step,
    check_percentage,
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
    last_pieces,
    pieces_of,
    room_of,
    sets_of,
)
from storefront.promotions.rules.scope import Scope
from storefront.promotions.rules.units import Goods, Reduction

Offered = tuple[int, float, bool]
"""What one piece would be reduced by, how many such pieces there are, whether they could be bought instead."""


@dataclass(frozen=True, slots=True)
class BuyGet:
    """买 X 送 Y: for every `buy` pieces, `get` more are `basis_points` off (10,000 is free); every piece serves once.

    Without `get_scope` both are the promotion's own goods: of each set, dearest first, the cheapest are reduced. With
    it the reduced pieces are the dearest of those goods, whatever they cost.
    """

    buy: int
    get: int
    basis_points: int = WHOLE
    get_scope: Scope | None = None
    most_times: int | None = None

    kind: ClassVar[str] = "buy_get"
    falls_on: ClassVar[frozenset[Stage]] = ON_ITEMS
    rank: ClassVar[int] = 0

    def __post_init__(self) -> None:
        if not (1 <= self.buy <= MOST_PIECES and 1 <= self.get <= MOST_PIECES):
            raise ValueError("1 to 100 pieces are bought, and 1 to 100 more are reduced")
        check_percentage(self.basis_points)
        check_times(self.most_times)

    @property
    def scopes(self) -> tuple[Scope | None, ...]:
        """The goods to buy, and those to get where they are others."""
        return (None,) if self.get_scope is None else (None, self.get_scope)

    def reduce(self, goods: Goods, on: Stage) -> Reduction | None:
        takings = Takings(goods)
        if self.get_scope is None:
            times = 0
            for units, alike in sets_of(free_units(goods), self.buy + self.get, self.most_times):
                times += alike
                for price, index, position, count in first_pieces(units, self.buy):
                    takings.take((price, index, position, count * alike))
                for unit in last_pieces(units, self.get):
                    takings.take((*unit[:3], unit[3] * alike), self._off(goods, unit))
            return takings.reduction(("times", times))
        sides = _Sides(self, goods)
        times = sides.times()
        sides.take(takings, times)
        return takings.reduction(("times", times))

    def bound(self, goods: Goods, on: Stage) -> int:
        if self.get_scope is None:
            pairs = [
                (last_pieces(units, self.get), alike)
                for units, alike in sets_of(free_units(goods), self.buy + self.get, self.most_times)
            ]
            found = sum([u[3] * alike * share_of(u[0], self.basis_points) for units, alike in pairs for u in units])
        else:
            sides = _Sides(self, goods)
            dearest = first_pieces(sides.get, sides.most() * self.get)
            found = sum([unit[3] * share_of(unit[0], self.basis_points) for unit in dearest])
        return min(found, goods.room)

    def promise(self, goods: Goods, subtotal: int, on: Stage) -> int:
        reduction = self.reduce(goods, on)
        return reduction.amount if reduction else 0

    def next_step(self, goods: Goods) -> Step | None:
        return self._step(goods) if self.get_scope is None else _Sides(self, goods).next_step(self.get_scope)

    def facts(self) -> Mapping[str, FactValue]:
        facts: dict[str, FactValue] = {"buy": self.buy, "get": self.get, "basis_points": self.basis_points}
        facts |= {"others": 1} if self.get_scope is not None else {}
        return facts | ({"most_times": self.most_times} if self.most_times else {})

    def _step(self, goods: Goods) -> Step | None:
        units, size = free_units(goods), self.buy + self.get
        full, begun = divmod(pieces_of(units), size)
        if not begun or (self.most_times is not None and full >= self.most_times):
            return None
        missing, cheapest = size - begun, units[-1]
        reduced = [(*cheapest[:3], min(self.get, missing)), *last_pieces(units, max(0, self.get - missing))]
        gain = sum([unit[3] * self._off(goods, unit) for unit in reduced])
        return Step(Shortfall(size, begun), gain, missing * cheapest[0])

    def _off(self, goods: Goods, unit: Unit) -> int:
        return min(share_of(unit[0], self.basis_points), room_of(goods, unit))


class _Sides:
    """The free pieces of both sides, where the goods to get are others than those to buy (but may overlap)."""

    def __init__(self, benefit: BuyGet, goods: Goods) -> None:
        self.benefit, self.goods = benefit, goods
        self.buy, self.get = free_units(goods.part(0)), free_units(goods.part(1))
        self.to_buy, self.to_get = pieces_of(self.buy), pieces_of(self.get)
        self.buyable = {unit[1:3] for unit in self.buy}
        self.all = self.to_buy + pieces_of(unit for unit in self.get if unit[1:3] not in self.buyable)
        self.by_off = sorted(self.get, key=lambda unit: -benefit._off(goods, unit))
        self.offered = [self._offered(unit) for unit in self.by_off]

    def most(self) -> int:
        """How many times there are enough pieces, counted generously."""
        buy, get, limit = self.benefit.buy, self.benefit.get, self.benefit.most_times
        most = min(self.to_buy // buy, self.to_get // get, self.all // (buy + get))
        return most if limit is None else min(most, limit)

    def times(self) -> int:
        return best_times(self.most(), lambda times: self._value(times, self.to_buy, self.offered))

    def take(self, takings: Takings, times: int) -> None:
        """Use up the pieces of so many times: the dearest are reduced, and the dearest of the others bought."""
        left, spare = times * self.benefit.get, self.to_buy - times * self.benefit.buy
        gone: dict[tuple[int, int], int] = {}
        for unit in self.by_off:
            key = (unit[1], unit[2])
            count = min(unit[3], left, spare if key in self.buyable else left)
            if count > 0:
                takings.take((*unit[:3], count), self.benefit._off(self.goods, unit))
                left, gone[key] = left - count, count
                spare -= count if key in self.buyable else 0
        rest = [(p, i, run, count - gone.get((i, run), 0)) for p, i, run, count in self.buy]
        for unit in first_pieces([unit for unit in rest if unit[3]], times * self.benefit.buy):
            takings.take(unit)

    def next_step(self, get_scope: Scope) -> Step | None:
        buy, get, limit = self.benefit.buy, self.benefit.get, self.benefit.most_times
        times = self.times()
        then, size = times + 1, buy + get
        if limit is not None and times >= limit:
            return None
        lack_buy, lack_get = then * buy - self.to_buy, then * get - self.to_get
        lack = max(max(0, lack_buy) + max(0, lack_get), then * size - self.all)
        if lack <= 0:
            return None
        shortfall = Shortfall(size, max(0, size - lack))
        now = self._value(times, self.to_buy, self.offered)
        if lack_buy <= 0 and self.get:
            cheapest = self.get[-1]
            offered = sorted([*self.offered, (self.benefit._off(self.goods, cheapest), lack, False)], reverse=True)
            gain = self._value(then, self.to_buy, offered) - now
            return Step(shortfall, _whole(gain), lack * cheapest[0], get_scope)
        if lack_buy <= 0:
            return Step(shortfall, 0, 0, get_scope, open=True)
        if lack_get <= 0:
            gain = self._value(then, self.to_buy + lack, self.offered) - now
            cost = lack * self.buy[-1][0] if self.buy else 0
            return Step(shortfall, _whole(gain), cost, open=not self.buy)
        return Step(shortfall, 0, 0)

    def _offered(self, unit: Unit) -> Offered:
        return self.benefit._off(self.goods, unit), unit[3], unit[1:3] in self.buyable

    def _value(self, times: int, to_buy: int, offered: Sequence[Offered]) -> float:
        """Return what so many times save; less than anything if there are not enough pieces."""
        left: float = times * self.benefit.get
        spare: float = to_buy - times * self.benefit.buy
        value: float = 0
        if spare < 0:
            return -inf
        for off, pieces, buyable in offered:
            count = min(pieces, left, spare if buyable else left)
            value += off * count
            left -= count
            spare -= count if buyable else 0
        return -inf if left else value


def _whole(gain: float) -> int:
    return max(0, int(gain)) if gain > -inf else 0
