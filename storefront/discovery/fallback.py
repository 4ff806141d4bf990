"""Lists from the database alone, for as long as there is no usable index: slower and plainer, but the shop still
sells.

Words are looked for in names (all of them must occur), filters work, brands are counted by GROUP BY; there is no
spelling, no stemming and no order by relevance, "on promotion" knows reduced prices alone, and prices are compared as
they are without price lists and flash sales.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from storefront.catalog.listing import Facet, Found, Option, Wanted
from storefront.catalog.models import Brand, Category, Product, Variant
from storefront.catalog.tree import Node
from storefront.database.base import db
from storefront.inventory.models import StockLevel, Warehouse
from storefront.inventory.queries import sellable
from storefront.web.locale import LOCALES

MOST_WORDS = 8
MOST_BRANDS = 20

_price = (
    select(func.min(Variant.price_minor))
    .where(Variant.product_id == Product.id, Variant.is_active)
    .correlate(Product)
    .scalar_subquery()
)
_names = (Product.name, *(Product.translations[locale]["name"].as_string() for locale in LOCALES))
_ORDERS: dict[str, ColumnElement[Any]] = {
    "price": _price.asc(),
    "price-desc": _price.desc(),
    "new": Product.published_at.desc(),
}


def find(node: Node | None, wanted: Wanted, size: int) -> Found:
    """Return one page of what matches, in a category or in the whole shop."""
    conditions = _conditions(node, wanted)
    chosen = _brand_condition(wanted)
    order = _ORDERS.get(wanted.sort, Product.popularity.desc())
    matching = select(Product.id).where(*conditions, *chosen)
    ids = db.session.scalars(matching.order_by(order, Product.id).limit(size).offset((wanted.page - 1) * size)).all()
    total = int(db.session.scalar(select(func.count()).select_from(matching.subquery())) or 0)
    return Found(tuple(ids), total, facets=(_brands(conditions, wanted),), is_complete=False)


def find_code(code: str) -> int | None:
    """Return the published product that has this SKU or barcode, exactly as typed."""
    statement = (
        select(Product.id)
        .join(Variant, Variant.product_id == Product.id)
        .where(Product.is_published, Variant.is_active, or_(Variant.sku == code, Variant.barcode == code))
    )
    return db.session.scalar(statement.limit(1))


def _conditions(node: Node | None, wanted: Wanted) -> list[ColumnElement[bool]]:
    result: list[ColumnElement[bool]] = [Product.is_published.is_(True), _has_variant()]
    if node is not None:
        below = select(Category.id).where(Category.path.startswith(node.path, autoescape=True))
        result.append(Product.category_id.in_(below))
    for word in wanted.text.split()[:MOST_WORDS]:
        result.append(or_(*(name.icontains(word, autoescape=True) for name in _names)))
    if wanted.price_from is not None:
        result.append(_price >= wanted.price_from)
    if wanted.price_to is not None:
        result.append(_price <= wanted.price_to)
    if wanted.in_stock:
        result.append(_has_variant(_in_stock()))
    if wanted.on_promotion:
        result.append(_has_variant(Variant.compare_at_minor > Variant.price_minor))
    return result


def _brand_condition(wanted: Wanted) -> list[ColumnElement[bool]]:
    slugs = wanted.facets.get("brand", ())
    return [Product.brand_id.in_(select(Brand.id).where(Brand.slug.in_(slugs)))] if slugs else []


def _has_variant(*also: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Variant.id).where(Variant.product_id == Product.id, Variant.is_active, *also).exists()


def _in_stock() -> ColumnElement[bool]:
    levels: Select[Any] = (
        select(StockLevel.variant_id)
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
        .where(and_(StockLevel.variant_id == Variant.id, Warehouse.is_active, sellable > 0))
    )
    return levels.exists()


def _brands(conditions: list[ColumnElement[bool]], wanted: Wanted) -> Facet:
    count = func.count(Product.id)
    rows = db.session.execute(
        select(Brand.slug, Brand.name, count)
        .join(Product, Product.brand_id == Brand.id)
        .where(*conditions)
        .group_by(Brand.id, Brand.slug, Brand.name)
        .order_by(count.desc(), Brand.name)
        .limit(MOST_BRANDS)
    )
    chosen = wanted.facets.get("brand", ())
    return Facet("brand", tuple(Option(slug, name, number, slug in chosen) for slug, name, number in rows))
