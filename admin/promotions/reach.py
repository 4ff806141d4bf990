"""Which goods a promotion reaches: every variant with what a scope and the check may ask of it, read once a minute."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select

from storefront.catalog.models import Category, CollectionProduct, Product, Variant
from storefront.database.base import db
from storefront.inventory.models import StockLevel, Warehouse
from storefront.inventory.queries import sellable
from storefront.kernel.kept import Kept
from storefront.kernel.money import Money
from storefront.promotions.rules import Scope
from storefront.promotions.rules.trials import Good
from storefront.shop.queries import get_settings

MOST_TRIED = 60
"""How many goods the check puts into trial carts: those that earn least."""


@dataclass(slots=True)
class Shelves:
    """All goods by variant id, and the answers already given about them."""

    goods: Mapping[int, Good]
    _reached: dict[Scope, frozenset[int]] = field(default_factory=dict)

    def reached_by(self, scope: Scope) -> frozenset[int]:
        """Return the ids of the variants that a scope means."""
        found = self._reached.get(scope)
        if found is None:
            everything = scope.is_everything
            found = frozenset(id_ for id_, good in self.goods.items() if everything or good.is_in(scope))
            self._reached[scope] = found
        return found

    def reached_by_any(self, scopes: tuple[Scope, ...]) -> frozenset[int]:
        """Return the ids of the variants that one of these scopes means, as for the parts of a set."""
        return frozenset[int]().union(*(self.reached_by(scope) for scope in scopes))

    def to_try(self, scopes: tuple[Scope, ...]) -> tuple[Good, ...]:
        """Return all goods, with cost and minimum price only of those in `scopes` that earn least."""
        meant = self.reached_by_any(scopes)
        tried = set(sorted(meant, key=lambda id_: (_share_kept(self.goods[id_]), id_))[:MOST_TRIED])
        return tuple(
            good if id_ in tried else replace(good, cost=None, minimum_price=None) for id_, good in self.goods.items()
        )


def _share_kept(good: Good) -> float:
    """Return which share of its price a good earns; one without a cost comes last."""
    floor = max(good.cost.minor if good.cost else 0, good.minimum_price.minor if good.minimum_price else 0)
    return 1 - floor / good.price.minor if good.price.minor else 1.0


def _read() -> Shelves:
    currency = get_settings().currency
    collections: dict[int, set[int]] = defaultdict(set)
    for row in db.session.execute(select(CollectionProduct.product_id, CollectionProduct.collection_id)):
        collections[row.product_id].add(row.collection_id)
    stock = {
        row.variant_id: int(row.pieces)
        for row in db.session.execute(
            select(StockLevel.variant_id, func.sum(sellable).label("pieces"))
            .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
            .where(Warehouse.is_active)
            .group_by(StockLevel.variant_id)
        )
    }
    rows = db.session.execute(
        select(
            Variant.id,
            Variant.sku,
            Variant.price_minor,
            Variant.cost_minor,
            Variant.minimum_price_minor,
            Product.id.label("product_id"),
            Product.brand_id,
            Product.attributes,
            Category.path,
        )
        .join(Product, Product.id == Variant.product_id)
        .join(Category, Category.id == Product.category_id)
        .where(Variant.is_active)
        .order_by(Variant.id)
    )
    return Shelves(
        {
            row.id: Good(
                sku=row.sku,
                price=Money(row.price_minor, currency),
                product_id=row.product_id,
                brand_id=row.brand_id,
                category_ids=frozenset(int(part) for part in row.path.strip("/").split("/") if part),
                collection_ids=frozenset(collections.get(row.product_id, ())),
                attributes=frozenset(f"{name}={value}" for name, value in (row.attributes or {}).items()),
                cost=None if row.cost_minor is None else Money(row.cost_minor, currency),
                minimum_price=None if row.minimum_price_minor is None else Money(row.minimum_price_minor, currency),
                available=stock.get(row.id, 0),
            )
            for row in rows
        }
    )


_shelves = Kept(_read, seconds=60.0)
shelves = _shelves.get
"""The goods as they were at most a minute ago."""
