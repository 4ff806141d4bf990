"""满减 and 每满: spend so much, save so much, once up a ladder or again and again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from storefront.kernel.money import Money
from storefront.pricing.label import FactValue
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules.benefits import ON_ORDER, Step, check_positive, check_times
from storefront.promotions.rules.conditions import Shortfall
from storefront.promotions.rules.units import Goods, Reduction, take_off


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of a ladder: spend so much, save so much."""

    spend: Money
    off: Money

    def __post_init__(self) -> None:
        check_positive(self.spend)
        check_positive(self.off)
        if self.off > self.spend:
            raise ValueError("a rung saves no more than it asks to spend")


@dataclass(frozen=True, slots=True)
class SpendLadder:
    """满减: spend so much, save so much; the highest rung reached counts."""

    rungs: tuple[Rung, ...]

    kind: ClassVar[str] = "spend_ladder"
    falls_on: ClassVar[frozenset[Stage]] = ON_ORDER
    rank: ClassVar[int] = 1

    def __post_init__(self) -> None:
        if not self.rungs:
            raise ValueError("a ladder has rungs")
        for lower, upper in zip(self.rungs, self.rungs[1:], strict=False):
            if not (lower.spend < upper.spend and lower.off < upper.off):
                raise ValueError("each rung asks and saves more than the one before")

    def reduce(self, goods: Goods, on: Stage) -> Reduction | None:
        rung = self._reached(goods.subtotal)
        if rung is None:
            return None
        number = self.rungs.index(rung) + 1
        return take_off(goods, rung.off.minor, facts=(("rung", number), ("spend", rung.spend), ("off", rung.off)))

    def bound(self, goods: Goods, on: Stage) -> int:
        return self.promise(goods, goods.subtotal, on)

    def next_step(self, goods: Goods) -> Step | None:
        subtotal = goods.subtotal
        upper = next((rung for rung in self.rungs if rung.spend.minor > subtotal), None)
        if upper is None:
            return None
        now = self._reached(subtotal)
        gain = upper.off.minor - (now.off.minor if now else 0)
        return Step(Shortfall(upper.spend, goods.money(subtotal)), gain, upper.spend.minor - subtotal)

    def promise(self, goods: Goods, subtotal: int, on: Stage) -> int:
        rung = self._reached(subtotal)
        return rung.off.minor if rung else 0

    def facts(self) -> Mapping[str, FactValue]:
        facts: dict[str, FactValue] = {"spend": self.rungs[0].spend, "off": self.rungs[0].off}
        facts["rungs"] = len(self.rungs)
        for number, rung in enumerate(self.rungs, 1):
            facts |= {f"rung_{number}_spend": rung.spend, f"rung_{number}_off": rung.off}
        return facts

    def _reached(self, subtotal: int) -> Rung | None:
        return next((rung for rung in reversed(self.rungs) if rung.spend.minor <= subtotal), None)


@dataclass(frozen=True, slots=True)
class SpendRepeat:
    """每满: save `off` for every `spend` spent, at most `most_times` times."""

    spend: Money
    off: Money
    most_times: int | None = None

    kind: ClassVar[str] = "spend_repeat"
    falls_on: ClassVar[frozenset[Stage]] = ON_ORDER
    rank: ClassVar[int] = 1

    def __post_init__(self) -> None:
        Rung(self.spend, self.off)
        check_times(self.most_times)

    def reduce(self, goods: Goods, on: Stage) -> Reduction | None:
        times = self._times(goods.subtotal)
        return take_off(goods, times * self.off.minor, facts=(("times", times),)) if times else None

    def bound(self, goods: Goods, on: Stage) -> int:
        return self.promise(goods, goods.subtotal, on)

    def next_step(self, goods: Goods) -> Step | None:
        subtotal = goods.subtotal
        times = self._times(subtotal)
        if self.most_times is not None and times >= self.most_times:
            return None
        need = self.spend * (times + 1)
        return Step(Shortfall(need, goods.money(subtotal)), self.off.minor, need.minor - subtotal)

    def promise(self, goods: Goods, subtotal: int, on: Stage) -> int:
        return self._times(subtotal) * self.off.minor

    def facts(self) -> Mapping[str, FactValue]:
        facts: dict[str, FactValue] = {"spend": self.spend, "off": self.off}
        return facts | ({"most_times": self.most_times} if self.most_times else {})

    def _times(self, subtotal: int) -> int:
        times = subtotal // self.spend.minor
        return times if self.most_times is None else min(times, self.most_times)
