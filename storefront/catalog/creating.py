"""Making a product: a draft with a name, an address and, where it comes in one form only, its one variant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storefront.audit import services as audit
from storefront.catalog.addressing import free_slug, refuse_taken_slug
from storefront.catalog.events import ProductChanged
from storefront.catalog.gallery import usual_picture
from storefront.catalog.matrix import checked_sku
from storefront.catalog.models import Brand, Category, Product, Variant
from storefront.catalog.services import HIGHEST_PRICE_MINOR, LONGEST_NAME
from storefront.catalog.variants import refuse_taken_sku
from storefront.database.base import db
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.events import publish
from storefront.kernel.money import Money
from storefront.kernel.text import first_free, slugify, squeeze

LONGEST_TYPE = 120
LONGEST_SLUG = 110


@dataclass(frozen=True, slots=True)
class NewProduct:
    """What is said of a product when it is made. Without a slug it gets one from its name; without a SKU it has no
    variant yet.
    """

    name: str
    category_id: int
    name_zh: str = ""
    slug: str = ""
    brand: str = ""
    product_type: str = ""
    sku: str = ""
    price: Money | None = None

    def __post_init__(self) -> None:
        for field in ("name", "name_zh", "brand", "product_type"):
            object.__setattr__(self, field, squeeze(getattr(self, field)))
        if not self.name:
            raise Invalid(N_("A product needs a name."), field="name")
        for field in ("name", "name_zh", "brand", "product_type"):
            longest = LONGEST_TYPE if field == "product_type" else LONGEST_NAME
            if len(getattr(self, field)) > longest:
                raise Invalid(N_("Use at most %(count)d characters."), field=field, count=longest)
        if self.sku:
            object.__setattr__(self, "sku", checked_sku(self.sku))
            if self.price is None:
                raise Invalid(N_("Say what it costs, or leave the SKU empty too."), field="price")
        if self.price is not None and not self.sku:
            raise Invalid(N_("A price belongs to a variant: give it a SKU, too."), field="sku")
        if self.price is not None and not 0 <= self.price.minor <= HIGHEST_PRICE_MINOR:
            raise Invalid(N_("A price cannot be negative, nor that high."), field="price")


def create_product(*, plan: NewProduct, by: str, at: datetime) -> Product:
    """Make a draft, which shoppers do not see yet."""
    if db.session.get(Category, plan.category_id) is None:
        raise Invalid(N_("Choose a category."), field="category")
    if plan.slug:
        refuse_taken_slug(plan.slug)
    if plan.sku:
        refuse_taken_sku(plan.sku)
    slug = plan.slug or free_slug(slugify(plan.name, fallback="", longest=LONGEST_SLUG) or _new_slug())
    product = Product(
        slug=slug,
        name=plan.name,
        translations={"zh": {"name": plan.name_zh}} if plan.name_zh else {},
        category_id=plan.category_id,
        brand_id=find_or_add_brand(plan.brand),
        product_type=plan.product_type,
        attributes={},
        picture=usual_picture(plan.category_id),
        is_published=False,
        created_at=at,
        updated_at=at,
    )
    if plan.sku and plan.price is not None:
        product.variants = [Variant(sku=plan.sku, options={}, price_minor=plan.price.minor, updated_at=at)]
    db.session.add(product)
    db.session.flush()
    changes = {"name": plan.name, "name_zh": plan.name_zh, "slug": slug, "brand": plan.brand, "sku": plan.sku}
    told: dict[str, tuple[object, object]] = {field: (None, text) for field, text in changes.items() if text}
    audit.record(actor=by, action="product.add", about=("product", str(product.id)), changes=told, at=at)
    publish(ProductChanged(product.id, at))
    return product


def find_or_add_brand(name: str) -> int | None:
    """Return the brand of a name, however it is written, made if there is none; None for no name."""
    if not name:
        return None
    same = select(Brand.id).where(func.lower(Brand.name) == name.lower()).order_by(Brand.id).limit(1)
    found = db.session.scalar(same)
    if found is not None:
        return int(found)
    base = slugify(name, fallback="brand")
    taken = set(db.session.scalars(select(Brand.slug).where(Brand.slug.startswith(base, autoescape=True))))
    brand = Brand(name=name, slug=first_free(base, taken))
    db.session.add(brand)
    db.session.flush()
    return int(brand.id)


def _new_slug() -> str:
    """Return the address of a product whose name has no letter that an address may have."""
    last = db.session.scalar(select(func.max(Product.id))) or 0
    return f"product-{last + 1}"
