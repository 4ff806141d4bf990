"""How many products are gone or nearly so; read once a minute, since it looks at every level."""

from __future__ import annotations

from sqlalchemy import and_, case, func, select

from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.inventory.models import StockLevel
from storefront.inventory.queries import sellable
from storefront.kernel.kept import Kept
from storefront.shop.queries import get_settings


def _count_short() -> tuple[int, int]:
    """Count as the list of products does."""
    few, free = get_settings().low_stock_threshold, func.coalesce(func.sum(sellable), 0)
    units = (
        select(free.label("units"))
        .select_from(Product)
        .outerjoin(Variant, and_(Variant.product_id == Product.id, Variant.is_active))
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .where(Product.is_published)
        .group_by(Product.id)
        .having(free <= few)
        .subquery()
    )
    out = func.sum(case((units.c.units == 0, 1), else_=0))
    row = db.session.execute(select(out.label("out"), func.count().label("all")).select_from(units)).one()
    gone = int(row.out or 0)
    return gone, int(row.all) - gone


_short = Kept(_count_short, seconds=60.0)
count_short = _short.get
"""How many published products are out of stock, and how many have a few pieces left."""
