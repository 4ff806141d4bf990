"""Benefits: what a cart gains. Each is one arithmetic on goods in minor units, with a bound that search may trust."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol, runtime_checkable

from storefront.kernel.money import Money
from storefront.pricing.allocation import spread
from storefront.pricing.label import FactValue
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules.conditions import Shortfall
from storefront.promotions.rules.scope import Scope
from storefront.promotions.rules.units import Goods, Reduction, Run, cut_run, join, take_off

WHOLE = 10_000
"""Percentages are counted in basis points: 10,000 is 100 %."""
MOST_PIECES = 100
"""The most pieces that one set, rung or side of an offer may ask for."""

ON_GOODS = frozenset({Stage.ITEM, Stage.ORDER})
ON_ORDER = frozenset({Stage.ORDER})
ON_ITEMS = frozenset({Stage.ITEM})
ON_DELIVERY = frozenset({Stage.SHIPPING})


@dataclass(frozen=True, slots=True)
class Step:
    """Close the `shortfall`, which costs about `cost`, and the benefit gives `gain` more than now (minor units).

    `scope` names the goods to add where they are not the promotion's own. A step is `open` if nothing of them is in
    the cart: then their price is not known, `cost` is 0 and `gain` is the least that it can be.
    """

    shortfall: Shortfall
    gain: int
    cost: int
    scope: Scope | None = None
    open: bool = False


class Benefit(Protocol):
    """What every benefit can be asked.

    `reduce` decides the reduction on the goods as they are. `bound` is at least what `reduce` gives on these goods or
    on any cheaper or fewer ones. `shortfall` is what is missing for the next step (None if there is nothing more to
    gain), and `promise` what the benefit gives if the scope's subtotal were `subtotal` and the next step reached.
    `rank` orders benefits of one stage and priority: those that need particular units come first.
    """

    kind: ClassVar[str]
    falls_on: ClassVar[frozenset[Stage]]
    rank: ClassVar[int]

    def reduce(self, goods: Goods, on: Stage) -> Reduction | None: ...

    def bound(self, goods: Goods, on: Stage) -> int: ...

    def promise(self, goods: Goods, subtotal: int, on: Stage) -> int: ...

    def next_step(self, goods: Goods) -> Step | None: ...

    def facts(self) -> Mapping[str, FactValue]: ...


@runtime_checkable
class ManySided(Protocol):
    """A benefit about several sorts of goods, in this order; None stands for the promotion's own scope."""

    @property
    def scopes(self) -> tuple[Scope | None, ...]: ...


def scopes_of(benefit: Benefit, own: Scope) -> tuple[Scope, ...]:
    """Return the goods that a benefit is about, where `own` is the promotion's scope."""
    if isinstance(benefit, ManySided):
        return tuple(own if scope is None else scope for scope in benefit.scopes)
    return (own,)


def share_of(amount: int, basis_points: int) -> int:
    """Return `basis_points` of an amount in minor units, rounded half to even."""
    whole, rest = divmod(amount * basis_points, WHOLE)
    half = WHOLE // 2
    return whole + (1 if rest > half or (rest == half and whole % 2) else 0)


@dataclass(frozen=True, slots=True)
class PercentOff:
    """A percentage off: of every single unit (item), or of the scope's subtotal, spread over it (order)."""

    basis_points: int
    most: Money | None = None

    kind: ClassVar[str] = "percent_off"
    falls_on: ClassVar[frozenset[Stage]] = ON_GOODS
    rank: ClassVar[int] = 2

    def __post_init__(self) -> None:
        check_percentage(self.basis_points)
        _check_most(self.most)

    def reduce(self, goods: Goods, on: Stage) -> Reduction | None:
        if on is Stage.ITEM:
            return _each(goods, lambda price: share_of(price, self.basis_points), self.most)
        return take_off(goods, self.promise(goods, goods.now, on))

    def bound(self, goods: Goods, on: Stage) -> int:
        if on is Stage.ORDER:
            return min(self.promise(goods, goods.now, on), goods.room)
        reduction = self.reduce(goods, on)
        return reduction.amount if reduction else 0

    def next_step(self, goods: Goods) -> Step | None:
        return None

    def promise(self, goods: Goods, subtotal: int, on: Stage) -> int:
        return _capped(share_of(subtotal, self.basis_points), self.most)

    def facts(self) -> Mapping[str, FactValue]:
        facts: dict[str, FactValue] = {"basis_points": self.basis_points}
        return facts | ({"most": self.most} if self.most else {})


@dataclass(frozen=True, slots=True)
class AmountOff:
    """A fixed amount off: of every single unit (item), or once, spread over the scope (order)."""

    amount: Money

    kind: ClassVar[str] = "amount_off"
    falls_on: ClassVar[frozenset[Stage]] = ON_GOODS
    rank: ClassVar[int] = 2

    def __post_init__(self) -> None:
        check_positive(self.amount)

    def reduce(self, goods: Goods, on: Stage) -> Reduction | None:
        if on is Stage.ITEM:
            return _each(goods, lambda price: min(price, self.amount.minor), None)
        return take_off(goods, self.amount.minor)

    def bound(self, goods: Goods, on: Stage) -> int:
        if on is Stage.ORDER:
            return min(self.promise(goods, goods.now, on), goods.room)
        reduction = self.reduce(goods, on)
        return reduction.amount if reduction else 0

    def next_step(self, goods: Goods) -> Step | None:
        return None

    def promise(self, goods: Goods, subtotal: int, on: Stage) -> int:
        return self.amount.minor * (goods.pieces if on is Stage.ITEM else 1)

    def facts(self) -> Mapping[str, FactValue]:
        return {"off": self.amount}


