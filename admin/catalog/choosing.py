"""What may be chosen beside what may be typed: brands and types that there are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, union

from storefront.catalog.models import Brand, Product, ProductType
from storefront.database.base import db

MOST = 500


def list_brand_names() -> Sequence[str]:
    """Return names of brands, so many as a list of proposals may have."""
    return db.session.scalars(select(Brand.name).order_by(Brand.name).limit(MOST)).all()


def list_type_codes() -> Sequence[str]:
    """Return types that were described or that products have."""
    described = select(ProductType.code)
    used = select(Product.product_type).where(Product.product_type != "").distinct().limit(MOST)
    rows = union(described, select(used.subquery().c.product_type))
    return sorted(db.session.scalars(rows).all(), key=str.casefold)[:MOST]
