"""The goods that promotions give away: what they are called, what they are worth, and how many there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from storefront.cart.contents import AVAILABLE, Line
from storefront.catalog.models import Product, Variant
from storefront.database.reading import read
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
    available: int

    @property
    def full_name(self) -> str:
        return sized(self.name, self.variant_name)


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
        AVAILABLE.label("available"),
    )
    .join(Product, Product.id == Variant.product_id)
    .where(Variant.sku.in_(bindparam("skus", expanding=True)))
    .order_by(Variant.id)
)


def gift_goods(promotions: Iterable[Promotion], *, currency: str, locale: str | None = None) -> Mapping[str, GiftGoods]:
    """Return what these promotions could give, by SKU; nothing is asked where none gives anything away."""
    skus = sorted({sku for each in promotions if isinstance(each.benefit, Gift) for sku in each.benefit.skus})
    if not skus:
        return {}
    return {
        row.sku: GiftGoods(
            variant_id=row.variant_id,
            product_id=row.product_id,
            sku=row.sku,
            slug=row.slug,
            name=localized(row.name, row.translations, locale=locale),
            variant_name=row.variant_name,
            picture=row.variant_picture or row.picture,
            value=Money(row.price_minor, currency),
            available=int(row.available),
        )
        for row in read(_GIFTS, {"skus": skus})
    }


def gift_stock(goods: Mapping[str, GiftGoods], bought: Collection[Line]) -> tuple[GiftStock, ...]:
    """Return how many of each gift there are beside those that the cart itself buys."""
    taken = {line.sku: line.quantity for line in bought}
    return tuple(
        GiftStock(
            sku=each.sku,
            available=max(0, each.available - taken.get(each.sku, 0)),
            value=each.value,
            product_id=each.product_id,
        )
        for each in goods.values()
    )
