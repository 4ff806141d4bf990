"""第二件半价 and its kin: every nth item at a percentage off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from storefront.pricing.label import FactValue
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules.benefits import ON_ITEMS, Step, check_percentage, check_times, share_of
from storefront.promotions.rules.conditions import Shortfall
from storefront.promotions.rules.units import Goods, Reduction, Run, Runs, join

Unit = tuple[int, int, int, int]
"""Price, line, position of the run in its line, number of units."""


class Together(StrEnum):
    """Which goods count together towards an nth item."""

    SCOPE = "scope"
    PRODUCT = "product"
    SKU = "sku"


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
        times = 0
        lines: list[tuple[int, Runs, int]] = []
        for group in self._groups(goods):
            group_times, group_lines = self._reduce_group(goods, group)
            times += group_times
            lines += group_lines
        amount = sum([line[2] for line in lines])
        return Reduction(amount, tuple(lines), facts=(("times", times),)) if amount else None

    def bound(self, goods: Goods, on: Stage) -> int:
        return sum(
            count * share_of(price, self.basis_points)
            for group in self._groups(goods)
            for (price, _, _), count, _ in self._picks(_free_units(goods, group))
        )

    def promise(self, goods: Goods, subtotal: int, on: Stage) -> int:
        reduction = self.reduce(goods, on)
        return reduction.amount if reduction else 0

    def next_step(self, goods: Goods) -> Step | None:
        best = self._leftover(goods)
        if best is None:
            return None
        pieces, cheapest = best
        return Step(Shortfall(self.nth, pieces), share_of(cheapest, self.basis_points), (self.nth - pieces) * cheapest)

    def facts(self) -> Mapping[str, FactValue]:
        facts: dict[str, FactValue] = {"nth": self.nth, "basis_points": self.basis_points}
        facts["together"] = self.together.value
        return facts | ({"most_times": self.most_times} if self.most_times else {})

    def _groups(self, goods: Goods) -> list[Goods]:
        if self.together is Together.SCOPE:
            return [goods]
        keys = goods.frame.skus if self.together is Together.SKU else goods.frame.product_ids
        groups: dict[str | int, list[int]] = defaultdict(list)
        for index in goods.indexes:
            groups[keys[index]].append(index)
        return [goods.narrowed(indexes) for indexes in groups.values()]

    def _picks(self, units: list[Unit]) -> Iterator[tuple[tuple[int, int, int], int, int]]:
        """Walk units dearest first; yield ((price, line, run), how many of the run are nth, how many are used)."""
        whole = sum([unit[3] for unit in units]) // self.nth
        times = whole if self.most_times is None else min(whole, self.most_times)
        end, seen = times * self.nth, 0
        for price, index, position, count in units:
            used = min(count, end - seen)
            if used <= 0:
                return
            yield (price, index, position), (seen + used) // self.nth - seen // self.nth, used
            seen += used

    def _reduce_group(self, goods: Goods, group: Goods) -> tuple[int, list[tuple[int, Runs, int]]]:
        changes: dict[int, dict[int, tuple[int, int, int]]] = defaultdict(dict)
        times = 0
        for (price, index, position), nths, used in self._picks(_free_units(goods, group)):
            off = min(share_of(price, self.basis_points), max(0, price - goods.frame.floors[index]))
            changes[index][position] = (nths, used, off)
            times += nths
        lines = []
        for index, by_run in changes.items():
            runs: list[Run] = []
            for position, run in enumerate(goods.position.runs[index]):
                nths, used, off = by_run.get(position, (0, 0, 0))
                runs += [
                    (nths, run[1] - off, True),
                    (used - nths, run[1], True),
                    (run[0] - used, run[1], run[2]),
                ]
            lines.append((index, join(runs), sum([nths * off for nths, _, off in by_run.values()])))
        return times, lines

    def _leftover(self, goods: Goods) -> tuple[int, int] | None:
        """Return (pieces, cheapest price) of the most valuable group that is begun but not full."""
        best: tuple[int, int] | None = None
        for group in self._groups(goods):
            units = _free_units(goods, group)
            pieces = sum([unit[3] for unit in units])
            whole, begun = divmod(pieces, self.nth)
            if not begun or (self.most_times is not None and whole >= self.most_times):
                continue
            candidate = (begun, units[-1][0])
            best = candidate if best is None else max(best, candidate, key=lambda pair: (pair[1], pair[0]))
        return best


def _free_units(goods: Goods, group: Goods) -> list[Unit]:
    """The group's units that no promotion of this stage uses, dearest first; goods that cost nothing do not count."""
    units = [
        (price, index, position, count)
        for index in group.indexes
        for position, (count, price, used) in enumerate(goods.position.runs[index])
        if price and not used
    ]
    units.sort(key=lambda unit: (-unit[0], unit[1], unit[2]))
    return units
