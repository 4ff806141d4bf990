"""Everything that a price depends on, frozen: the one argument of every price decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from storefront.kernel.money import Money

MAX_QUANTITY = 9_999


class Stage(StrEnum):
    """The fixed order in which a price is put together."""

    CATALOGUE = "catalogue"
    ITEM = "item"
    ORDER = "order"
    SHIPPING = "shipping"
    COUPON = "coupon"
    POINTS = "points"
    TAX = "tax"


STAGE_ORDER = {stage: position for position, stage in enumerate(Stage)}


class PriceSource(StrEnum):
    """Which price of the catalogue stage a line carries."""

    BASE = "base"
    LIST = "list"
    TIER = "tier"
    SCHEDULED = "scheduled"
    QUANTITY = "quantity"
    FLASH = "flash"
    GIFT = "gift"


@dataclass(frozen=True, slots=True)
class Shopper:
    """Who is buying, as far as a price may depend on it. A guest is not `known` and has no past orders."""

    known: bool = False
    tier: str = ""
    groups: frozenset[str] = frozenset()
    order_count: int = 0
    uses: tuple[tuple[int, int], ...] = ()
    """How often this shopper has used a promotion: pairs of promotion id and count."""

    def used(self, promotion_id: int) -> int:
        return next((count for used_id, count in self.uses if used_id == promotion_id), 0)


@dataclass(frozen=True, slots=True)
class SnapshotLine:
    """So many of one variant at today's catalogue price. `category_ids` holds the category and all above it."""

    line_id: str
    sku: str
    quantity: int
    unit_price: Money
    base_price: Money | None = None
    price_source: PriceSource = PriceSource.BASE
    minimum_price: Money | None = None
    product_id: int = 0
    brand_id: int | None = None
    category_ids: frozenset[int] = frozenset()
    collection_ids: frozenset[int] = frozenset()
    attributes: frozenset[str] = frozenset()
    """Facts of the product as "name=value"."""
    tax_class: str = ""
    """The code of its tax class; empty is the default one."""

    def __post_init__(self) -> None:
        if not 1 <= self.quantity <= MAX_QUANTITY:
            raise ValueError(f"a line holds 1 to {MAX_QUANTITY} units, not {self.quantity}")
        if self.unit_price.minor < 0:
            raise ValueError("a price is not negative")
        for other in (self.base_price, self.minimum_price):
            if other is not None and (other.currency != self.unit_price.currency or other.minor < 0):
                raise ValueError("prices of one line share a currency and are not negative")

    @property
    def goods(self) -> Money:
        """The line before any promotion."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Delivery:
    """What delivery costs before promotions; `method` is the public code of the shipping method."""

    method: str
    amount: Money

    def __post_init__(self) -> None:
        if self.amount.minor < 0:
            raise ValueError("a delivery cost is not negative")


@dataclass(frozen=True, slots=True)
class GiftStock:
    """A variant that promotions may give away: how many there are beside what the cart buys, and what one is worth."""

    sku: str
    available: int
    value: Money
    product_id: int = 0

    def __post_init__(self) -> None:
        if self.value.minor < 0:
            raise ValueError("a gift is not worth less than nothing")


@dataclass(frozen=True, slots=True)
class PointsOffer:
    """Points that the shopper means to pay with: at most `spend` of them, and no more than a share of the goods.

    `worth` is how many points stand for one whole unit of the currency: one dollar, one yen.
    """

    spend: int
    worth: int
    most_percent: int = 100

    def __post_init__(self) -> None:
        if self.spend < 0 or self.worth < 1 or not 0 <= self.most_percent <= 100:
            raise ValueError("points to spend are not negative, have a worth, and pay at most everything")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A cart at one moment. Lines are kept in one canonical order, so the order of asking changes nothing."""

    now: datetime
    currency: str
    lines: tuple[SnapshotLine, ...] = ()
    shopper: Shopper = field(default_factory=Shopper)
    delivery: Delivery | None = None
    codes: tuple[str, ...] = ()
    gifts: tuple[GiftStock, ...] = ()
    """What promotions may give away; a SKU that is not here is out of stock."""
    points: PointsOffer | None = None

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("a snapshot needs a time with a zone")
        ordered = tuple(sorted(self.lines, key=lambda line: (line.sku, line.line_id)))
        object.__setattr__(self, "lines", ordered)
        if len({line.line_id for line in ordered}) != len(ordered):
            raise ValueError("two lines share an id")
        object.__setattr__(self, "gifts", tuple(sorted(self.gifts, key=lambda gift: gift.sku)))
        if len({gift.sku for gift in self.gifts}) != len(self.gifts):
            raise ValueError("two gifts share a SKU")
        amounts = [line.unit_price for line in ordered] + ([self.delivery.amount] if self.delivery else [])
        amounts += [gift.value for gift in self.gifts]
        if any(amount.currency != self.currency for amount in amounts):
            raise ValueError("a snapshot has one currency")

    @property
    def goods(self) -> Money:
        """All goods before any promotion."""
        return Money(sum(line.unit_price.minor * line.quantity for line in self.lines), self.currency)
