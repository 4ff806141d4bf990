"""Writes of the catalogue by staff: each checks that nobody else was faster, and leaves a trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from storefront.audit import services as audit
from storefront.catalog import limits, publishing
from storefront.catalog.editing import get_at, get_now, store, with_chinese
from storefront.catalog.errors import AlreadySo, StaleProduct
from storefront.catalog.events import PriceChanged
from storefront.catalog.models import Category, Product, Variant
from storefront.catalog.queries import forget_tree
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.events import publish
from storefront.kernel.money import Money
from storefront.kernel.text import squeeze

HIGHEST_PRICE_MINOR = 10**11
LONGEST_NAME, LONGEST_DESCRIPTION = 255, 20_000


@dataclass(frozen=True, slots=True)
class ProductWords:
    """What a product's page says, and whether shoppers may see it."""

    name: str
    name_zh: str
    description: str
    description_zh: str
    is_published: bool
    is_returnable: bool = True

    def __post_init__(self) -> None:
        if not squeeze(self.name):
            raise Invalid(N_("A product needs a name."), field="name")
        for field, text, longest in (
            ("name", self.name, LONGEST_NAME),
            ("name_zh", self.name_zh, LONGEST_NAME),
            ("description", self.description, LONGEST_DESCRIPTION),
            ("description_zh", self.description_zh, LONGEST_DESCRIPTION),
        ):
            if len(text) > longest:
                raise Invalid(N_("Use at most %(count)d characters."), field=field, count=longest)

    def tidied(self) -> ProductWords:
        """Return the same without the spaces and empty lines that nobody meant to type."""
        return ProductWords(
            name=squeeze(self.name),
            name_zh=squeeze(self.name_zh),
            description=self.description.strip(),
            description_zh=self.description_zh.strip(),
            is_published=self.is_published,
            is_returnable=self.is_returnable,
        )

    @classmethod
    def of(cls, product: Product) -> ProductWords:
        chinese = (product.translations or {}).get("zh") or {}
        return cls(
            name=product.name,
            name_zh=chinese.get("name") or "",
            description=product.description,
            description_zh=chinese.get("description") or "",
            is_published=product.is_published,
            is_returnable=product.is_returnable,
        )


@dataclass(frozen=True, slots=True)
class VariantPrice:
    """What a variant costs, and what it cost before, struck through."""

    price: Money
    compare_at: Money | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.price.minor <= HIGHEST_PRICE_MINOR:
            raise Invalid(N_("A price cannot be negative, nor that high."), field="price")
        if self.compare_at is not None and not self.price < self.compare_at:
            raise Invalid(N_("The price before must be higher than the price, or empty."), field="compare_at")
        if self.compare_at is not None and self.compare_at.minor > HIGHEST_PRICE_MINOR:
            raise Invalid(N_("A price cannot be negative, nor that high."), field="compare_at")


def change_words(*, product_id: int, version: int, words: ProductWords, by: str, at: datetime) -> Product:
    """Set name, description and publication of the product as it was at `version`; else StaleProduct."""
    product = get_at(product_id, version)
    before, words = ProductWords.of(product), words.tidied()
    if words == before:
        return product
    product.name, product.description = words.name, words.description
    product.translations = with_chinese(
        product.translations or {}, {"name": words.name_zh, "description": words.description_zh}
    )
    product.is_returnable = words.is_returnable
    if words.is_published != before.is_published:
        publishing.switch(product, is_published=words.is_published, at=at)
    store(product, at)
    after = ProductWords.of(product)
    changes = {key: (getattr(before, key), getattr(after, key)) for key in ProductWords.__slots__}
    audit.record(actor=by, action="product.change", about=("product", str(product.id)), changes=changes, at=at)
    return product


def set_published(*, product_id: int, is_published: bool, by: str, at: datetime) -> Product:
    """Let shoppers see a product, or no longer, whatever its page says; refuse what is so already."""
    product = get_now(product_id)
    words = ProductWords.of(product)
    if words.is_published == is_published:
        raise AlreadySo
    words = replace(words, is_published=is_published)
    return change_words(product_id=product_id, version=product.version, words=words, by=by, at=at)


