"""Counting stock from a product's page: inventory's own write, guarded against a shelf that moved meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from admin.catalog.queries import ProductFacts
from storefront.audit import services as audit
from storefront.catalog.events import ProductChanged
from storefront.inventory import shelving
from storefront.inventory.shelving import Count
from storefront.kernel.events import publish


def store_counts(*, facts: ProductFacts, counts: Sequence[Count], reason: str, by: str, at: datetime) -> None:
    """Store what was counted, if every shelf still holds what the counter saw."""
    names = {(v.id, level.warehouse_id): f"{v.sku} {level.warehouse}" for v in facts.variants for level in v.levels}
    changes: dict[str, tuple[object, object]] = {}
    for count in sorted(counts, key=lambda count: (count.variant_id, count.warehouse_id)):
        shelving.adjust(count=count, reason=reason, by=by, at=at)
        changes[names[count.variant_id, count.warehouse_id]] = (count.seen, count.on_hand)
    if changes:
        changes["reason"] = (None, reason)
        audit.record(actor=by, action="stock.count", about=("product", str(facts.id)), changes=changes, at=at)
        publish(ProductChanged(facts.id, at))
