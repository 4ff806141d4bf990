"""Writes of what a product is: its category, brand, type and role, and the facts that are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storefront.audit import services as audit
from storefront.catalog.creating import LONGEST_TYPE, find_or_add_brand
from storefront.catalog.editing import get_at, get_now, store, with_chinese
from storefront.catalog.errors import AlreadySo
from storefront.catalog.models import Brand, Category, Product
from storefront.catalog.queries import forget_tree
from storefront.catalog.services import LONGEST_NAME
from storefront.catalog.states import ProductRole
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import squeeze


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a product belongs."""

    category_id: int
    brand: str
    product_type: str
    role: str

    def __post_init__(self) -> None:
        for field, longest in (("brand", LONGEST_NAME), ("product_type", LONGEST_TYPE)):
            object.__setattr__(self, field, squeeze(getattr(self, field)))
            if len(getattr(self, field)) > longest:
                raise Invalid(N_("Use at most %(count)d characters."), field=field, count=longest)
        if self.role and self.role not in set(ProductRole):
            raise Invalid(N_("Choose one of the roles."), field="role")


def change_placing(*, product_id: int, version: int, placing: Placing, by: str, at: datetime) -> Product:
    """Set where the product belongs as it was at `version`; else StaleProduct."""
    product = get_at(product_id, version)
    names = {row.id: row.name for row in db.session.execute(select(Category.id, Category.name))}
    if placing.category_id not in names:
        raise Invalid(N_("Choose a category."), field="category_id")
    brand = db.session.scalar(select(Brand.name).where(Brand.id == product.brand_id)) or ""
    changes: dict[str, tuple[object, object]] = {
        "category": (names.get(product.category_id), names[placing.category_id]),
        "brand": (brand, placing.brand if placing.brand.lower() != brand.lower() else brand),
        "product_type": (product.product_type, placing.product_type),
        "role": (product.role, placing.role),
    }
    if product.category_id == placing.category_id and all(before == after for before, after in changes.values()):
        return product
    if product.category_id != placing.category_id:
        after_commit(forget_tree)
    product.category_id, product.brand_id = placing.category_id, find_or_add_brand(placing.brand)
    product.product_type, product.role = placing.product_type, placing.role
    store(product, at)
    audit.record(actor=by, action="product.placing", about=("product", str(product.id)), changes=changes, at=at)
    return product


def change_role(*, product_id: int, role: str, by: str, at: datetime) -> str:
    """Give a product a role, "" for none; return the one that it had. Refuse what is so already."""
    product = get_now(product_id)
    was = product.role
    if role and role not in set(ProductRole):
        raise Invalid(N_("Choose one of the roles."), field="role")
    if was == role:
        raise AlreadySo
    product.role = role
    store(product, at)
    changes = {"role": (was, role)}
    audit.record(actor=by, action="product.role", about=("product", str(product.id)), changes=changes, at=at)
    return was


def change_facts(
    *, product_id: int, version: int, facts: dict[str, str], facts_zh: dict[str, str], by: str, at: datetime
) -> Product:
    """Set what is told of the product, in both languages, as it was at `version`; else StaleProduct."""
    product = get_at(product_id, version)
    chinese = ((product.translations or {}).get("zh") or {}).get("attributes") or {}
    before, before_zh = dict(product.attributes or {}), dict(chinese)
    if list(before.items()) == list(facts.items()) and list(before_zh.items()) == list(facts_zh.items()):
        return product
    product.attributes = facts
    product.translations = with_chinese(product.translations or {}, {"attributes": facts_zh})
    changes = _differences(before, facts) | {
        f"{name} (zh)": pair for name, pair in _differences(before_zh, facts_zh).items()
    }
    store(product, at)
    audit.record(actor=by, action="product.facts", about=("product", str(product.id)), changes=changes, at=at)
    return product


def _differences(before: dict[str, str], after: dict[str, str]) -> dict[str, tuple[object, object]]:
    return {name: (before.get(name), after.get(name)) for name in dict.fromkeys((*before, *after))}
