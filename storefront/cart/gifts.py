"""The goods that promotions give away: what they are called, what they are worth, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from storefront.cart.contents import AVAILABLE
from storefront.catalog.models import Product, Variant
from storefront.kernel.money import Money
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
