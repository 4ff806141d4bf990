"""What a product's page shows of it: texts, variants at the price that everybody is asked, pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, select

from storefront.catalog.cards import Piece, Promoted, after_deals, shown_prices, stock_of
from storefront.catalog.matrix import Option, read_options
from storefront.catalog.memory import Store, remembered
from storefront.catalog.models import Brand, Product, ProductMedia, Variant
from storefront.catalog.product_types import facts_in_order
from storefront.catalog.stock_shown import remember_stock
from storefront.database.reading import read
from storefront.database.transaction import is_open
from storefront.kernel.errors import NotFound
from storefront.kernel.kept import Kept
from storefront.kernel.recent import Recent
from storefront.web.kept_pages import state_now

MOST_KNOWN = 256
"""Of how many products a process remembers what their pages show: a few kilobytes each."""


@dataclass(frozen=True, slots=True)
class VariantFacts:
    """A variant on its product's page, at the price that everybody is asked today."""

    id: int
    sku: str
    name: str
    options: Mapping[str, str]
    price_minor: int
    compare_at_minor: int | None
    weight_grams: int
    picture: str
    available: int
    base_minor: int = 0
    """The variant's own price, before lists and flash sales."""
    price_note: str = ""
    """Why the price is lower than the base price: "Summer sale"."""
    catalogue_minor: int = 0
    """Today's price before offers: `price_minor`, unless an offer that every single piece gets lowers it."""
    minimum_minor: int | None = None

    def piece(self, product: ProductFacts, price_minor: int) -> Piece:
        """Return one piece of this variant at some catalogue price."""
        return Piece(
            variant_id=self.id,
            product_id=product.id,
            sku=self.sku,
            category_id=product.category_id,
            brand_id=product.brand_id,
            price_minor=price_minor,
            minimum_minor=self.minimum_minor,
        )

    def after_offers(self, product: ProductFacts, price_minor: int) -> int:
        """Return what the offers that every single piece gets leave of a catalogue price."""
        return after_deals(self.piece(product, price_minor))


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a gallery."""

    picture: str
    alt: str


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A product as its page shows it, in one language."""

    id: int
    slug: str
    name: str
    description: str
    category_id: int
    product_type: str
    brand_id: int | None
    brand_name: str
    brand_slug: str
    attributes: Mapping[str, str]
    variants: tuple[VariantFacts, ...]
    gallery: tuple[Picture, ...]
    rating: str
    rating_count: int
    is_returnable: bool = True
    options: tuple[Option, ...] = ()
    """What tells its variants apart, in order."""
    title: str = ""
    summary: str = ""
    """What search engines show, where it is not made from name and description."""

    @property
    def url(self) -> str:
        return f"/products/{self.slug}"


_PRODUCT = (
    select(Product.__table__, Brand.name.label("brand_name"), Brand.slug.label("brand_slug"))
    .outerjoin(Brand, Brand.id == Product.brand_id)
    .where(Product.slug == bindparam("slug"), Product.is_published)
)
_VARIANTS = (
    select(Variant.__table__)
    .where(Variant.product_id == bindparam("product_id"), Variant.is_active)
    .order_by(Variant.position)
)
_PICTURES = (
    select(ProductMedia.picture, ProductMedia.alt, ProductMedia.translations)
    .where(ProductMedia.product_id == bindparam("product_id"))
    .order_by(ProductMedia.position, ProductMedia.id)
)


class Known(NamedTuple):
    """A product as it was when pages were made from `state`, and `writes` had been found."""

    facts: ProductFacts
    state: object
    writes: int

    def is_true(self, state: object, store: Store) -> bool:
        """Say whether its page would still be the same."""
        return self.state is state and not store.is_written(self.facts.id, since=self.writes)


def _nothing_known() -> Recent[Known]:
    return Recent(MOST_KNOWN)


_products = Kept(_nothing_known, seconds=600.0)


def get_product(slug: str, locale: str) -> ProductFacts:
    """Return a published product with its active variants; NotFound if there is none.

    It is remembered for as long as its page would be kept: one product is asked for with each of its variants.
    """
    store, state, products = remembered(), state_now(), _products.get()
    known = products.get((slug, locale))
    if known is not None and known.is_true(state, store):
        return known.facts
    writes = store.writes
    facts = _read_product(slug, locale)
    if not is_open():
        products.put((slug, locale), Known(facts, state, writes))
    return facts


def _read_product(slug: str, locale: str) -> ProductFacts:
    product = read(_PRODUCT, {"slug": slug}).one_or_none()
    if product is None:
        raise NotFound
    variants = _list_variants(product)
    if not variants:
        raise NotFound
    words: Mapping[str, Any] = (product.translations or {}).get(locale) or {}
    return ProductFacts(
        id=product.id,
        slug=product.slug,
        name=words.get("name") or product.name,
        description=words.get("description") or product.description,
        category_id=product.category_id,
        product_type=product.product_type,
        brand_id=product.brand_id,
        brand_name=product.brand_name or "",
        brand_slug=product.brand_slug or "",
        attributes=facts_in_order(product.product_type, words.get("attributes") or product.attributes or {}, locale),
        variants=variants,
        gallery=_gallery(product.id, product.picture, locale),
        rating=f"{product.rating_sum / product.rating_count:.1f}" if product.rating_count else "",
        rating_count=product.rating_count,
        is_returnable=product.is_returnable,
        options=read_options(product.options or ()),
        title=words.get("seo_title") or product.seo_title,
        summary=words.get("seo_description") or product.seo_description,
    )


def _list_variants(product: Row[Any]) -> tuple[VariantFacts, ...]:
    rows = read(_VARIANTS, {"product_id": product.id}).all()
    ids, store = [row.id for row in rows], remembered()
    stock = stock_of(ids)
    remember_stock(store, product.id, ids, stock)
    pieces = [
        Piece(
            variant_id=row.id,
            product_id=product.id,
            sku=row.sku,
            category_id=product.category_id,
            brand_id=product.brand_id,
            price_minor=row.price_minor,
            minimum_minor=row.minimum_price_minor,
        )
        for row in rows
    ]
    promoted = shown_prices(pieces)
    return tuple(_variant(row, stock.get(row.id, 0), promoted.get(row.id)) for row in rows)


def _variant(row: Row[Any], available: int, promoted: Promoted | None) -> VariantFacts:
    before, price, catalogue = row.compare_at_minor, row.price_minor, row.price_minor
    if promoted is not None:
        before, price = row.price_minor, promoted.price_minor
        catalogue = price if promoted.catalogue_minor is None else promoted.catalogue_minor
    return VariantFacts(
        id=row.id,
        sku=row.sku,
        name=row.name,
        options=row.options or {},
        price_minor=price,
        compare_at_minor=before if before is not None and before > price else None,
        weight_grams=row.weight_grams,
        picture=row.picture,
        available=available,
        base_minor=row.price_minor,
        price_note=promoted.badge.text if promoted is not None and promoted.badge else "",
        catalogue_minor=catalogue,
        minimum_minor=row.minimum_price_minor,
    )


def _gallery(product_id: int, first: str, locale: str) -> tuple[Picture, ...]:
    found = {
        row.picture: Picture(row.picture, ((row.translations or {}).get(locale) or {}).get("alt") or row.alt)
        for row in read(_PICTURES, {"product_id": product_id})
    }
    if first and first not in found:
        found = {first: Picture(first, ""), **found}
    return tuple(found.values())
