"""How much of a product's stock can be seen: on its own page as many as one can buy, in lists whether there are few.

It is remembered with the product, so that a sale which nobody can see changes no page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from sqlalchemy import bindparam, select

from storefront.catalog.memory import Restocked, Store
from storefront.catalog.models import Variant
from storefront.database.reading import read
from storefront.shop.queries import get_settings

STOCK = "stock"
"""Under which name it is remembered."""
MOST_COMPARED = 2_000
"""Of how many products at once stock is compared; beyond it all are taken for changed, and no query grows too long."""
Stock = Callable[[Iterable[int]], Mapping[int, int]]
"""Variant ids -> units that may still be sold."""

_VARIANTS = (
    select(Variant.product_id, Variant.id)
    .where(Variant.is_active, Variant.product_id.in_(bindparam("ids", expanding=True)))
    .order_by(Variant.product_id, Variant.position)
)


def remember_stock(store: Store, product_id: int, variant_ids: Sequence[int], stock: Mapping[int, int]) -> None:
    """Remember what can be seen of a product's stock now."""
    store.put(product_id, STOCK, _shown(variant_ids, stock))


def find_restocked(stock_of: Stock, store: Store, product_ids: Collection[int]) -> Restocked:
    """Return where the stock of these products looks different from when their cards were made, and remember it."""
    if len(product_ids) > MOST_COMPARED:
        return Restocked(product_ids, product_ids)
    listed_to = get_settings().low_stock_threshold + 1
    variants: dict[int, list[int]] = {number: [] for number in product_ids}
    for product_id, variant_id in read(_VARIANTS, {"ids": list(product_ids)}):
        variants[product_id].append(variant_id)
    stock = stock_of([variant_id for ids in variants.values() for variant_id in ids])
    alone, listed = [], []
    for number, ids in variants.items():
        before, after = store.get(number, STOCK), _shown(ids, stock)
        if before != after:
            alone.append(number)
            store.put(number, STOCK, after)
            if not isinstance(before, tuple) or _capped(before, listed_to) != _capped(after, listed_to):
                listed.append(number)
    return Restocked(alone, listed)


def _shown(variant_ids: Iterable[int], stock: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    """Return what a page could show of stock: how many one can buy, or may know of."""
    settings = get_settings()
    most = max(settings.largest_quantity, settings.low_stock_threshold + 1)
    return _capped(((number, max(stock.get(number, 0), 0)) for number in variant_ids), most)


def _capped(stock: Iterable[tuple[int, int]], most: int) -> tuple[tuple[int, int], ...]:
    return tuple((number, min(units, most)) for number, units in stock)
