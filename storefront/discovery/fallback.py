"""Lists from the database alone, for as long as there is no usable index: slower and plainer, but the shop still
sells.

Words are looked for in names (all of them must occur), filters work, brands are counted by GROUP BY; there is no
spelling, no stemming and no order by relevance, "on promotion" knows reduced prices alone, prices are compared as they
are without price lists and flash sales, and an attribute that lists several values is found by all of them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from storefront.catalog.attributes import PREFIX
from storefront.catalog.listing import Facet, Found, Option, Place, Places, Rescue
from storefront.catalog.models import Brand, Category, Product, Variant
from storefront.catalog.queries import category_tree
from storefront.catalog.tree import Node
from storefront.catalog.wanted import Wanted
from storefront.database.base import db
from storefront.discovery.rescuing import MOST_CATEGORIES, best_sellers, with_parents
from storefront.discovery.wording import wording
from storefront.inventory.models import StockLevel, Warehouse
from storefront.inventory.queries import sellable
from storefront.web.locale import LOCALES, current_locale

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
    "rating": func.coalesce(Product.rating_sum * 1.0 / func.nullif(Product.rating_count, 0), 0).desc(),
}


def find(node: Node | None, wanted: Wanted, size: int) -> Found:
    """Return one page of what matches, in a category or in the whole shop."""
    tree = category_tree()
    place = node or (tree.find_slug(wanted.category) if wanted.category else None)
    conditions = _conditions(place, wanted)
    if wanted.category and place is None:
        conditions.append(false())
    matching = select(Product.id).where(*conditions, *_brand_condition(wanted))
    total = int(db.session.scalar(select(func.count()).select_from(matching.subquery())) or 0)
    page = min(wanted.page, max(1, -(-total // size)))
    first = min(wanted.first_page, page)
    order = _ORDERS.get(wanted.sort, Product.popularity.desc())
    shown = matching.order_by(order, Product.id).limit((page - first + 1) * size).offset((first - 1) * size)
    found = Found(
        tuple(db.session.scalars(shown)),
        total,
        facets=(_brands(conditions, wanted),),
        is_complete=False,
        page=page,
        since=first if first < page else 0,
    )
    trail = (*tree.trail(place), place) if place else ()
    places = Places(tuple(map(Place, trail)), tuple(map(Place, tree.children(place) if place else tree.roots)))
    return replace(found, places=places, rescue=None if total else _rescue())


def find_code(spellings: Sequence[str]) -> int | None:
    """Return the published product that has a SKU or barcode written in one of these ways."""
    statement = (
        select(Product.id)
        .join(Variant, Variant.product_id == Product.id)
        .where(Product.is_published, Variant.is_active)
        .where(or_(Variant.sku.in_(spellings), Variant.barcode.in_(spellings)))
    )
    return db.session.scalar(statement.limit(1))


def _rescue() -> Rescue:
    departments = category_tree().roots[:MOST_CATEGORIES]
    return Rescue(categories=with_parents(departments), cards=tuple(best_sellers(current_locale())))


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
    if wanted.rating is not None:
        result += [Product.rating_count > 0, Product.rating_sum >= wanted.rating * Product.rating_count]
    return [*result, *(_attribute(key, values) for key, values in wanted.wish)]


def _attribute(key: str, values: Sequence[str]) -> ColumnElement[bool]:
    """Say that the product or one of its variants has one of these values under the name that the key stands for."""
    name = wording().names.get(key, key.removeprefix(PREFIX))
    own = Product.attributes[name].as_string().in_(values)
    return or_(own, _has_variant(Variant.options[name].as_string().in_(values)))


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
