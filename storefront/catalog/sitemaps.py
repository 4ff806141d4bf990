"""What search engines are told of the goods: where each is, and when it changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from storefront.catalog.models import Product
from storefront.database.base import db
from storefront.kernel.kept import Kept

SITEMAP_SIZE = 5_000


def _count_products() -> int:
    return int(db.session.scalar(select(func.count()).select_from(Product).where(Product.is_published)) or 0)


count_products = Kept(_count_products, seconds=300.0).get
"""How many products can be found, for maps: up to five minutes old."""


def list_product_links(page: int) -> list[tuple[str, datetime]]:
    """Return slug and last change of one sitemap's worth of products, `page` counted from 1."""
    statement = select(Product.slug, Product.updated_at).where(Product.is_published).order_by(Product.id)
    rows = db.session.execute(statement.limit(SITEMAP_SIZE).offset((page - 1) * SITEMAP_SIZE))
    return [(row.slug, row.updated_at) for row in rows]
