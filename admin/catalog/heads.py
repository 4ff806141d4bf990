"""What stands at the head of every page of a product, and the row that its forms are filled from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from storefront.catalog.models import Brand, Category, Product, Variant
from storefront.catalog.publishing import Publication
from storefront.catalog.states import Standing
from storefront.database.base import db
from storefront.kernel.clock import now
from storefront.kernel.errors import N_, NotFound

STANDINGS = {
    Standing.DRAFT: ("badge", N_("Unpublished")),
    Standing.PLANNED: ("badge badge--new", N_("Planned")),
    Standing.SHOWN: ("badge badge--positive", N_("Published")),
    Standing.OVER: ("badge badge--soft", N_("Its time is over")),
}
TABS = (
    ("", N_("Words, prices, stock")),
    ("facts", N_("Type and facts")),
    ("variants", N_("Variants")),
    ("pictures", N_("Pictures")),
    ("related", N_("Beside it")),
    ("publication", N_("Publication")),
    ("appearance", N_("Search engines")),
)
"""The last part of the address of each page of a product, and what it is called."""


@dataclass(frozen=True, slots=True)
class Head:
    """A product with what its row alone does not say. `on_sale` counts its variants that may be bought."""

    product: Product
    category: str
    category_translations: dict[str, Any]
    category_picture: str
    brand: str
    on_sale: int

    @property
    def id(self) -> int:
        return self.product.id

    @property
    def version(self) -> int:
        return self.product.version

    @property
    def publication(self) -> Publication:
        return Publication.of(self.product)

    @property
    def standing(self) -> Standing:
        return self.publication.standing(now())


def get_head(product_id: int) -> Head:
    """Return a product for its pages, or NotFound."""
    count = (
        select(func.count(Variant.id))
        .where(Variant.product_id == Product.id, Variant.is_active)
        .correlate(Product)
        .scalar_subquery()
    )
    row = db.session.execute(
        select(Product, Category.name, Category.translations, Category.picture, Brand.name, count)
        .join(Category, Category.id == Product.category_id)
        .outerjoin(Brand, Brand.id == Product.brand_id)
        .where(Product.id == product_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    product, category, translations, picture, brand, on_sale = row
    return Head(product, category, translations or {}, picture, brand or "", on_sale)
