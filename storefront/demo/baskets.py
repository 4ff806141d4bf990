"""The Complete Journey as sales: customers, orders, lines and discounts, in columns that add up to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from storefront.demo.journey import Catalogue, Tables, build_catalogue, read_tables
from storefront.demo.scale import REAL_SIZES
from storefront.media.pictures import generated_picture

FEWEST_LINES = 5
"""`standard` lists products bought at least so often."""
RECENT_DAYS, POPULAR_DAYS = 28, 90
SALE_SHARE, SALE_DEPTH, SALE_LINES = 0.7, 0.9, 5
"""On sale now: most of at least five recent lines were cheaper by a tenth."""
STORE_CLOCK = pd.Timedelta(hours=5)
"""The stores' clock runs five hours behind the stamps."""
SMALL_HOUSEHOLDS, SMALL_PER_DEPARTMENT, SMALL_DAYS = 200, 18, 150
LOWEST_PRICE = 5
"""Fewer cents are an odd sale or two, not a price."""
COST_SHARE = 0.72


@dataclass(frozen=True, slots=True)
class Journey:
    """The whole demo shop in columns; ids count from 1 and every reference is such an id."""

    categories: pd.DataFrame
    brands: pd.DataFrame
    products: pd.DataFrame
    variants: pd.DataFrame
    customers: pd.DataFrame
    orders: pd.DataFrame
    lines: pd.DataFrame


def read_journey(size: str, *, today: date) -> Journey:
    """Read the data set as one of REAL_SIZES, dated so that its last day is the day before `today`."""
    if size not in REAL_SIZES:
        raise ValueError(f"a demo is one of {', '.join(REAL_SIZES)}, not {size!r}")
    tables = read_tables(households=SMALL_HOUSEHOLDS if size == "small" else None)
    catalogue = build_catalogue(tables)
    sales = _sales(tables, catalogue, today)
    if size == "small":
        sales = sales[sales.moment >= sales.moment.max() - pd.Timedelta(days=SMALL_DAYS)]
    listed = _listed(catalogue, sales, size)
    sales = sales[sales.variant_id.isin(listed.variants.id)].reset_index(drop=True)
    variants = _priced(listed.variants, sales)
    merged = _merged(sales)
    customers, merged = _customers(merged, tables.households)
    orders, lines = _orders(merged, variants)
    products = _dated(listed.products, variants, sales)
    return _renumbered(Journey(listed.categories, listed.brands, products, variants, customers, orders, lines))


def _sales(tables: Tables, catalogue: Catalogue, today: date) -> pd.DataFrame:
    """Add to each line its variant and its moved moment; drop lines of what is no goods."""
    lines = tables.lines
    places = pd.Index(catalogue.variant_of.index).get_indexer(lines.product_id)
    sales = lines[places >= 0].drop(columns="product_id")
    sales = sales.assign(variant_id=catalogue.variant_of.to_numpy()[places[places >= 0]])
    last = (sales.transaction_timestamp.max() - STORE_CLOCK).date()
    shift = pd.Timedelta(days=(today - timedelta(days=1) - last).days)
    return sales.assign(moment=sales.transaction_timestamp + shift).drop(columns="transaction_timestamp")


def _listed(catalogue: Catalogue, sales: pd.DataFrame, size: str) -> Catalogue:
    """Keep what a shop of this size lists: products, their variants, and the categories and brands they need."""
    products, variants = catalogue.products, catalogue.variants
    if size == "full":
        return catalogue
    sold = sales.groupby("variant_id").size()
    variants = variants.assign(lines=variants.id.map(sold).fillna(0).astype("int64"))
    products = products.assign(
        lines=products.id.map(variants.groupby("product_id").lines.sum()).fillna(0).astype("int64")
    )
    if size == "small":
        best = products.sort_values(["lines", "id"], ascending=[False, True])
        products = best.groupby("department_slug").head(SMALL_PER_DEPARTMENT).sort_values("id")
    products = products[products.lines >= FEWEST_LINES]
    variants = variants[variants.product_id.isin(products.id) & (variants.lines > 0)]
    variants = variants.assign(position=variants.groupby("product_id").cumcount())
    kept = {int(part) for path in _paths_of(catalogue, products) for part in path.strip("/").split("/")}
    categories = catalogue.categories[catalogue.categories.id.isin(kept)]
    brands = catalogue.brands[catalogue.brands.id.isin(products.brand_id.dropna())]
    return Catalogue(categories, brands, products, variants, catalogue.variant_of)


def _paths_of(catalogue: Catalogue, products: pd.DataFrame) -> list[str]:
    return list(catalogue.categories[catalogue.categories.id.isin(products.category_id)].path)


def _priced(variants: pd.DataFrame, sales: pd.DataFrame) -> pd.DataFrame:
    """Price each variant at its median before discounts; what most shoppers got cheaper of late is on sale now."""
    units = sales.quantity.to_numpy()
    before = (sales.gross / units).groupby(sales.variant_id).median()
    recent = sales[sales.moment > sales.moment.max() - pd.Timedelta(days=RECENT_DAYS)]
    paid = ((recent.gross - recent.card) / recent.quantity).groupby(recent.variant_id)
    median = variants.id.map(before)
    regular = np.rint(median.where(median >= LOWEST_PRICE, variants.like_price)).astype("int64")
    now = np.rint(variants.id.map(paid.median()).fillna(0)).astype("int64")
    cheaper = variants.id.map((recent.card > 0).groupby(recent.variant_id).mean()).fillna(0)
    on_sale = (cheaper >= SALE_SHARE) & (now > 0) & (now <= regular * SALE_DEPTH)
    on_sale &= variants.id.map(paid.size()).fillna(0) >= SALE_LINES
    return variants.assign(
        price=np.where(on_sale, now, regular),
        compare_at=regular.where(on_sale),
        cost=np.rint(np.where(on_sale, np.minimum(now, regular * COST_SHARE), regular * COST_SHARE)).astype("int64"),
    )


