"""The goods that promotions are about, asked of the database: the same as `Scope.covers`, as conditions of SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, true

from storefront.catalog import queries as catalog
from storefront.catalog.cards import Card
from storefront.catalog.collecting import has_attribute
from storefront.catalog.models import CollectionProduct, Product, Variant
from storefront.database.base import db
from storefront.inventory.models import StockLevel
from storefront.inventory.queries import sellable
from storefront.kernel.paging import Page
from storefront.promotions.rules import Scope

IS_SOLD = (Product.is_published, Variant.is_active)
IN_STOCK = select(StockLevel.variant_id).where(StockLevel.variant_id == Variant.id, sellable > 0).exists()


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """Return what is true of the variants that a scope means, where `Product` and `Variant` are joined."""
    named: list[ColumnElement[bool]] = []
    if scope.product_ids:
        named.append(Product.id.in_(sorted(scope.product_ids)))
    if scope.skus:
        named.append(Variant.sku.in_(sorted(scope.skus)))
    traits = list(_traits(scope))
    if traits:
        named.append(and_(*traits))
    meant = or_(*named) if named else true()
    return meant if scope.exclude is None else and_(meant, not_(in_scope(scope.exclude)))


def in_scopes(scopes: Iterable[Scope]) -> ColumnElement[bool]:
    """Return what is true of the variants that one of several scopes means."""
    return or_(false(), *(in_scope(scope) for scope in scopes))


def page_of_goods(scopes: Sequence[Scope], *, number: int, size: int, locale: str) -> Page[Card]:
    """Return one page of the products that some scopes mean, the best sold first; beyond the end, the last page."""
    wanted = select(Variant.id).where(Variant.product_id == Product.id, Variant.is_active, in_scopes(scopes))
    statement = select(Product.id).where(Product.is_published, wanted.exists())
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    number = min(number, max(1, -(-total // size)))
    ids = db.session.scalars(
        statement.order_by(Product.popularity.desc(), Product.id).limit(size).offset((number - 1) * size)
    ).all()
    return Page(catalog.cards_by_ids(ids, locale), total, number, size)


def _traits(scope: Scope) -> Iterable[ColumnElement[bool]]:
    if scope.category_ids:
        yield Product.category_id.in_(_with_subtrees(scope.category_ids))
    if scope.brand_ids:
        yield and_(Product.brand_id.is_not(None), Product.brand_id.in_(sorted(scope.brand_ids)))
    if scope.collection_ids:
        members = select(CollectionProduct.product_id).where(
            CollectionProduct.collection_id.in_(sorted(scope.collection_ids))
        )
        yield Product.id.in_(members)
    by_name: dict[str, list[str]] = defaultdict(list)
    for attribute in sorted(scope.attributes):
        name, _, value = attribute.partition("=")
        by_name[name].append(value)
    for name, values in by_name.items():
        yield has_attribute(name, values)


def _with_subtrees(category_ids: frozenset[int]) -> list[int]:
    tree = catalog.category_tree()
    below = {node.id for node in tree if not category_ids.isdisjoint(tree.line(node.id))}
    return sorted(below | category_ids)