def change_category(*, product_id: int, category_id: int, by: str, at: datetime) -> int:
    """Move a product into another category; return the one that it was in. Refuse what is so already."""
    product = get_now(product_id)
    names = {row.id: row.name for row in db.session.execute(select(Category.id, Category.name))}
    if category_id not in names:
        raise NotFound
    was = product.category_id
    if was == category_id:
        raise AlreadySo
    product.category_id = category_id
    store(product, at)
    changes = {"category": (names[was], names[category_id])}
    audit.record(actor=by, action="product.move", about=("product", str(product.id)), changes=changes, at=at)
    after_commit(forget_tree)
    return was


def change_prices(
    *, product_id: int, version: int, prices: Mapping[int, VariantPrice], by: str, at: datetime
) -> Product:
    """Set the prices of a product's variants (by id) as they were at `version`; else StaleProduct.

    Prices below cost that one person may not decide alone are refused with NeedsApproval.
    """
    product = get_at(product_id, version)
    variants = {variant.id: variant for variant in product.variants}
    if prices.keys() - variants.keys():
        raise StaleProduct
    _refuse_below_cost(product, variants, prices, by)
    changes: dict[str, tuple[object, object]] = {}
    for variant_id, price in sorted(prices.items()):
        changes |= _reprice(variants[variant_id], price, by, at)
    if changes:
        store(product, at)
        audit.record(actor=by, action="prices.change", about=("product", str(product.id)), changes=changes, at=at)
    return product


def change_tax_classes(
    *, product_id: int, version: int, classes: Mapping[int | None, str], by: str, at: datetime
) -> Product:
    """Set tax classes by code, of the product (None) and of variants (by id), as of `version`; else StaleProduct.

    "" is the default class for a product, and the product's for a variant.
    """
    product = get_at(product_id, version)
    variants = {variant.id: variant for variant in product.variants}
    changes: dict[str, tuple[object, object]] = {}
    for key, code in classes.items():
        if key is not None and key not in variants:
            raise StaleProduct
        row, name = (product, "tax_class") if key is None else (variants[key], f"{variants[key].sku} tax_class")
        if row.tax_class != code:
            changes[name] = (row.tax_class, code)
            row.tax_class = code
    if changes:
        store(product, at)
        audit.record(actor=by, action="product.tax", about=("product", str(product.id)), changes=changes, at=at)
    return product


def _refuse_below_cost(
    product: Product, variants: Mapping[int, Variant], prices: Mapping[int, VariantPrice], by: str
) -> None:
    cheaper = [
        (variants[key], price.price)
        for key, price in sorted(prices.items())
        if price.price.minor < variants[key].price_minor
    ]
    frozen = {
        str(key): [price.price.minor, price.compare_at.minor if price.compare_at is not None else None]
        for key, price in prices.items()
    }
    currency = next((price.price.currency for price in prices.values()), "")
    payload = {"product": product.id, "version": product.version, "currency": currency, "prices": frozen}
    limits.refuse_below_cost("prices", about=("product", str(product.id)), priced=cheaper, payload=payload, by=by)


def _reprice(variant: Variant, price: VariantPrice, by: str, at: datetime) -> dict[str, tuple[object, object]]:
    compare_at = price.compare_at.minor if price.compare_at is not None else None
    changes: dict[str, tuple[object, object]] = {}
    if variant.price_minor != price.price.minor:
        before, after = variant.price_minor, price.price.minor
        changes[f"{variant.sku} price"] = (before, after)
        variant.price_minor = after
        publish(PriceChanged(variant.id, before, after, by, at))
    if variant.compare_at_minor != compare_at:
        changes[f"{variant.sku} before"] = (variant.compare_at_minor, compare_at)
        variant.compare_at_minor = compare_at
    if changes:
        variant.updated_at = at
    return changes
