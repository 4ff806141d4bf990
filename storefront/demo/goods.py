"""The catalogue of baskets as rows: categories, brands, products, variants and their stock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from storefront.catalog.models import Brand, Category, Product, Variant
from storefront.demo.baskets import POPULAR_DAYS, Journey
from storefront.demo.bulk import insert_frame
from storefront.demo.journey import LOOSE, UNSIZED, stable_number
from storefront.demo.shorthand import sentence
from storefront.demo.sizes import TYPICAL_GRAMS
from storefront.inventory.models import StockLevel, StockMovement, Warehouse
from storefront.inventory.states import MovementKind
from storefront.kernel.text import slugify
from storefront.media.pictures import generated_picture

OUT_SHARE, LOW_SHARE = 0.03, 0.06
WEEKS_OF_STOCK = 2
FEWEST, MOST = 12, 600
SOUGHT_AFTER = 5_000
"""Variants with more lines than this never run out in the demo."""
WAREHOUSES = {
    "id": [1, 2],
    "code": ["MAIN", "RIVERSIDE"],
    "name": ["Main warehouse", "Riverside warehouse"],
    "priority": [0, 10],
    "is_backup": [False, True],
    "is_active": [True, True],
}
BACKUP_EVERY, BACKUP_UNITS = 6, 18
REFERENCE = "demo"
UNTOLD = ("", LOOSE.label, UNSIZED[0])
"""Labels that say no size."""


def insert_goods(connection: Connection, journey: Journey, at: datetime) -> None:
    """Insert the catalogue."""
    insert_frame(connection, Category.__table__, category_rows(journey.categories))
    insert_frame(connection, Brand.__table__, brand_rows(journey.brands))
    insert_frame(connection, Product.__table__, product_rows(journey, at))
    insert_frame(connection, Variant.__table__, variant_rows(journey.variants, at))


def category_rows(categories: pd.DataFrame) -> pd.DataFrame:
    """Return the tree; a slug that two branches share gets its parent's in front."""
    slugs: dict[int, str] = {}
    taken: set[str] = set()
    for row in categories.itertuples(index=False):
        slug = slugify(row.name, fallback=f"category-{row.id}")
        if slug in taken:
            slug = f"{slugs[int(row.parent_id)]}-{slug}"[:90]
        slugs[row.id] = slug if slug not in taken else f"{slug}-{row.id}"
        taken.add(slugs[row.id])
    return pd.DataFrame(
        {
            "id": categories.id,
            "parent_id": categories.parent_id,
            "slug": categories.id.map(slugs),
            "path": categories.path,
            "depth": categories.depth,
            "position": categories.position,
            "name": categories.name,
            "translations": [_chinese(name=name) for name in categories.name_zh],
            "picture": [
                generated_picture(emoji, stable_number(name), identifier)
                for emoji, name, identifier in categories[["emoji", "name", "id"]].itertuples(index=False)
            ],
            "is_published": True,
        }
    )


def brand_rows(brands: pd.DataFrame) -> pd.DataFrame:
    """Return the makers that have goods."""
    return pd.DataFrame({"id": brands.id, "slug": _slugs(brands.maker), "name": brands.maker})


def product_rows(journey: Journey, at: datetime) -> pd.DataFrame:
    """Return the products, described from what is known of them."""
    products = journey.products
    counts = journey.variants.groupby("product_id").size().rename("count")
    told = journey.variants[~journey.variants.label.isin(UNTOLD)].groupby("product_id")
    sizes = told.agg(
        first=("label", "first"), last=("label", "last"), first_zh=("label_zh", "first"), last_zh=("label_zh", "last")
    )
    sizes = pd.DataFrame(counts).join(sizes)
    described = products.join(sizes, on="id")
    moment = pd.Timestamp(at).tz_convert(None)
    return pd.DataFrame(
        {
            "id": products.id,
            "slug": _slugs(products.name, longest=110),
            "name": products.name,
            "description": [_described(row) for row in described.itertuples(index=False)],
            "translations": [_translated(row) for row in described.itertuples(index=False)],
            "category_id": products.category_id,
            "brand_id": products.brand_id,
            "product_type": products.kind,
            "attributes": [
                {"Kind": kind} | ({"Brand": maker} if maker else {})
                for kind, maker in products[["kind", "maker"]].itertuples(index=False)
            ],
            "picture": products.picture,
            "is_published": True,
            "published_at": products.first_sold,
            "popularity": products.units,
            "rating_sum": 0,
            "rating_count": 0,
            "version": 1,
            "created_at": products.first_sold,
            "updated_at": moment,
        }
    )


def variant_rows(variants: pd.DataFrame, at: datetime) -> pd.DataFrame:
    """Return the package sizes."""
    return pd.DataFrame(
        {
            "id": variants.id,
            "product_id": variants.product_id,
            "sku": variants.sku,
            "position": variants.position,
            "name": variants.label,
            "options": [{"Size": label} if label else {} for label in variants.label],
            "price_minor": variants.price,
            "compare_at_minor": variants.compare_at,
            "cost_minor": variants.cost,
            "weight_grams": variants.grams.where(variants.grams > 0, TYPICAL_GRAMS).astype("int64"),
            "picture": "",
            "is_active": True,
            "version": 1,
            "updated_at": pd.Timestamp(at).tz_convert(None),
        }
    )


