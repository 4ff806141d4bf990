"""Reads of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, literal, select, union_all

from storefront.catalog.card_lists import cards_by_ids as cards_by_ids
from storefront.catalog.cards import Card as Card
from storefront.catalog.cards import Piece, Promoted, after_deals, shown_prices, stock_of
from storefront.catalog.collecting import order_of
from storefront.catalog.matrix import Option, read_options
from storefront.catalog.memory import remembered
from storefront.catalog.models import (
    Brand,
    Category,
    CategoryAddress,
    Collection,
    CollectionProduct,
    Product,
    ProductMedia,
    Variant,
)
from storefront.catalog.product_types import facts_in_order
from storefront.catalog.stock_shown import remember_stock
from storefront.catalog.tree import Node as Node
from storefront.catalog.tree import Tree, count_subtrees
from storefront.database.base import db
from storefront.database.reading import read
from storefront.kernel.errors import NotFound
from storefront.kernel.kept import Kept


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


def _read_tree() -> Tree:
    own = (
        select(Product.category_id, func.count().label("count"))
        .where(Product.is_published)
        .group_by(Product.category_id)
        .subquery()
    )
    found = db.session.execute(
        select(Category.__table__, func.coalesce(own.c.count, 0).label("own"), CategoryAddress.slug.label("address"))
        .outerjoin(own, own.c.category_id == Category.id)
        .outerjoin(CategoryAddress, CategoryAddress.category_id == Category.id)
        .where(Category.is_published)
        .order_by(Category.depth, Category.position, Category.name, Category.id)
    ).all()
    shown = {row.id: row for row in found}
    rows = [row for row in shown.values() if all(int(part) in shown for part in row.path.strip("/").split("/") if part)]
    paths = {row.id: row.path for row in rows}
    counts = count_subtrees({row.id: row.own for row in rows}, paths)
    return Tree((_node(row, counts) for row in rows), {row.address: row.id for row in found if row.address})


def _node(category: Row[Any], counts: Mapping[int, int]) -> Node:
    return Node(
        id=category.id,
        parent_id=category.parent_id,
        slug=category.slug,
        path=category.path,
        depth=category.depth,
        name=category.name,
        translations=category.translations or {},
        picture=category.picture,
        product_count=counts[category.id],
        seo_title=category.seo_title,
        seo_description=category.seo_description,
    )


_tree = Kept(_read_tree, seconds=30.0)
category_tree = _tree.get
forget_tree = _tree.forget

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
_COSTS = select(Variant.id, Variant.cost_minor).where(Variant.id.in_(bindparam("ids", expanding=True)))
_PICTURES = (
    select(ProductMedia.picture, ProductMedia.alt, ProductMedia.translations)
    .where(ProductMedia.product_id == bindparam("product_id"))
    .order_by(ProductMedia.position, ProductMedia.id)
)


def find_id(slug: str) -> int | None:
    """Return the number of a published product, None if there is none of that name."""
    return db.session.scalar(select(Product.id).where(Product.slug == slug, Product.is_published))


def unit_costs(variant_ids: Iterable[int]) -> dict[int, int | None]:
    """Return what a piece of each of these variants costs the merchant now, in minor units; None where not known."""
    return {row.id: row.cost_minor for row in read(_COSTS, {"ids": list(variant_ids)})}


def get_product(slug: str, locale: str) -> ProductFacts:
    """Return a published product with its active variants; NotFound if there is none."""
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


def after_offers(product: ProductFacts, variant: VariantFacts, price_minor: int) -> int:
    """Return what the offers that every single piece gets leave of a catalogue price of a variant."""
    return after_deals(variant.piece(product, price_minor))


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


def _sellable_ids() -> Select[int]:
    return select(Product.id).where(
        Product.is_published, select(Variant.id).where(Variant.product_id == Product.id, Variant.is_active).exists()
    )


def list_best_seller_ids(limit: int, *, under: str = "", without: int | None = None) -> list[int]:
    """Return ids of the most sold products: all, or those of the category whose path is `under`."""
    statement = _sellable_ids().order_by(Product.popularity.desc(), Product.id).limit(limit)
    if under:
        below = select(Category.id).where(Category.path.startswith(under, autoescape=True))
        statement = statement.where(Product.category_id.in_(below))
    if without is not None:
        statement = statement.where(Product.id != without)
    return list(db.session.scalars(statement))


def list_collection_ids(limit: int, collection_id: int) -> list[int]:
    """Return ids of a collection's first products, in its own order."""
    sort = db.session.scalar(select(Collection.sort).where(Collection.id == collection_id))
    by_hand = () if sort else (CollectionProduct.position,)
    statement = _sellable_ids().join(CollectionProduct, CollectionProduct.product_id == Product.id)
    mine = statement.where(CollectionProduct.collection_id == collection_id)
    return list(db.session.scalars(mine.order_by(*by_hand, *order_of(sort or "")).limit(limit)))


def list_front_ids(limit: int) -> dict[str, list[int]]:
    """Return ids for each named shelf of the front, in one query: "best-sellers", "new-arrivals" (published last) and
    "reduced" (the most sold of those whose shown price is lower than it was).
    """
    reduced = select(Variant.product_id).where(
        Variant.is_active, Variant.position == 0, Variant.compare_at_minor > Variant.price_minor
    )
    sold, published = Product.popularity.desc(), Product.published_at.desc()
    shelves = {
        "best-sellers": _sellable_ids().order_by(sold, Product.id),
        "new-arrivals": _sellable_ids().where(Product.published_at.is_not(None)).order_by(published, Product.id.desc()),
        "reduced": _sellable_ids().where(Product.id.in_(reduced)).order_by(sold, Product.id),
    }
    found: dict[str, list[int]] = {name: [] for name in shelves}
    parts = (_numbered(name, statement.limit(limit)) for name, statement in shelves.items())
    for row in sorted(db.session.execute(union_all(*parts)), key=lambda row: (row[0], row[1])):
        found[row[0]].append(row[2])
    return found


def _numbered(name: str, statement: Select[int]) -> Select[str, int, int]:
    rows = statement.subquery()
    return select(literal(name), func.row_number().over(), rows.c.id)
