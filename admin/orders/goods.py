"""Goods to put into an order, found by name or SKU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from admin.naming import has_sku, is_named
from storefront.cart.contents import AVAILABLE
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.kernel.money import Money
from storefront.kernel.text import squeeze
from storefront.shop.queries import get_settings
from storefront.web.locale import localized
from storefront.web.measures import sized

MOST = 10


@dataclass(frozen=True, slots=True)
class Goods:
    """A variant for sale: what it is called, what it costs before price lists, and how many there are."""

    sku: str
    name: str
    price: Money
    available: int


def find_goods(text: str) -> Sequence[Goods]:
    """Return variants for sale whose product's name has these words, or whose SKU begins so; the most sold first."""
    words = squeeze(text)[:100]
    if not words:
        return []
    return _read(or_(is_named(Product, words), has_sku(words)), MOST)


def list_goods(skus: Sequence[str]) -> Sequence[Goods]:
    """Return these variants as they are sold today."""
    return _read(Variant.sku.in_(skus), len(skus)) if skus else []


def _read(condition: object, most: int) -> Sequence[Goods]:
    currency = get_settings().currency
    rows = db.session.execute(
        select(Variant.sku, Variant.name, Variant.price_minor, Product.name, Product.translations, AVAILABLE)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.is_active, Product.is_published, condition)  # type: ignore[arg-type]
        .order_by(Product.popularity.desc(), Product.id, Variant.position)
        .limit(most)
    )
    return [
        Goods(sku, sized(localized(product, translations), variant), Money(price, currency), int(free))
        for sku, variant, price, product, translations, free in rows
    ]