def insert_stock(connection: Connection, journey: Journey, at: datetime) -> None:
    """Insert both warehouses, and the main one's ledger of the year: what was sold came in first and went out since."""
    insert_frame(connection, Warehouse.__table__, pd.DataFrame(WAREHOUSES))
    sold = journey.variants.id.map(journey.lines.groupby("variant_id").quantity.sum()).fillna(0).astype("int64")
    on_hand = stock_on_hand(journey)
    moment = pd.Timestamp(at).tz_convert(None)
    level = {"variant_id": journey.variants.id, "warehouse_id": 1}
    insert_frame(
        connection,
        StockLevel.__table__,
        pd.DataFrame(
            level
            | {
                "on_hand": on_hand,
                "allocated": 0,
                "reserved": 0,
                "safety_stock": 0,
                "incoming": 0,
                "updated_at": moment,
            }
        ),
    )
    ledger = level | {"allocated_delta": 0, "reserved_delta": 0, "reference": REFERENCE, "actor": "system"}
    opening = journey.orders.moment.min().floor("D")
    received = pd.DataFrame(
        ledger | {"kind": MovementKind.RECEIVED.value, "on_hand_delta": on_hand + sold.to_numpy(), "at": opening}
    )
    shipped = pd.DataFrame(ledger | {"kind": MovementKind.SHIPPED.value, "on_hand_delta": -sold, "at": moment})
    movements = pd.concat([received, shipped])
    insert_frame(connection, StockMovement.__table__, movements[movements.on_hand_delta != 0])


def insert_backup(connection: Connection, journey: Journey, at: datetime) -> None:
    """Let the second warehouse help out: it holds some of a few goods, even of a few that are sold out."""
    number, here = journey.variants.id.to_numpy(), stock_on_hand(journey)
    held = (number % BACKUP_EVERY == 0) & ((here > 0) | (number % 3 == 0))
    common = {"variant_id": number[held], "warehouse_id": 2}
    moment = pd.Timestamp(at).tz_convert(None)
    claims = {"allocated": 0, "reserved": 0, "safety_stock": 0, "incoming": 0}
    levels = pd.DataFrame(common | {"on_hand": BACKUP_UNITS} | claims | {"updated_at": moment})
    insert_frame(connection, StockLevel.__table__, levels)
    insert_frame(
        connection,
        StockMovement.__table__,
        pd.DataFrame(
            common
            | {"kind": MovementKind.RECEIVED.value, "on_hand_delta": BACKUP_UNITS}
            | {"allocated_delta": 0, "reserved_delta": 0, "reference": REFERENCE, "actor": "system"}
            | {"at": journey.orders.moment.min().floor("D")}
        ),
    )


def stock_on_hand(journey: Journey) -> np.ndarray:
    """Return units on the shelf: two weeks' sales, a few sizes low and a few sold out, the same in every load."""
    variants = journey.variants
    recent = journey.orders.moment > journey.orders.moment.max() - pd.Timedelta(days=POPULAR_DAYS)
    lines = journey.lines[journey.lines.order_id.isin(journey.orders.id[recent])]
    units = variants.id.map(lines.groupby("variant_id").quantity.sum()).fillna(0).to_numpy()
    plenty = np.clip(np.ceil(units * 7 * WEEKS_OF_STOCK / POPULAR_DAYS), FEWEST, MOST).astype("int64")
    draw = np.array([stable_number(f"stock {number}") for number in variants.id]) / 2**32
    on_hand = np.where(draw < OUT_SHARE + LOW_SHARE, 1 + (draw * 1000).astype("int64") % 4, plenty)
    on_hand[draw < OUT_SHARE] = 0
    return np.where(variants.lines.to_numpy() > SOUGHT_AFTER, plenty, on_hand)


def _slugs(names: pd.Series, longest: int = 90) -> list[str]:
    slugs = pd.Series([slugify(name, longest=longest) for name in names])
    again = slugs.groupby(slugs).cumcount()
    return [slug if not count else f"{slug}-{count + 1}" for slug, count in zip(slugs, again, strict=True)]


def _chinese(**words: object) -> dict[str, object]:
    told = {key: word for key, word in words.items() if word}
    return {"zh": told} if told else {}


def _described(row: Any) -> str:
    title = sentence(row.kind)
    if row.maker:
        text = f"{title} by {row.maker}"
    else:
        text = f"{title}, picked fresh" if row.department_slug == "produce" else f"{title} from our own counter"
    return f"{text}, in {row.count} sizes from {row.first} to {row.last}." if _ranges(row) else f"{text}."


def _translated(row: Any) -> dict[str, object]:
    kind, maker = row.kind_zh, row.maker_zh
    if not kind:
        return {}
    text = f"{maker}出品的{kind}" if maker else f"{kind}，新鲜自选"
    sizes = f"，共{row.count}种规格，从{row.first_zh}到{row.last_zh}" if _ranges(row) else ""
    attributes = {"种类": kind} | ({"品牌": maker} if maker else {})
    return _chinese(name=row.name_zh, description=f"{text}{sizes}。", attributes=attributes)


def _ranges(row: Any) -> bool:
    """Whether there is a smallest and a largest size to tell."""
    return isinstance(row.first, str) and row.first != row.last
