"""Facts about carts."""

from __future__ import annotations

from dataclasses import dataclass

from storefront.kernel.events import Fact


@dataclass(frozen=True, slots=True)
class GoodsAdded(Fact):
    """So many more pieces of a product came into a cart."""

    product_id: int
    sku: str
    quantity: int
