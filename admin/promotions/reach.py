"""Which goods a promotion reaches: every variant with what a scope may ask of it, read once a minute."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select

from storefront.catalog.models import Category, CollectionProduct, Product, Variant
from storefront.database.base import db
from storefront.kernel.kept import Kept
from storefront.promotions.rules import Scope


@dataclass(frozen=True, slots=True)
class Good:
    """One variant, as a scope sees it."""

    variant_id: int
    product_id: int
    sku: str
    brand_id: int | None
    category_ids: frozenset[int]
    collection_ids: frozenset[int]
    attributes: frozenset[str]


@dataclass(slots=True)
class Shelves:
    """All goods, and the answers already given about them."""

    goods: tuple[Good, ...]
    _reached: dict[Scope, frozenset[int]] = field(default_factory=dict)

    def reached_by(self, scope: Scope) -> frozenset[int]:
        """Return the ids of the variants that a scope means."""
        found = self._reached.get(scope)
        if found is None:
            found = self._reached[scope] = frozenset(good.variant_id for good in self.goods if _is_meant(scope, good))
        return found


def _is_meant(scope: Scope, good: Good) -> bool:
    return scope.is_everything or scope.covers(
        product_id=good.product_id,
        sku=good.sku,
        category_ids=good.category_ids,
        brand_id=good.brand_id,
        collection_ids=good.collection_ids,
        attributes=good.attributes,
    )


def _read() -> Shelves:
    collections: dict[int, set[int]] = defaultdict(set)
    for row in db.session.execute(select(CollectionProduct.product_id, CollectionProduct.collection_id)):
        collections[row.product_id].add(row.collection_id)
    rows = db.session.execute(
        select(
            Variant.id, Variant.sku, Product.id.label("product_id"), Product.brand_id, Product.attributes, Category.path
        )
        .join(Product, Product.id == Variant.product_id)
        .join(Category, Category.id == Product.category_id)
        .order_by(Variant.id)
    )
    return Shelves(
        tuple(
            Good(
                variant_id=row.id,
                product_id=row.product_id,
                sku=row.sku,
                brand_id=row.brand_id,
                category_ids=frozenset(int(part) for part in row.path.strip("/").split("/") if part),
                collection_ids=frozenset(collections.get(row.product_id, ())),
                attributes=frozenset(f"{name}={value}" for name, value in (row.attributes or {}).items()),
            )
            for row in rows
        )
    )


_shelves = Kept(_read, seconds=60.0)
shelves = _shelves.get
"""The goods as they were at most a minute ago."""