@dataclass(frozen=True, slots=True)
class DeliveryOff:
    """A percentage off the delivery cost (10,000 is free), at most so much."""

    basis_points: int = WHOLE
    most: Money | None = None

    kind: ClassVar[str] = "delivery_off"
    falls_on: ClassVar[frozenset[Stage]] = ON_DELIVERY
    rank: ClassVar[int] = 1

    def __post_init__(self) -> None:
        check_percentage(self.basis_points)
        _check_most(self.most)

    def reduce(self, goods: Goods, on: Stage) -> Reduction | None:
        off = self.promise(goods, 0, on)
        return Reduction(off, delivery=off) if off else None

    def bound(self, goods: Goods, on: Stage) -> int:
        return self.promise(goods, 0, on)

    def next_step(self, goods: Goods) -> Step | None:
        return None

    def promise(self, goods: Goods, subtotal: int, on: Stage) -> int:
        return _capped(share_of(goods.delivery, self.basis_points), self.most)

    def facts(self) -> Mapping[str, FactValue]:
        facts: dict[str, FactValue] = {"basis_points": self.basis_points}
        return facts | ({"most": self.most} if self.most else {})


@dataclass(frozen=True, slots=True)
class DeliveryFor:
    """运费 M 元: delivery costs at most `price`."""

    price: Money

    kind: ClassVar[str] = "delivery_for"
    falls_on: ClassVar[frozenset[Stage]] = ON_DELIVERY
    rank: ClassVar[int] = 1

    def __post_init__(self) -> None:
        check_positive(self.price)

    def reduce(self, goods: Goods, on: Stage) -> Reduction | None:
        off = self.promise(goods, 0, on)
        return Reduction(off, delivery=off) if off else None

    def bound(self, goods: Goods, on: Stage) -> int:
        return self.promise(goods, 0, on)

    def next_step(self, goods: Goods) -> Step | None:
        return None

    def promise(self, goods: Goods, subtotal: int, on: Stage) -> int:
        return max(0, goods.delivery - self.price.minor)

    def facts(self) -> Mapping[str, FactValue]:
        return {"price": self.price}


def dearest_step(steps: Iterable[Step | None], displaced: int = 0) -> Step | None:
    """Return the step that gives most, of those that give alike the one with less to add.

    `displaced` is what each of them takes the place of: no more than that gives nothing.
    """
    found = [step for step in steps if step is not None and (not displaced or step.gain > displaced)]
    best = max(found, key=lambda step: (step.gain, -step.shortfall.size), default=None)
    return replace(best, gain=best.gain - displaced) if best is not None and displaced else best


def check_count(count: int) -> None:
    if not 2 <= count <= MOST_PIECES:
        raise ValueError("a number of pieces is 2 to 100")


def check_percentage(basis_points: int) -> None:
    if not 1 <= basis_points <= WHOLE:
        raise ValueError("a percentage is above 0 and at most 100")


def check_times(times: int | None) -> None:
    if times is not None and times < 1:
        raise ValueError("a number of times is at least 1")


def check_positive(amount: Money) -> None:
    if amount.minor <= 0:
        raise ValueError("an amount is positive")


def _check_most(most: Money | None) -> None:
    if most is not None:
        check_positive(most)


def _capped(amount: int, most: Money | None) -> int:
    return amount if most is None else min(amount, most.minor)


def _each(goods: Goods, off: Callable[[int], int], most: Money | None) -> Reduction | None:
    """Take `off(price)` from every unit that is still free, at most `most` altogether."""
    found: list[tuple[int, int, int]] = []
    for index in goods.indexes:
        floor = goods.frame.floors[index]
        for position, (_, price, used) in enumerate(goods.position.runs[index]):
            each = 0 if used else min(off(price), price - floor)
            if each > 0:
                found.append((index, position, each))
    runs = goods.position.runs
    sizes = [each * runs[index][position][0] for index, position, each in found]
    wanted = sum(sizes)
    if not wanted:
        return None
    facts: tuple[tuple[str, FactValue], ...] = ()
    if most is None or wanted <= most.minor:
        parts = sizes
    else:
        parts, facts = spread(most.minor, sizes, sizes), (("wanted", goods.money(wanted)),)
    cuts: dict[int, dict[int, int]] = defaultdict(dict)
    for (index, position, _), part in zip(found, parts, strict=True):
        cuts[index][position] = part
    lines = []
    for index, by_run in cuts.items():
        pieces: list[Run] = []
        for position, run in enumerate(runs[index]):
            cut = by_run.get(position)
            pieces += [run] if cut is None else cut_run((run[0], run[1], True), cut)
        lines.append((index, join(pieces), sum(by_run.values())))
    return Reduction(sum(parts), tuple(lines), facts=facts)
