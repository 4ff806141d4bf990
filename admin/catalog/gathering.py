"""What is in a collection, what could be, and which promotions are about it."""

from __future__ import annotations

import re
from collections.abc import Collection as Some
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, null, select

from admin.naming import is_named
from admin.tables import ListState, Source
from storefront.catalog.collecting import order_of
from storefront.catalog.models import Collection, CollectionProduct, Product, Variant
from storefront.database.base import db
from storefront.kernel.paging import Page
from storefront.kernel.text import code_key
from storefront.promotions.models import Promotion

LONGEST = 100_000
"""So many characters are read."""
_BETWEEN = re.compile(r"[\s,;，；]+")


def collections_of(state: ListState) -> Source:
    """Return the collections that `state` asks for, each with how many products it holds."""
    products = (
        select(func.count(CollectionProduct.product_id))
        .where(CollectionProduct.collection_id == Collection.id)
        .correlate(Collection)
        .scalar_subquery()
    )
    columns = Collection.id, Collection.name, Collection.translations, Collection.updated_at, Collection.rules
    rows = select(*columns, products.label("products"))
    if state.search:
        rows = rows.where(is_named(Collection, state.search))
    if kind := state.value("kind"):
        by_rules = Collection.rules.is_not(null())
        rows = rows.where(by_rules if kind == "rules" else ~by_rules)
    sorts = {"name": func.lower(Collection.name), "products": products, "changed": Collection.updated_at}
    return Source(rows, Collection.id, sorts)


def products_by_sku(text: str) -> tuple[list[int], list[str]]:
    """Return the products with the SKUs in a text, in their order, and the SKUs that no article has."""
    skus = list(dict.fromkeys(code_key(part) for part in _BETWEEN.split(text) if part.strip()))
    if not skus:
        return [], []
    rows = db.session.execute(select(Variant.sku, Variant.product_id).where(Variant.sku.in_(skus)))
    found = {row.sku: row.product_id for row in rows}
    products = dict.fromkeys(found[sku] for sku in skus if sku in found)
    return list(products), [sku for sku in skus if sku not in found]


def skus_of(product_ids: Sequence[int]) -> list[str]:
    """Return the code of each product's first article, in this order; a product without any is left out."""
    rows = db.session.execute(
        select(Variant.product_id, Variant.sku)
        .where(Variant.product_id.in_(product_ids))
        .order_by(Variant.is_active, Variant.position.desc(), Variant.id.desc())
    )
    first = {row.product_id: row.sku for row in rows}
    return [first[number] for number in product_ids if number in first]


def known_products(ids: Some[int]) -> list[int]:
    """Return those of these ids that are products."""
    return list(db.session.scalars(select(Product.id).where(Product.id.in_(ids))))


def page_of_products(row: Collection, *, number: int, size: int) -> Page[Any]:
    """Return one page of a collection's products, in its own order."""
    mine = (
        select(Product.id, Product.name, Product.translations, Product.picture, Product.is_published)
        .join(CollectionProduct, CollectionProduct.product_id == Product.id)
        .where(CollectionProduct.collection_id == row.id)
    )
    total = db.session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    by_hand = () if row.rules is not None else (CollectionProduct.position,)
    ordered = mine.order_by(*by_hand, *order_of(row.sort))
    return Page(db.session.execute(ordered.limit(size).offset((number - 1) * size)).all(), total, number, size)


def member_ids(collection_id: int) -> frozenset[int]:
    """Return the products of a collection."""
    mine = select(CollectionProduct.product_id).where(CollectionProduct.collection_id == collection_id)
    return frozenset(db.session.scalars(mine))


def promotions_about(collection_id: int) -> Sequence[str]:
    """Return the names of the promotions whose goods a collection names."""
    rows = db.session.execute(
        select(Promotion.name, Promotion.conditions, Promotion.benefits).order_by(Promotion.name, Promotion.id)
    )
    return [row.name for row in rows if collection_id in set(_collections([row.conditions, row.benefits]))]


def _collections(data: object) -> Iterator[object]:
    """Yield the ids of collections that stored conditions and benefits name, however deep."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "collection_ids" and isinstance(value, list):
                yield from value
            else:
                yield from _collections(value)
    elif isinstance(data, list):
        for value in data:
            yield from _collections(value)
