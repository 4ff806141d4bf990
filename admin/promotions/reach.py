"""The goods that promotions reach: every variant with what a scope and the check may ask of it, read once a minute."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from sqlalchemy import Text, cast, func, select

from storefront.catalog.models import Category, CollectionProduct, Product, Variant
from storefront.database.reading import read
from storefront.inventory.queries import sellable_units
from storefront.kernel.kept import Kept
from storefront.promotions.rules.goods import Goods, Row
from storefront.shop.queries import get_settings

MOST_TRIED = 60
"""How many goods the check puts into trial carts: those that earn least."""
ROWS_AT_ONCE = 2_000

_STOCK = sellable_units().subquery()
_ROWS = (
    select(
        *(Variant.sku, Product.id, Product.brand_id, Category.path, cast(Product.attributes, Text).label("attributes")),
        *(Variant.price_minor, Variant.cost_minor, Variant.minimum_price_minor),
        func.coalesce(_STOCK.c.units, 0),
    )
    .join(Product, Product.id == Variant.product_id)
    .join(Category, Category.id == Product.category_id)
    .outerjoin(_STOCK, _STOCK.c.variant_id == Variant.id)
    .where(Variant.is_active)
    .order_by(Variant.id)
    .execution_options(yield_per=ROWS_AT_ONCE)
)


def _read() -> Goods:
    return Goods(_rows(), get_settings().currency, _attributes)


def _rows() -> Iterator[Row]:
    found: dict[int, set[int]] = defaultdict(set)
    for product_id, collection_id in read(select(CollectionProduct.product_id, CollectionProduct.collection_id)):
        found[product_id].add(collection_id)
    collections = {product_id: frozenset(ids) for product_id, ids in found.items()}
    ids_of, none = cache(_ids), frozenset[int]()
    for sku, product_id, brand_id, path, said, price, cost, minimum, pieces in read(_ROWS):
        mine = collections.get(product_id, none)
        yield Row(sku, product_id, brand_id, ids_of(path), mine, said, price, cost, minimum, int(pieces))


def _ids(path: str) -> frozenset[int]:
    return frozenset(int(part) for part in path.strip("/").split("/") if part)


def _attributes(text: str | None) -> frozenset[str]:
    return frozenset(f"{name}={value}" for name, value in (json.loads(text or "null") or {}).items())


_goods = Kept(_read, seconds=60.0)
goods_now = _goods.get
"""The goods as they were at most a minute ago."""
