"""Reads of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, literal, select, union_all

from storefront.catalog.card_lists import cards_by_ids as cards_by_ids
from storefront.catalog.cards import Card as Card
from storefront.catalog.collecting import order_of
from storefront.catalog.models import (
    Category,
    CategoryAddress,
    Collection,
    CollectionProduct,
    Product,
    Variant,
)
from storefront.catalog.tree import Node as Node
from storefront.catalog.tree import Tree, count_subtrees
from storefront.database.base import db
from storefront.database.reading import read
from storefront.kernel.kept import Kept


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

_COSTS = select(Variant.id, Variant.cost_minor).where(Variant.id.in_(bindparam("ids", expanding=True)))


def find_id(slug: str) -> int | None:
    """Return the number of a published product, None if there is none of that name."""
    return db.session.scalar(select(Product.id).where(Product.slug == slug, Product.is_published))


def unit_costs(variant_ids: Iterable[int]) -> dict[int, int | None]:
    """Return what a piece of each of these variants costs the merchant now, in minor units; None where not known."""
    return {row.id: row.cost_minor for row in read(_COSTS, {"ids": list(variant_ids)})}


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
