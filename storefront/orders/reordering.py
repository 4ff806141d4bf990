"""What of an order can be bought once more."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from storefront.cart.sets import Wanted
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.orders.models import Order


def wanted_again(order: Order) -> Sequence[Wanted]:
    """Return an order's goods as the catalogue knows them today; gifts are not bought."""
    lines = [line for line in order.lines if not line.is_gift]
    rows = db.session.execute(
        select(Variant.id, Variant.sku).where(Variant.id.in_([line.variant_id for line in lines if line.variant_id]))
    )
    skus = {row.id: row.sku for row in rows}
    together: dict[tuple[str, str | None], int] = {}
    for line in lines:
        key = (line.name, skus.get(line.variant_id or 0))
        together[key] = together.get(key, 0) + line.quantity
    return [Wanted(name, sku, quantity) for (name, sku), quantity in together.items()]
