"""The goods that promotions give away: what they are called, what they are worth, and how many there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import and_, bindparam, select

from storefront.cart.contents import Line
from storefront.catalog.models import Product, Variant
from storefront.database.reading import read
from storefront.inventory.models import StockLevel, Warehouse
from storefront.inventory.queries import sellable
from storefront.inventory.rules import sends_to
from storefront.kernel.money import Money
from storefront.pricing.snapshot import GiftStock
from storefront.promotions.rules import Gift, Promotion
from storefront.web.locale import localized
from storefront.web.measures import sized


@dataclass(frozen=True, slots=True)
class GiftGoods:
    """A variant that can be given; it need not be for sale."""

    variant_id: int
    product_id: int
    sku: str
    slug: str
    name: str
    variant_name: str
    picture: str
    value: Money
    shelves: tuple[tuple[tuple[str, ...], int], ...]
    """Of each active warehouse that holds it: the zones that it sends to, and how many it may still give."""

    is_returnable = True
    """It comes back with what it was given for, whatever it is."""

    @property
    def full_name(self) -> str:
        return sized(self.name, self.variant_name)

    def available(self, zone: str) -> int:
        """Return how many can be sent to a zone; "" is an address that nobody knows yet."""
        return sum(units for zones, units in self.shelves if sends_to(zones, zone))


@dataclass(frozen=True, slots=True)
class Giving:
    """Which gifts can be given: those that can be sent to `zone`, without those that placing had to leave out."""

    zone: str = ""
    without: frozenset[str] = frozenset()


EVERY_GIFT = Giving()


_GIFTS = (
    select(
        Variant.id.label("variant_id"),
        Variant.sku,
        Variant.name.label("variant_name"),
        Variant.picture.label("variant_picture"),
        Variant.price_minor,
        Product.id.label("product_id"),
        Product.slug,
        Product.name,
        Product.translations,
        Product.picture,
        Warehouse.id.label("warehouse_id"),
        Warehouse.zones,
        sellable.label("units"),
    )
    .join(Product, Product.id == Variant.product_id)
    .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
    .outerjoin(Warehouse, and_(Warehouse.id == StockLevel.warehouse_id, Warehouse.is_active))
    .where(Variant.sku.in_(bindparam("skus", expanding=True)))
    .order_by(Variant.id, Warehouse.id)
)


def gift_goods(promotions: Iterable[Promotion], *, currency: str, locale: str | None = None) -> Mapping[str, GiftGoods]:
    """Return what these promotions could give, by SKU; nothing is asked where none gives anything away."""
    skus = sorted({sku for each in promotions if isinstance(each.benefit, Gift) for sku in each.benefit.skus})
    if not skus:
        return {}
    rows = groupby(read(_GIFTS, {"skus": skus}), key=lambda row: row.sku)
    return {sku: _goods(tuple(held), currency, locale) for sku, held in rows}


def gift_stock(
    goods: Mapping[str, GiftGoods], bought: Collection[Line], giving: Giving = EVERY_GIFT
) -> tuple[GiftStock, ...]:
    """Return how many of each gift there are beside those that the cart itself buys."""
    taken = {line.sku: line.quantity for line in bought}
    return tuple(
        GiftStock(
            sku=each.sku,
            available=max(0, each.available(giving.zone) - taken.get(each.sku, 0)),
            value=each.value,
            product_id=each.product_id,
        )
        for each in goods.values()
        if each.sku not in giving.without
    )


def _goods(rows: tuple[Any, ...], currency: str, locale: str | None) -> GiftGoods:
    """Read the rows of one variant: one for each warehouse."""
    first = rows[0]
    return GiftGoods(
        variant_id=first.variant_id,
        product_id=first.product_id,
        sku=first.sku,
        slug=first.slug,
        name=localized(first.name, first.translations, locale=locale),
        variant_name=first.variant_name,
        picture=first.variant_picture or first.picture,
        value=Money(first.price_minor, currency),
        shelves=tuple(
            (tuple(str(zone) for zone in row.zones or ()), int(row.units))
            for row in rows
            if row.warehouse_id is not None
        ),
    )
