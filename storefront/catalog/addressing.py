"""Addresses of products, and what search engines show of them. An address that a product left leads to it still."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from storefront.audit import services as audit
from storefront.catalog.editing import get_at, store, with_chinese
from storefront.catalog.errors import SlugTaken
from storefront.catalog.models import Product, ProductAddress
from storefront.database.base import db
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import first_free, squeeze

LONGEST_SLUG, LONGEST_TITLE, LONGEST_DESCRIPTION = 110, 120, 320
GOOD_TITLE, GOOD_DESCRIPTION = 60, 155
"""What search engines show of it; the rest is cut off."""
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Appearance:
    """A product's address, and its title and description for search engines: empty ones are made from its words."""

    slug: str
    seo_title: str = ""
    seo_title_zh: str = ""
    seo_description: str = ""
    seo_description_zh: str = ""

    def __post_init__(self) -> None:
        for field in self.__slots__:
            object.__setattr__(self, field, squeeze(getattr(self, field)))
        check_slug(self.slug)
        for field in self.__slots__[1:]:
            longest = LONGEST_TITLE if "title" in field else LONGEST_DESCRIPTION
            if len(getattr(self, field)) > longest:
                raise Invalid(N_("Use at most %(count)d characters."), field=field, count=longest)

    @classmethod
    def of(cls, product: Product) -> Appearance:
        """Return that of a product."""
        chinese = (product.translations or {}).get("zh") or {}
        return cls(
            slug=product.slug,
            seo_title=product.seo_title,
            seo_title_zh=chinese.get("seo_title") or "",
            seo_description=product.seo_description,
            seo_description_zh=chinese.get("seo_description") or "",
        )


def check_slug(slug: str) -> None:
    """Refuse what is no address; raises Invalid."""
    if not _SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        text = N_("An address has small letters, digits and single hyphens, %(count)d characters at most.")
        raise Invalid(text, field="slug", count=LONGEST_SLUG)


def change_appearance(*, product_id: int, version: int, appearance: Appearance, by: str, at: datetime) -> Product:
    """Set address, title and description of the product as it was at `version`; else StaleProduct."""
    product = get_at(product_id, version)
    before = Appearance.of(product)
    if before == appearance:
        return product
    if before.slug != appearance.slug:
        refuse_taken_slug(appearance.slug, product_id)
        _move(product, appearance.slug, at)
    product.seo_title, product.seo_description = appearance.seo_title, appearance.seo_description
    product.translations = with_chinese(
        product.translations or {},
        {"seo_title": appearance.seo_title_zh, "seo_description": appearance.seo_description_zh},
    )
    try:
        store(product, at)
    except IntegrityError:
        raise SlugTaken(N_("This address was taken just now."), field="slug") from None
    changes = {field: (getattr(before, field), getattr(appearance, field)) for field in Appearance.__slots__}
    audit.record(actor=by, action="product.appearance", about=("product", str(product.id)), changes=changes, at=at)
    return product


def find_moved(slug: str) -> str | None:
    """Return where a product is now that once had this address and is on sale; None for none."""
    return db.session.scalar(
        select(Product.slug)
        .join(ProductAddress, ProductAddress.product_id == Product.id)
        .where(ProductAddress.slug == slug, Product.is_published)
    )


def list_former(product_id: int) -> list[str]:
    """Return the addresses that lead to a product although it left them."""
    rows = select(ProductAddress.slug).where(ProductAddress.product_id == product_id)
    return list(db.session.scalars(rows.order_by(ProductAddress.left_at.desc(), ProductAddress.slug)))


def refuse_taken_slug(slug: str, product_id: int | None = None) -> None:
    """Refuse an address that another product has or had; raises Invalid or SlugTaken."""
    check_slug(slug)
    has = select(Product.id, Product.name).where(Product.slug == slug)
    had = select(Product.id, Product.name).join(ProductAddress, ProductAddress.product_id == Product.id)
    for row in (*db.session.execute(has), *db.session.execute(had.where(ProductAddress.slug == slug))):
        if row.id != product_id:
            raise SlugTaken(field="slug", slug=slug, product=row.name)


def free_slug(base: str) -> str:
    """Return an address like this that no product has or had."""
    taken: set[str] = set()
    for column in (Product.slug, ProductAddress.slug):
        taken |= set(db.session.scalars(select(column).where(column.startswith(base, autoescape=True))))
    return first_free(base, taken)


def _move(product: Product, slug: str, at: datetime) -> None:
    """Leave the address that leads here from now on; one that it had before is its own again."""
    db.session.execute(delete(ProductAddress).where(ProductAddress.slug.in_((slug, product.slug))))
    db.session.add(ProductAddress(slug=product.slug, product_id=product.id, left_at=at))
    product.slug = slug