def _merged(sales: pd.DataFrame) -> pd.DataFrame:
    """One line for each variant of a basket."""
    merged = sales.groupby(["basket_id", "variant_id"], sort=True).agg(
        household_id=("household_id", "first"),
        moment=("moment", "min"),
        quantity=("quantity", "sum"),
        gross=("gross", "sum"),
        card=("card", "sum"),
        match=("match", "sum"),
        coupon=("coupon", "sum"),
    )
    return merged.reset_index()


def _customers(lines: pd.DataFrame, traits: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    customers = (
        lines.groupby("household_id").agg(moment=("moment", "min"), orders=("basket_id", "nunique")).reset_index()
    )
    customers.insert(0, "id", np.arange(1, len(customers) + 1))
    customers = customers.merge(traits, on="household_id", how="left")
    ids = pd.Series(customers.id.to_numpy(), index=customers.household_id)
    return customers, lines.assign(customer_id=lines.household_id.map(ids).to_numpy())


def _orders(lines: pd.DataFrame, variants: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return orders, oldest first, and their lines with a whole unit price.

    Where a line's amount is no multiple of its quantity the unit price is rounded up, and the odd cents join the card's
    discount: quantity x unit price - discounts is exactly what was paid.
    """
    unit = -(-lines.gross // lines.quantity)
    card = lines.card + unit * lines.quantity - lines.gross
    lines = lines.assign(unit_price=unit, card=card, discount=card + lines.match + lines.coupon)
    lines = lines.assign(goods=lines.unit_price * lines.quantity)
    orders = lines.groupby("basket_id").agg(
        customer_id=("customer_id", "first"),
        moment=("moment", "min"),
        goods=("goods", "sum"),
        discount=("discount", "sum"),
    )
    orders = orders.reset_index().sort_values(["moment", "basket_id"]).reset_index(drop=True)
    orders["id"] = np.arange(1, len(orders) + 1)
    orders["total"] = orders.goods - orders.discount
    ids = pd.Series(orders.id.to_numpy(), index=orders.basket_id)
    lines = lines.assign(order_id=lines.basket_id.map(ids).to_numpy())
    lines = lines.sort_values(["order_id", "variant_id"]).reset_index(drop=True)
    lines["id"] = np.arange(1, len(lines) + 1)
    lines["position"] = lines.groupby("order_id").cumcount()
    columns = ["id", "order_id", "position", "variant_id", "quantity", "unit_price", "discount"]
    return orders, lines[[*columns, "card", "match", "coupon"]]


def _dated(products: pd.DataFrame, variants: pd.DataFrame, sales: pd.DataFrame) -> pd.DataFrame:
    """Add when each product was first sold and how many units went in the last 90 days."""
    product_of = pd.Series(variants.product_id.to_numpy(), index=variants.id)
    owner = sales.variant_id.map(product_of)
    recent = sales.moment > sales.moment.max() - pd.Timedelta(days=POPULAR_DAYS)
    return products.assign(
        first_sold=products.id.map(sales.moment.groupby(owner).min()).fillna(sales.moment.min()),
        units=products.id.map(sales.quantity[recent].groupby(owner[recent]).sum()).fillna(0).astype("int64"),
    )


def _renumbered(journey: Journey) -> Journey:
    """Let ids count from 1 without holes, so that tables of every size begin alike."""
    ids = {}
    frames = {}
    for name in ("categories", "brands", "products", "variants"):
        frame = getattr(journey, name)
        ids[name] = pd.Series(np.arange(1, len(frame) + 1), index=frame.id.to_numpy())
        frames[name] = frame.assign(number=frame.id, id=np.arange(1, len(frame) + 1)).reset_index(drop=True)
    categories = frames["categories"]
    categories["parent_id"] = categories.parent_id.map(ids["categories"])
    parents = dict(zip(categories.id.tolist(), categories.parent_id.tolist(), strict=True))
    categories["path"] = [_path(identifier, parents) for identifier in categories.id.tolist()]
    products = frames["products"]
    products["category_id"] = products.category_id.map(ids["categories"])
    products["brand_id"] = products.brand_id.map(ids["brands"])
    products["picture"] = [
        generated_picture(*drawn) for drawn in products[["emoji", "hue", "pattern"]].itertuples(index=False)
    ]
    variants = frames["variants"]
    variants["product_id"] = variants.product_id.map(ids["products"])
    variants["sku"] = [f"CJ-{number:05d}" for number in variants.id]
    lines = journey.lines.assign(variant_id=ids["variants"].reindex(journey.lines.variant_id).to_numpy())
    return Journey(**frames, customers=journey.customers, orders=journey.orders, lines=lines)


def _path(identifier: int, parents: dict[int, float]) -> str:
    trail = [identifier]
    while parents[trail[-1]] == parents[trail[-1]]:
        trail.append(int(parents[trail[-1]]))
    return "/" + "".join(f"{part}/" for part in reversed(trail))
