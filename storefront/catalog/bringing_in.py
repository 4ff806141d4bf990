"""Products and variants that come in by a file: made, and given what has no page of its own to be changed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from storefront.audit import services as audit
from storefront.catalog.errors import StaleProduct
from storefront.catalog.events import PriceChanged, ProductChanged
from storefront.catalog.models import Brand, Category, Product, Variant
from storefront.catalog.queries import forget_tree
from storefront.catalog.services import ProductWords, VariantPrice
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.events import publish
from storefront.kernel.money import Money
from storefront.kernel.text import slugify, squeeze

PICTURE = "generated:1f4e6-210-1"
"""What a product shows until it has a photograph: a parcel."""
LONGEST_SLUG = 120


@dataclass(frozen=True, slots=True)
class ProductPlan:
    """A product that is to be made; its variants come after it."""

    words: ProductWords
    category_id: int
    slug: str = ""
    """"" makes one of the name."""
    brand: str = ""
    product_type: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VariantPlan:
    """A variant that is to be made."""

    sku: str
    price: VariantPrice
    name: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    barcode: str = ""
    cost: Money | None = None
    minimum: Money | None = None
    weight_grams: int = 0
    is_active: bool = True


def add_product(*, plan: ProductPlan, by: str, at: datetime) -> Product:
    """Make a product without any variant yet; an address that is taken is refused."""
    words = plan.words.tidied()
    if db.session.get(Category, plan.category_id) is None:
        raise NotFound
    product = Product(
        slug=_free_slug(plan.slug, words.name),
        name=words.name,
        description=words.description,
        translations=_chinese(words),
        category_id=plan.category_id,
        brand_id=_brand_id(plan.brand, by, at),
        product_type=squeeze(plan.product_type)[:120],
        attributes=dict(plan.attributes),
        picture=PICTURE,
        is_published=words.is_published,
        is_returnable=words.is_returnable,
        published_at=at if words.is_published else None,
        created_at=at,
        updated_at=at,
    )
    db.session.add(product)
    db.session.flush()
    changes: dict[str, tuple[object, object]] = {"slug": (None, product.slug), "name": (None, product.name)}
    changes |= {"is_published": (None, product.is_published), "product_type": (None, product.product_type)}
    audit.record(actor=by, action="product.add", about=("product", str(product.id)), changes=changes, at=at)
    publish(ProductChanged(product.id, at))
    after_commit(forget_tree)
    return product


def add_variant(*, product_id: int, plan: VariantPlan, by: str, at: datetime) -> Variant:
    """Give a product another variant, the last of its list; a SKU that there is already is refused."""
    product = db.session.get(Product, product_id, with_for_update=True)
    if product is None:
        raise NotFound
    last = db.session.scalar(select(func.max(Variant.position)).where(Variant.product_id == product_id))
    variant = Variant(
        product_id=product_id,
        sku=plan.sku,
        barcode=plan.barcode or None,
        position=0 if last is None else last + 1,
        name=plan.name,
        options=dict(plan.options),
        price_minor=plan.price.price.minor,
        compare_at_minor=_minor(plan.price.compare_at),
        cost_minor=_minor(plan.cost),
        minimum_price_minor=_minor(plan.minimum),
        weight_grams=plan.weight_grams,
        is_active=plan.is_active,
        updated_at=at,
    )
    savepoint = db.session.begin_nested()
    try:
        db.session.add(variant)
        savepoint.commit()
    except IntegrityError:
        savepoint.rollback()
        raise Invalid(N_("There is an article with this SKU already."), field="sku") from None
    product.updated_at = at
    db.session.flush()
    changes: dict[str, tuple[object, object]] = {
        f"{variant.sku} price": (None, variant.price_minor),
        f"{variant.sku} name": (None, variant.name),
    }
    audit.record(actor=by, action="variant.add", about=("product", str(product_id)), changes=changes, at=at)
    publish(PriceChanged(variant.id, None, variant.price_minor, by, at))
    publish(ProductChanged(product_id, at))
    return variant


def change_product(*, product_id: int, facts: Mapping[str, object], by: str, at: datetime) -> None:
    """Set brand (by name, "" for none), product_type and attributes of a product, those that are given."""
    product = db.session.get(Product, product_id, with_for_update=True, populate_existing=True)
    if product is None:
        raise NotFound
    changes: dict[str, tuple[object, object]] = {}
    if "brand" in facts:
        name = str(facts["brand"])
        was = db.session.get(Brand, product.brand_id) if product.brand_id else None
        product.brand_id = _brand_id(name, by, at)
        changes["brand"] = (was.name if was else "", name)
    for key in ("product_type", "attributes"):
        if key in facts:
            changes[key] = (getattr(product, key), facts[key])
            setattr(product, key, facts[key])
    product.updated_at = at
    db.session.flush()
    audit.record(actor=by, action="product.change", about=("product", str(product_id)), changes=changes, at=at)
    publish(ProductChanged(product_id, at))


def change_variant(*, variant_id: int, facts: Mapping[str, object], by: str, at: datetime) -> None:
    """Set what is given of a variant: name, options, barcode, weight_grams, is_active, cost_minor and
    minimum_price_minor."""
    variant = db.session.get(Variant, variant_id, with_for_update=True, populate_existing=True)
    if variant is None:
        raise NotFound
    product = db.session.get(Product, variant.product_id, with_for_update=True, populate_existing=True)
    if product is None:
        raise StaleProduct
    changes: dict[str, tuple[object, object]] = {}
    for key, value in facts.items():
        changes[f"{variant.sku} {key}"] = (getattr(variant, key), value)
        setattr(variant, key, value)
    variant.updated_at = product.updated_at = at
    db.session.flush()
    audit.record(actor=by, action="variant.change", about=("product", str(product.id)), changes=changes, at=at)
    publish(ProductChanged(product.id, at))


def _brand_id(name: str, by: str, at: datetime) -> int | None:
    """Return the brand of a name, a new one where there is none."""
    name = squeeze(name)
    if not name:
        return None
    found = db.session.scalar(select(Brand.id).where(Brand.name == name).order_by(Brand.id).limit(1))
    if found is not None:
        return found
    slug, number = slugify(name, fallback="brand", longest=90), 1
    while db.session.scalar(select(Brand.id).where(Brand.slug == (slug if number == 1 else f"{slug}-{number}"))):
        number += 1
    brand = Brand(name=name, slug=slug if number == 1 else f"{slug}-{number}")
    db.session.add(brand)
    db.session.flush()
    audit.record(actor=by, action="brand.add", about=("brand", brand.slug), changes={"name": (None, name)}, at=at)
    return brand.id


def _free_slug(wanted: str, name: str) -> str:
    base = wanted or slugify(name, fallback="product", longest=LONGEST_SLUG - 8)
    taken = set(db.session.scalars(select(Product.slug).where(Product.slug.startswith(base, autoescape=True))))
    if wanted:
        if wanted in taken:
            raise Invalid(N_("There is a product with this address already."), field="handle")
        return wanted
    number = 1
    while (slug := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return slug


def _chinese(words: ProductWords) -> dict[str, object]:
    said = {"name": words.name_zh, "description": words.description_zh}
    said = {key: text for key, text in said.items() if text}
    return {"zh": said} if said else {}


def _minor(amount: Money | None) -> int | None:
    return amount.minor if amount is not None else None
