"""Reads of products for their list and their page: rows, in a handful of queries however long the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from admin.naming import has_sku, is_named
from admin.tables import ListState, Source
from storefront.catalog.models import Brand, Category, Product, ProductType, TypeAttribute, Variant
from storefront.catalog.services import ProductWords
from storefront.database.base import db
from storefront.inventory.models import StockLevel, Warehouse
from storefront.inventory.queries import sellable
from storefront.kernel.errors import NotFound
from storefront.shop.queries import get_settings

SORTS: Mapping[str, Any] = {"name": Product.name, "sold": Product.popularity, "changed": Product.updated_at}


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product in the list. Prices span its variants, stock adds them up."""

    id: int
    name: str
    translations: dict[str, Any]
    slug: str
    picture: str
    category: str
    category_translations: dict[str, Any]
    is_published: bool
    is_planned: bool
    role: str
    popularity: int
    updated_at: datetime
    variant_count: int
    lowest_minor: int
    highest_minor: int
    stock: int
    is_low: bool


@dataclass(frozen=True, slots=True)
class LevelFacts:
    """What one warehouse holds of a variant."""

    warehouse_id: int
    warehouse: str
    on_hand: int
    claimed: int


@dataclass(frozen=True, slots=True)
class VariantFacts:
    """A variant on its product's page."""

    id: int
    sku: str
    name: str
    is_active: bool
    price_minor: int
    compare_at_minor: int | None
    cost_minor: int | None
    tax_class: str
    levels: tuple[LevelFacts, ...]


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A product as its page in the back office shows it."""

    id: int
    slug: str
    name: str
    picture: str
    version: int
    words: ProductWords
    tax_class: str
    freight_class: str
    weightless: bool
    """Whether a variant on sale has no weight: it counts as 0 kg."""
    category: str
    category_translations: dict[str, Any]
    brand: str
    updated_at: datetime
    variants: tuple[VariantFacts, ...]


def products_of(state: ListState) -> Source:
    """Return the products that `state` asks for."""
    rows = (
        select(
            Product.id,
            Product.name,
            Product.translations,
            Product.slug,
            Product.picture,
            Product.is_published,
            Product.is_planned,
            Product.role,
            Product.popularity,
            Product.updated_at,
            Category.name.label("category"),
            Category.translations.label("category_translations"),
        )
        .join(Category, Category.id == Product.category_id)
        .where(*_conditions(state))
    )
    return Source(rows, Product.id, SORTS, complete=_with_prices_and_stock)


def types_of(state: ListState) -> Source:
    """Return the types that `state` asks for, each with how many facts it tells and products it has."""
    facts = select(func.count(TypeAttribute.id)).where(TypeAttribute.type_id == ProductType.id).correlate(ProductType)
    products = select(func.count(Product.id)).where(Product.product_type == ProductType.code).correlate(ProductType)
    rows = select(
        ProductType.id,
        ProductType.name,
        ProductType.translations,
        ProductType.updated_at,
        facts.scalar_subquery().label("facts"),
        products.scalar_subquery().label("products"),
    )
    if state.search:
        rows = rows.where(is_named(ProductType, state.search))
    return Source(rows, ProductType.id, {"name": func.lower(ProductType.name), "changed": ProductType.updated_at})


def find_products(text: str, limit: int) -> Sequence[Any]:
    """Return the most sold products whose name contains `text`, or one of whose SKUs begins so."""
    return db.session.execute(
        select(Product.id, Product.name, Product.translations, Product.picture, Product.is_published)
        .where(_matches(text))
        .order_by(Product.popularity.desc(), Product.id)
        .limit(limit)
    ).all()


def get_product_facts(product_id: int) -> ProductFacts:
    """Return everything that the product's page shows, or NotFound."""
    row = db.session.execute(
        select(Product, Category.name, Category.translations, Brand.name)
        .join(Category, Category.id == Product.category_id)
        .outerjoin(Brand, Brand.id == Product.brand_id)
        .where(Product.id == product_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    product, category, category_translations, brand = row
    return ProductFacts(
        id=product.id,
        slug=product.slug,
        name=product.name,
        picture=product.picture,
        version=product.version,
        words=ProductWords.of(product),
        tax_class=product.tax_class,
        freight_class=product.freight_class,
        weightless=bool(_count_weightless(product_id)),
        category=category,
        category_translations=category_translations,
        brand=brand or "",
        updated_at=product.updated_at,
        variants=_variants(product_id),
    )


def list_variants(product_id: int) -> Sequence[Variant]:
    """Return a product's variants in order, withdrawn ones too."""
    rows = select(Variant).where(Variant.product_id == product_id).order_by(Variant.position)
    return db.session.scalars(rows).all()


def _count_weightless(product_id: int) -> int:
    query = select(func.count(Variant.id)).where(Variant.product_id == product_id, Variant.is_active)
    return int(db.session.scalar(query.where(Variant.weight_grams == 0)) or 0)


def _with_prices_and_stock(rows: Sequence[Any]) -> Sequence[ProductRow]:
    ids = [row.id for row in rows]
    prices, stock = _prices(ids), _stock(ids)
    few = get_settings().low_stock_threshold
    return [
        ProductRow(
            **row._mapping,
            variant_count=prices[row.id].count if row.id in prices else 0,
            lowest_minor=prices[row.id].lowest if row.id in prices else 0,
            highest_minor=prices[row.id].highest if row.id in prices else 0,
            stock=stock.get(row.id, 0),
            is_low=stock.get(row.id, 0) <= few,
        )
        for row in rows
    ]


def _variants(product_id: int) -> tuple[VariantFacts, ...]:
    variants = db.session.execute(
        select(
            Variant.id,
            Variant.sku,
            Variant.name,
            Variant.is_active,
            Variant.price_minor,
            Variant.compare_at_minor,
            Variant.cost_minor,
            Variant.tax_class,
        )
        .where(Variant.product_id == product_id)
        .order_by(Variant.position)
    ).all()
    levels = db.session.execute(
        select(
            Variant.id.label("variant_id"),
            Warehouse.id.label("warehouse_id"),
            Warehouse.name.label("warehouse"),
            func.coalesce(StockLevel.on_hand, 0).label("on_hand"),
            func.coalesce(StockLevel.allocated + StockLevel.reserved, 0).label("claimed"),
        )
        .select_from(Variant)
        .join(Warehouse, Warehouse.is_active.is_(True))
        .outerjoin(StockLevel, (StockLevel.variant_id == Variant.id) & (StockLevel.warehouse_id == Warehouse.id))
        .where(Variant.product_id == product_id)
        .order_by(Warehouse.priority, Warehouse.id)
    ).all()
    held: dict[int, list[LevelFacts]] = {}
    for level in levels:
        facts = LevelFacts(level.warehouse_id, level.warehouse, level.on_hand, level.claimed)
        held.setdefault(level.variant_id, []).append(facts)
    return tuple(VariantFacts(**row._mapping, levels=tuple(held.get(row.id, ()))) for row in variants)


def _conditions(state: ListState) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if state.search:
        found.append(_matches(state.search))
    if slug := state.value("category"):
        path = select(Category.path).where(Category.slug == slug).scalar_subquery()
        found.append(Product.category_id.in_(select(Category.id).where(Category.path.startswith(path))))
    if published := state.value("published"):
        found += [Product.is_published.is_(published == "yes"), Product.is_planned.is_(published == "planned")]
    if role := state.value("role"):
        found.append(Product.role == ("" if role == "none" else role))
    if stock := state.value("stock"):
        found.append(_stock_condition(stock))
    return found


def _matches(text: str) -> ColumnElement[bool]:
    by_sku = select(Variant.product_id).where(has_sku(text))
    return or_(is_named(Product, text), Product.id.in_(by_sku))


def _stock_condition(wanted: str) -> ColumnElement[bool]:
    units = (
        select(func.coalesce(func.sum(sellable), 0))
        .select_from(Variant)
        .join(StockLevel, StockLevel.variant_id == Variant.id)
        .where(Variant.product_id == Product.id, Variant.is_active)
        .correlate(Product)
        .scalar_subquery()
    )
    if wanted == "out":
        return units == 0
    if wanted == "low":
        return units.between(1, get_settings().low_stock_threshold)
    return units > 0


def _prices(product_ids: Sequence[int]) -> Mapping[int, Any]:
    rows = db.session.execute(
        select(
            Variant.product_id,
            func.count().label("count"),
            func.min(Variant.price_minor).label("lowest"),
            func.max(Variant.price_minor).label("highest"),
        )
        .where(Variant.product_id.in_(product_ids), Variant.is_active)
        .group_by(Variant.product_id)
    )
    return {row.product_id: row for row in rows}


def _stock(product_ids: Sequence[int]) -> Mapping[int, int]:
    rows = db.session.execute(
        select(Variant.product_id, func.sum(sellable).label("units"))
        .join(StockLevel, StockLevel.variant_id == Variant.id)
        .where(Variant.product_id.in_(product_ids), Variant.is_active)
        .group_by(Variant.product_id)
    )
    return {row.product_id: int(row.units) for row in rows}
