"""满赠: something comes with the cart. It is a line of its own, at its value, with a reduction of just as much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from storefront.kernel.money import Money
from storefront.pricing.label import FactValue
from storefront.pricing.snapshot import GiftStock, Stage
from storefront.promotions.rules.benefits import ON_GOODS, Step
from storefront.promotions.rules.units import Goods, Reduction

MOST_PIECES = 99


@dataclass(frozen=True, slots=True)
class Gift:
    """`count` pieces of the first of `skus` of which there are as many.

    A gift takes nothing off the goods and uses none of their units; what it is worth counts as a saving.
    """

    skus: tuple[str, ...]
    count: int = 1

    kind: ClassVar[str] = "gift"
    falls_on: ClassVar[frozenset[Stage]] = ON_GOODS
    rank: ClassVar[int] = 3

    def __post_init__(self) -> None:
        if not self.skus or not all(self.skus) or len(set(self.skus)) != len(self.skus):
            raise ValueError("a gift names goods, each once")
        if not 1 <= self.count <= MOST_PIECES:
            raise ValueError(f"a gift is 1 to {MOST_PIECES} pieces")

    def reduce(self, goods: Goods, on: Stage) -> Reduction | None:
        gift = next(iter(self.in_stock(goods)), None)
        if gift is None:
            return None
        return Reduction(gift.value.minor * self.count, gift=(gift.sku, self.count), facts=(("sku", gift.sku),))

    def bound(self, goods: Goods, on: Stage) -> int:
        """At least what it gives, even if others have taken the first ones."""
        return max([max(1, gift.value.minor * self.count) for gift in self.in_stock(goods)], default=0)

    def promise(self, goods: Goods, subtotal: int, on: Stage) -> int:
        gift = next(iter(self.in_stock(goods)), None)
        return gift.value.minor * self.count if gift else 0

    def next_step(self, goods: Goods) -> Step | None:
        return None

    def facts(self) -> Mapping[str, FactValue]:
        return {"gift": self.skus[0], "count": self.count}

    def in_stock(self, goods: Goods) -> list[GiftStock]:
        """Return what can be given here, in order."""
        return [gift for sku in self.skus if (gift := goods.gift(sku)) and goods.gifts_left(gift) >= self.count]


@dataclass(frozen=True, slots=True)
class GiftLine:
    """What a promotion adds to the cart; `unit_price` is what one piece is worth."""

    sku: str
    quantity: int
    unit_price: Money
    promotion_id: int

    @property
    def line_id(self) -> str:
        return gift_line_id(self.promotion_id, self.sku)


def gift_line_id(promotion_id: int, sku: str) -> str:
    return f"gift:{promotion_id}:{sku}"
