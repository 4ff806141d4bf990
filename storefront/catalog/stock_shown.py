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
Shown = tuple[tuple[int, int], ...]
"""What can be seen of a product's stock: variant ids with units."""

_VARIANTS = (
    select(Variant.product_id, Variant.id)
    .where(Variant.is_active, Variant.product_id.in_(bindparam("ids", expanding=True)))
    .order_by(Variant.product_id, Variant.position)
)


def remember_stock(store: Store, product_id: int, variant_ids: Sequence[int], stock: Mapping[int, int]) -> None:
    """Remember what can be seen of a product's stock now, beside what was seen since the last look.

    Another process may sell between a look and a reading, so two pages can show different stock, and both are kept.
    """
    seen, shown = _seen(store, product_id), _shown(variant_ids, stock)
    if shown not in seen:
        store.put(product_id, STOCK, (*seen, shown))


def find_restocked(stock_of: Stock, store: Store, product_ids: Collection[int]) -> Restocked:
    """Return where the stock of these products looks different from any that was seen, and remember it alone."""
    if len(product_ids) > MOST_COMPARED:
        return Restocked(product_ids, product_ids)
    listed_to = get_settings().low_stock_threshold + 1
    variants: dict[int, list[int]] = {number: [] for number in product_ids}
    for product_id, variant_id in read(_VARIANTS, {"ids": list(product_ids)}):
        variants[product_id].append(variant_id)
    stock = stock_of([variant_id for ids in variants.values() for variant_id in ids])
    alone, listed = [], []
    for number, ids in variants.items():
        seen, after = _seen(store, number), _shown(ids, stock)
        if seen != (after,):
            alone.append(number)
            store.put(number, STOCK, (after,))
            if {_capped(before, listed_to) for before in seen} != {_capped(after, listed_to)}:
                listed.append(number)
    return Restocked(alone, listed)


def _seen(store: Store, product_id: int) -> tuple[Shown, ...]:
    """Return what pages and cards have shown since the last look; nothing where that is not known."""
    found = store.get(product_id, STOCK)
    return found if isinstance(found, tuple) else ()


def _shown(variant_ids: Iterable[int], stock: Mapping[int, int]) -> Shown:
    """Return what a page could show of stock: how many one can buy, or may know of."""
    settings = get_settings()
    most = max(settings.largest_quantity, settings.low_stock_threshold + 1)
    return _capped(((number, max(stock.get(number, 0), 0)) for number in variant_ids), most)


def _capped(stock: Iterable[tuple[int, int]], most: int) -> Shown:
    return tuple((number, min(units, most)) for number, units in stock)
