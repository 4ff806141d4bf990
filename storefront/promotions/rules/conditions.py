"""Conditions: what a cart must have before a promotion gives anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from storefront.kernel.money import Money
from storefront.pricing.label import FactValue
from storefront.promotions.rules.scope import Scope
from storefront.promotions.rules.units import Goods


@dataclass(frozen=True, slots=True)
class Shortfall:
    """How far a cart is from something: `need` and `have` are both money or both pieces."""

    need: Money | int
    have: Money | int

    def __post_init__(self) -> None:
        if isinstance(self.need, Money) is not isinstance(self.have, Money):
            raise ValueError("money is compared with money, pieces with pieces")
        if self.size <= 0:
            raise ValueError("a shortfall is positive")

    @property
    def gap(self) -> Money | int:
        if isinstance(self.need, Money):
            return Money(self.size, self.need.currency)
        return self.size

    @property
    def size(self) -> int:
        """The gap as a bare number: minor units or pieces."""
        return self.need_bare - self.have_bare

    @property
    def need_bare(self) -> int:
        """What is needed as a bare number, for a bar."""
        return _bare(self.need)

    @property
    def have_bare(self) -> int:
        """What is there as a bare number, for a bar."""
        return _bare(self.have)


@dataclass(frozen=True, slots=True)
class SpendAtLeast:
    """Goods of the scope (the promotion's own if None) cost at least `amount`."""

    amount: Money
    scope: Scope | None = None

    kind: ClassVar[str] = "spend_at_least"

    def __post_init__(self) -> None:
        if self.amount.minor <= 0:
            raise ValueError("a threshold is positive")

    def met(self, goods: Goods) -> bool:
        return goods.subtotal >= self.amount.minor

    def shortfall(self, goods: Goods) -> Shortfall | None:
        return None if self.met(goods) else Shortfall(self.amount, goods.money(goods.subtotal))

    def facts(self) -> Mapping[str, FactValue]:
        return {"need": self.amount}


@dataclass(frozen=True, slots=True)
class BuyAtLeast:
    """At least `count` pieces of the scope (the promotion's own if None)."""

    count: int
    scope: Scope | None = None

    kind: ClassVar[str] = "buy_at_least"

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("a threshold is positive")

    def met(self, goods: Goods) -> bool:
        return goods.pieces >= self.count

    def shortfall(self, goods: Goods) -> Shortfall | None:
        return None if self.met(goods) else Shortfall(self.count, goods.pieces)

    def facts(self) -> Mapping[str, FactValue]:
        return {"pieces": self.count}


Condition = SpendAtLeast | BuyAtLeast


def _bare(value: Money | int) -> int:
    return value.minor if isinstance(value, Money) else value
