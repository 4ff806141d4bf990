"""Made-up goods and sales as rows, a slice of them at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from storefront.catalog.models import Brand, Category, Product, Variant
from storefront.demo.bulk import insert_frame
from storefront.demo.front import TIMEZONE
from storefront.demo.goods import brand_rows, category_rows
from storefront.demo.made_up.demand import DAYS, Demand, make_demand
from storefront.demo.made_up.goods import SEED, Goods, make_goods
from storefront.demo.made_up.words import AGES, HOMES
from storefront.demo.sales import insert_customers
from storefront.demo.scale import Scale
from storefront.kernel.text import slugify

AT_ONCE = 20_000
POPULAR_DAYS = 90


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A made-up shop: what it has and what it sold until the day on which it is loaded."""

    goods: Goods
    demand: Demand
    ends: np.datetime64


@lru_cache(maxsize=1)
def make_up(scale: Scale, day: str) -> MadeUp:
    """Return the shop of that size whose last order was placed on the day before `day`, always the same one."""
    midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), ZoneInfo(TIMEZONE))
    ends = midnight.astimezone(UTC)
    begins = ends - timedelta(days=DAYS)
    goods = make_goods(scale.products, begins=begins, ends=ends)
    demand = make_demand(goods, scale, begins=begins, ends=ends)
    return MadeUp(goods, demand, np.datetime64(ends.replace(tzinfo=None), "s"))


def slices(count: int) -> Iterator[tuple[int, int]]:
    """Yield half-open ranges of places, each to be written in one go."""
    for start in range(0, count, AT_ONCE):
        yield start, min(start + AT_ONCE, count)


def insert_categories(connection: Connection, shop: MadeUp) -> None:
    """Insert what the goods refer to."""
    insert_frame(connection, Category.__table__, category_rows(shop.goods.categories))
    insert_frame(connection, Brand.__table__, brand_rows(shop.goods.brands))


def insert_products(connection: Connection, shop: MadeUp, first: int, end: int, at: datetime) -> None:
    """Insert the products at these places with their variants."""
    goods = shop.goods
    products = goods.products.iloc[first:end]
    variants = goods.variants.iloc[goods.starts[first] : goods.starts[end]]
    units = _recent_units(shop)[first:end]
    moment = pd.Timestamp(at).tz_convert(None)
    insert_frame(connection, Product.__table__, _product_rows(products, variants, units, moment))
    insert_frame(connection, Variant.__table__, _variant_rows(variants, moment))


def insert_people(connection: Connection, shop: MadeUp, first: int, end: int) -> None:
    """Insert the customers at these places with their addresses."""
    demand = shop.demand
    rng = np.random.default_rng([SEED, 3, first])
    number = np.arange(first + 1, end + 1)
    counts = np.bincount(demand.customer, minlength=end + 1)[first + 1 : end + 1]
    common = np.array([0.4, 0.2, 0.15, 0.1, 0.1, 0.05])
    people = pd.DataFrame(
        {
            "id": number,
            "household_id": number,
            "moment": demand.joined[first:end] - np.timedelta64(5, "m"),
            "orders": counts,
            "age": np.array(AGES)[rng.choice(len(AGES), size=len(number), p=common)],
            "home_ownership": np.array(HOMES)[rng.choice(len(HOMES), size=len(number), p=[0.6, 0.3, 0.1])],
        }
    )
    insert_customers(connection, people)


def _recent_units(shop: MadeUp) -> np.ndarray:
    demand = shop.demand
    since = np.searchsorted(demand.moment, shop.ends - np.timedelta64(POPULAR_DAYS, "D"))
    lines = slice(demand.starts[since], None)
    owner = np.searchsorted(shop.goods.starts, demand.variant[lines] - 1, side="right") - 1
    return np.bincount(owner, weights=demand.quantity[lines], minlength=len(shop.goods.products)).astype("int64")


def _product_rows(
    products: pd.DataFrame, variants: pd.DataFrame, units: np.ndarray, moment: pd.Timestamp
) -> pd.DataFrame:
    sizes = variants.groupby("product_id").label.agg(["first", "last", "count"])
    rows = list(zip(products.name, products.name_zh, products.facts, products.facts_zh, sizes.values, strict=True))
    return pd.DataFrame(
        {
            "id": products.id,
            "slug": [
                f"{slugify(name, longest=100)}-{number}"
                for name, number in zip(products.name, products.id, strict=True)
            ],
            "name": products.name,
            "description": [_described(name, facts, told) for name, _zh, facts, _facts_zh, told in rows],
            "translations": [
                {"zh": {"name": zh, "description": _told(zh, facts_zh, told), "attributes": facts_zh}}
                for _name, zh, _facts, facts_zh, told in rows
            ],
            "category_id": products.category_id,
            "brand_id": products.brand_id,
            "product_type": products.kind,
            "attributes": products.facts,
            "picture": products.picture,
            "is_published": True,
            "published_at": products.launched,
            "popularity": units,
            "rating_sum": 0,
            "rating_count": 0,
            "version": 1,
            "created_at": products.launched,
            "updated_at": moment,
        }
    )


def _described(name: str, facts: dict[str, str], told: tuple[str, str, int]) -> str:
    known = ", ".join(f"{fact.lower()}: {value}" for fact, value in list(facts.items())[-3:])
    range_ = f" In {told[2]} kinds from {told[0]} to {told[1]}." if told[2] > 1 else ""
    return f"{name}. {known.capitalize()}.{range_}"


def _told(name: str, facts: dict[str, str], told: tuple[str, str, int]) -> str:
    known = "，".join(f"{fact}：{value}" for fact, value in list(facts.items())[-3:])
    return f"{name}。{known}。" + (f"共{told[2]}种规格。" if told[2] > 1 else "")


def _variant_rows(variants: pd.DataFrame, moment: pd.Timestamp) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": variants.id,
            "product_id": variants.product_id,
            "sku": variants.sku,
            "position": variants.position,
            "name": variants.label,
            "options": [{name: label} for name, label in zip(variants.option, variants.label, strict=True)],
            "price_minor": variants.price,
            "compare_at_minor": variants.compare_at,
            "cost_minor": variants.cost,
            "weight_grams": variants.grams,
            "picture": "",
            "is_active": True,
            "version": 1,
            "updated_at": moment,
        }
    )
