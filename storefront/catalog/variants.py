"""Writes of variants: made from a matrix of options, told apart, weighed, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from storefront.audit import services as audit
from storefront.catalog import matrix
from storefront.catalog.editing import get_at, store
from storefront.catalog.errors import SkuTaken, StaleProduct
from storefront.catalog.gallery import pictures_of
from storefront.catalog.matrix import MOST_VARIANTS, Combination, Option
from storefront.catalog.models import Product, Variant
from storefront.catalog.services import HIGHEST_PRICE_MINOR
from storefront.database.base import db
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.money import Money
from storefront.kernel.text import squeeze

LONGEST_BARCODE = 64
HEAVIEST_GRAMS = 10_000_000
FAR = 1_000_000
"""Where variants wait while they change places."""


@dataclass(frozen=True, slots=True)
class NewVariant:
    """A variant to be made."""

    options: Combination
    sku: str
    price: Money

    def __post_init__(self) -> None:
        object.__setattr__(self, "sku", matrix.checked_sku(self.sku))
        if not 0 <= self.price.minor <= HIGHEST_PRICE_MINOR:
            raise Invalid(N_("A price cannot be negative, nor that high."), field="price")


@dataclass(frozen=True, slots=True)
class VariantDetails:
    """What else is known of a variant; `picture` is one of its product's gallery, or empty for the main one."""

    barcode: str
    weight_grams: int
    picture: str
    is_active: bool

    def __post_init__(self) -> None:
        if len(self.barcode) > LONGEST_BARCODE:
            raise Invalid(N_("Use at most %(count)d characters."), field="barcode", count=LONGEST_BARCODE)
        if not 0 <= self.weight_grams <= HEAVIEST_GRAMS:
            raise Invalid(N_("Enter a whole number that is not negative."), field="weight")

    @classmethod
    def of(cls, variant: Variant) -> VariantDetails:
        return cls(variant.barcode or "", variant.weight_grams, variant.picture, variant.is_active)


def options_of(product: Product) -> tuple[Option, ...]:
    """Return the options of a product that was read with its variants."""
    return matrix.options_in_use(matrix.read_options(product.options or []), product.variants)


def add_variants(
    *,
    product_id: int,
    version: int,
    options: Sequence[Option],
    additions: Sequence[NewVariant],
    by: str,
    at: datetime,
) -> Product:
    """Set a product's options as of `version`, and make those variants that are missing; else StaleProduct.

    What there is keeps SKU, price and stock; it only learns the first value of an option that it knew nothing of.
    """
    product = get_at(product_id, version)
    cells = matrix.lay_out(options, product.variants)
    free = [dict(cell.options) for cell in cells if not cell.sku]
    if any(dict(each.options) not in free for each in additions):
        raise StaleProduct
    if len(product.variants) + len(additions) > MOST_VARIANTS:
        raise Invalid(N_("A product has at most %(most)d variants."), most=MOST_VARIANTS)
    _refuse_taken(additions)
    changes = _set_options(product, options)
    model = product.variants[0] if product.variants else None
    for each in additions:
        product.variants.append(_made(each, model, len(product.variants), at))
        changes[each.sku] = (None, f"{matrix.name_of(each.options)} · {each.price.decimal:f}".strip(" ·"))
    if not any(before != after for before, after in changes.values()):
        return product
    _store_in_order(product, options, at)
    audit.record(actor=by, action="variants.add", about=("product", str(product.id)), changes=changes, at=at)
    return product


def change_variants(
    *, product_id: int, version: int, details: Mapping[int, VariantDetails], by: str, at: datetime
) -> Product:
    """Set what is known of a product's variants (by id) as they were at `version`; else StaleProduct."""
    product = get_at(product_id, version)
    variants = {variant.id: variant for variant in product.variants}
    if details.keys() - variants.keys():
        raise StaleProduct
    known = pictures_of(product_id)
    changes: dict[str, tuple[object, object]] = {}
    for key, after in sorted(details.items()):
        variant, before = variants[key], VariantDetails.of(variants[key])
        if after.picture and after.picture not in known and after.picture != before.picture:
            raise StaleProduct
        for field in VariantDetails.__slots__:
            if getattr(before, field) != getattr(after, field):
                changes[f"{variant.sku} {field}"] = (getattr(before, field), getattr(after, field))
                setattr(variant, field, getattr(after, field) if field != "barcode" else squeeze(after.barcode) or None)
                variant.updated_at = at
    if changes:
        store(product, at)
        audit.record(actor=by, action="variants.change", about=("product", str(product.id)), changes=changes, at=at)
    return product


def refuse_taken_sku(sku: str) -> None:
    """Raise SkuTaken where a variant of any product has this SKU."""
    found = db.session.execute(
        select(Variant.sku, Product.name).join(Product, Product.id == Variant.product_id).where(Variant.sku == sku)
    ).first()
    if found is not None:
        raise SkuTaken(field="sku", sku=found.sku, product=found.name)


def _refuse_taken(additions: Sequence[NewVariant]) -> None:
    seen: set[str] = set()
    for each in additions:
        if each.sku in seen:
            raise Invalid(N_("The SKU %(sku)s stands here twice."), field="sku", sku=each.sku)
        seen.add(each.sku)
    rows = db.session.execute(
        select(Variant.sku, Product.name)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.sku.in_(seen))
        .order_by(Variant.sku)
    )
    for row in rows:
        raise SkuTaken(field="sku", sku=row.sku, product=row.name)


def _set_options(product: Product, options: Sequence[Option]) -> dict[str, tuple[object, object]]:
    before, after = _told(options_of(product)), _told(options)
    if before != after:
        product.options = matrix.write_options(options)
    changes: dict[str, tuple[object, object]] = {"options": (before, after)}
    for variant in product.variants:
        whole = matrix.completed(variant.options, options)
        if whole != dict(variant.options):
            changes[f"{variant.sku} options"] = (variant.name, matrix.name_of(whole))
            variant.options, variant.name = whole, matrix.name_of(whole)
    return changes


def _told(options: Sequence[Option]) -> str:
    return "; ".join(
        f"{each.name}{f' ({each.name_zh})' if each.name_zh else ''}: "
        + ", ".join(f"{value.text} ({value.zh})" if value.zh else value.text for value in each.values)
        for each in options
    )


def _made(each: NewVariant, model: Variant | None, position: int, at: datetime) -> Variant:
    """Return a new variant; what it weighs and how it is taxed it takes from the product's first one."""
    return Variant(
        sku=each.sku,
        name=matrix.name_of(each.options),
        options=dict(each.options),
        price_minor=each.price.minor,
        position=position,
        weight_grams=model.weight_grams if model else 0,
        tax_class=model.tax_class if model else "",
        updated_at=at,
    )


def _store_in_order(product: Product, options: Sequence[Option], at: datetime) -> None:
    """Store variants at the places of their values; two of one place are never stored, even in between."""
    ordered = sorted(product.variants, key=lambda variant: matrix.place_of(variant.options, options))
    try:
        for place, variant in enumerate(ordered):
            variant.position = FAR + place
        db.session.flush()
        for place, variant in enumerate(ordered):
            variant.position = place
        store(product, at)
    except IntegrityError:  # whoever took a SKU in the same moment has it
        raise SkuTaken(N_("One of these SKUs was taken just now by another product. Please look again.")) from None
