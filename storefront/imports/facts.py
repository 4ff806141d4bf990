"""What stands in the shop now, in the texts that an export writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from storefront.catalog.models import Brand, Category, Product, Variant
from storefront.database.base import db
from storefront.imports.fields import ATTRIBUTE, OPTION, STOCK
from storefront.imports.planning import Current
from storefront.imports.values import Known, category_key, money_text, pairs_text
from storefront.inventory.models import StockLevel
from storefront.inventory.queries import list_warehouses
from storefront.shop.queries import get_settings


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every row needs: how categories are written, by id; by what they are found; and the warehouses."""

    known: Known
    category_texts: Mapping[int, str]
    category_ids: Mapping[str, int]
    """By the text that an export writes."""
    warehouses: Mapping[str, str]
    """Names by code, the first to ship first."""
    warehouse_ids: Mapping[str, int]


def look_around() -> Surroundings:
    """Read what every row needs."""
    rows = db.session.execute(
        select(Category.id, Category.path, Category.slug, Category.name, Category.translations).order_by(Category.path)
    ).all()
    by_id = {row.id: row for row in rows}
    english = {row.id: _path(row, by_id, chinese=False) for row in rows}
    counts: dict[str, int] = {}
    for path in english.values():
        counts[category_key(path)] = counts.get(category_key(path), 0) + 1
    texts = {
        row.id: english[row.id]
        if counts[category_key(english[row.id])] == 1 and english[row.id].count(">") == row.path.count("/") - 2
        else row.slug
        for row in rows
    }
    found: dict[str, str] = {}
    for row in rows:
        for name in (_path(row, by_id, chinese=True), texts[row.id]):
            found.setdefault(category_key(name), texts[row.id])
    found |= {category_key(row.slug): texts[row.id] for row in rows if category_key(row.slug) not in found}
    places = list_warehouses()
    return Surroundings(
        Known(get_settings().currency, found),
        texts,
        {text: number for number, text in texts.items()},
        {row.code: row.name for row in places},
        {row.code: row.id for row in places},
    )


def current_of(skus: Collection[str], around: Surroundings) -> dict[str, Current]:
    """Return what stands about these SKUs."""
    rows = db.session.execute(
        select(
            Variant.id.label("variant_id"),
            Variant.product_id,
            Variant.sku,
            Variant.name.label("variant_name"),
            Variant.options,
            Variant.barcode,
            Variant.weight_grams,
            Variant.price_minor,
            Variant.compare_at_minor,
            Variant.cost_minor,
            Variant.minimum_price_minor,
            Variant.is_active,
            Product.slug,
            Product.name,
            Product.description,
            Product.translations,
            Product.category_id,
            Brand.name.label("brand"),
            Product.product_type,
            Product.attributes,
            Product.is_published,
            Product.version,
        )
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(Brand, Brand.id == Product.brand_id)
        .where(Variant.sku.in_(list(skus)))
    ).all()
    levels = _levels([row.variant_id for row in rows])
    return {row.sku: _current(row, levels.get(row.variant_id, ()), around) for row in rows}


def known_handles(handles: Collection[str]) -> dict[str, int]:
    """Return the products with these addresses."""
    rows = db.session.execute(select(Product.slug, Product.id).where(Product.slug.in_(list(handles))))
    return {row.slug: row.id for row in rows}


def _current(row: Any, levels: Sequence[Any], around: Surroundings) -> Current:
    currency = around.known.currency
    chinese = (row.translations or {}).get("zh") or {}
    values = {
        "sku": row.sku,
        "handle": row.slug,
        "name": row.name,
        "name_zh": chinese.get("name") or "",
        "description": row.description,
        "description_zh": chinese.get("description") or "",
        "category": around.category_texts.get(row.category_id, ""),
        "brand": row.brand or "",
        "product_type": row.product_type,
        "attributes": pairs_text(row.attributes or {}),
        "variant_name": row.variant_name,
        "options": pairs_text(row.options or {}),
        "barcode": row.barcode or "",
        "weight": str(row.weight_grams),
        "price": money_text(row.price_minor, currency),
        "compare_at": money_text(row.compare_at_minor, currency),
        "cost": money_text(row.cost_minor, currency),
        "minimum": money_text(row.minimum_price_minor, currency),
        "published": "yes" if row.is_published else "no",
        "active": "yes" if row.is_active else "no",
    }
    values |= {f"{ATTRIBUTE}{name}": str(value) for name, value in (row.attributes or {}).items()}
    values |= {f"{OPTION}{name}": str(value) for name, value in (row.options or {}).items()}
    values |= {f"{STOCK}{code}": "0" for code in around.warehouses}
    codes = {number: code for code, number in around.warehouse_ids.items()}
    claimed: dict[str, int] = {}
    for level in levels:
        if code := codes.get(level.warehouse_id):
            values[f"{STOCK}{code}"], claimed[code] = str(level.on_hand), level.claimed
    return Current(row.variant_id, row.product_id, row.version, values, claimed)


def _levels(variant_ids: Sequence[int]) -> dict[int, list[Any]]:
    rows = db.session.execute(
        select(
            StockLevel.variant_id,
            StockLevel.warehouse_id,
            StockLevel.on_hand,
            (StockLevel.allocated + StockLevel.reserved).label("claimed"),
        ).where(StockLevel.variant_id.in_(variant_ids))
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.variant_id, []).append(row)
    return found


def _path(row: Any, by_id: Mapping[int, Any], *, chinese: bool) -> str:
    ids = [int(part) for part in row.path.strip("/").split("/") if part]
    return " > ".join(_name(by_id[number], chinese) for number in ids if number in by_id)


def _name(row: Any, chinese: bool) -> str:
    translated = ((row.translations or {}).get("zh") or {}).get("name") if chinese else ""
    return str(translated or row.name)
