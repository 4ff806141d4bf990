"""The made-up catalogue: goods over the departments, categories and kinds of the demo's dictionary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from storefront.demo import makers
from storefront.demo.dictionary import Words, read_dictionary
from storefront.demo.journey import HUE_STEP, stable_number
from storefront.demo.made_up.words import COLOURS, EDIBLE, FACTS, GRAMS, QUALITIES, Pair
from storefront.demo.shorthand import sentence
from storefront.media.pictures import generated_picture

SEED = 8
BRAND_EVERY, FEWEST_BRANDS = 60, 20
OWN_LABEL_SHARE, UNBRANDED_SHARE = 0.08, 0.04
KINDS_SKEW, BRANDS_SKEW, VALUES_SKEW, SALES_SKEW, SALES_SHIFT = 0.6, 0.9, 1.1, 1.0, 2.7
"""Exponents of Zipf's law; the shift keeps the best seller from being every tenth thing that is sold."""
NEW_SHARE = 0.35
"""So many goods came during the years of the orders; the others had been there before."""
SIZES = (0.55, 0.20, 0.12, 0.07, 0.04, 0.02)
"""Shares of goods with one variant, two, three, ..."""
MEDIAN_MINOR, KINDS_SPREAD, GOODS_SPREAD = 499, 0.75, 0.35
SIZE_EXPONENT = 0.85
"""Twice the size costs a little less than twice."""
REDUCED_SHARE = 0.12
COST_SHARES = (0.55, 0.8)
CATEGORY_COLUMNS = ["id", "parent_id", "path", "depth", "position", "name", "name_zh", "emoji"]


@dataclass(frozen=True, slots=True)
class Goods:
    """The catalogue in columns; ids count from 1 in the order of the rows."""

    categories: pd.DataFrame
    brands: pd.DataFrame
    products: pd.DataFrame
    """With `department`, its number, and `weight`, its share of what is sold."""
    variants: pd.DataFrame
    starts: NDArray[Any]
    """Where the variants of each product begin; one more number than there are products."""


@dataclass(frozen=True, slots=True)
class _Kind:
    slug: str
    category: Words
    words: Words


def make_goods(count: int, *, begins: datetime, ends: datetime) -> Goods:
    """Make `count` products, of which the last came just before `ends`."""
    rng = np.random.default_rng([SEED, 1])
    kinds = _kinds()[:count]
    kind = _spread(rng, count, len(kinds))
    used = [kinds[number] for number in range(len(kinds))]
    categories, category_of = _categories(used)
    brands = [makers.OURSELVES, *(makers.maker_at(rank) for rank in range(_brand_count(count)))]
    brand = _brands_of(rng, kind, used, len(brands))
    products = _products(rng, used, kind, brands, brand)
    products = products.assign(category_id=np.array(category_of)[kind], launched=_launched(rng, count, begins, ends))
    variants, starts = _variants(rng, products, kind, len(kinds))
    names = pd.DataFrame({"id": np.arange(1, len(brands) + 1), "maker": [maker.en for maker in brands]})
    return Goods(categories, names, products, variants, starts)


def zipf(count: int, skew: float, shift: float = 0.0) -> NDArray[Any]:
    """Return shares by rank, the largest first."""
    weights = (np.arange(1, count + 1) + shift) ** -skew
    shares: NDArray[Any] = weights / weights.sum()
    return shares


def _kinds() -> list[_Kind]:
    """Return all kinds of goods, so that a few of them come from as many categories as there can be."""
    dictionary = read_dictionary()
    places: dict[tuple[str, str], int] = {}
    found: dict[tuple[str, str, str], tuple[int, _Kind]] = {}
    for (section, _raw), words in dictionary.kinds.items():
        slug, category = dictionary.categories[section]
        key = slug, category.title, words.title
        if key not in found:
            place = places[key[:2]] = places.get(key[:2], -1) + 1
            found[key] = place, _Kind(slug, category, words)
    return [kind for _place, kind in sorted(found.values(), key=lambda each: each[0])]


def _spread(rng: np.random.Generator, count: int, kinds: int) -> NDArray[Any]:
    """Return the kind of each product: each kind has one, and a few have many."""
    shares = rng.permutation(zipf(kinds, KINDS_SKEW))
    rest = rng.choice(kinds, size=count - kinds, p=shares)
    return rng.permutation(np.concatenate([np.arange(kinds), rest]))


def _categories(kinds: list[_Kind]) -> tuple[pd.DataFrame, list[int]]:
    departments = read_dictionary().departments
    ids: dict[tuple[str, ...], int] = {}
    rows: list[tuple[object, ...]] = []
    positions: dict[tuple[str, ...], int] = {}

    def add(path: tuple[str, ...], words: Words) -> int:
        if path not in ids:
            ids[path] = len(ids) + 1
            parent = path[:-1]
            positions[parent] = positions.get(parent, -1) + 1
            trail = "".join(f"{ids[path[:depth]]}/" for depth in range(1, len(path) + 1))
            told = (words.title, words.zh, words.emoji)
            rows.append((ids[path], ids.get(parent), f"/{trail}", len(path) - 1, positions[parent], *told))
        return ids[path]

    found = []
    for kind in kinds:
        branch = kind.slug, kind.category.title
        add(branch[:1], departments[kind.slug])
        add(branch, kind.category)
        found.append(add((*branch, kind.words.title), kind.words))
    return pd.DataFrame(rows, columns=CATEGORY_COLUMNS), found


def _brand_count(products: int) -> int:
    return min(max(products // BRAND_EVERY, FEWEST_BRANDS), len(makers.FIRST) * len(makers.SECOND))


def _brands_of(rng: np.random.Generator, kind: NDArray[Any], kinds: list[_Kind], brands: int) -> NDArray[Any]:
    """Return the place of each product's brand, -1 for none; every department has favourites of its own."""
    drawn = rng.choice(brands - 1, size=len(kind), p=zipf(brands - 1, BRANDS_SKEW))
    shift = np.array([stable_number(each.slug) % (brands - 1) for each in kinds])
    brand: NDArray[Any] = 1 + (drawn + shift[kind]) % (brands - 1)
    luck = rng.random(len(kind))
    brand[luck < OWN_LABEL_SHARE] = 0
    brand[luck > 1 - UNBRANDED_SHARE] = -1
    return brand


def _products(
    rng: np.random.Generator,
    kinds: list[_Kind],
    kind: NDArray[Any],
    brands: list[makers.Maker],
    brand: NDArray[Any],
) -> pd.DataFrame:
    count = len(kind)
    is_edible = np.array([each.slug in EDIBLE for each in kinds])[kind]
    quality = rng.integers(0, len(QUALITIES), count)
    draws = {edible: _facts(rng, edible, kind) for edible in (True, False)}
    taken: dict[str, int] = {}
    rows = []
    for place in range(count):
        number, edible = int(kind[place]), bool(is_edible[place])
        words, maker = kinds[number].words, brands[brand[place]] if brand[place] >= 0 else makers.NOBODY
        facts = [(name, values[draws[edible][fact][place]]) for fact, (name, values) in enumerate(FACTS[edible])]
        told: list[Pair] = [QUALITIES[quality[place]], facts[0][1] if edible else ("", "")]
        name = " ".join(part for part in (maker.en, *(pair[0] for pair in told), words.en) if part)
        again = taken[name] = taken.get(name, 0) + 1
        series = f" No. {again}" if again > 1 else ""
        name_zh = f"{maker.zh} {''.join(pair[1] for pair in told)}{words.zh}{again if again > 1 else ''}".strip()
        common = [(("Kind", "种类"), (words.title, words.zh)), *facts]
        if maker.en:
            common.insert(1, (("Brand", "品牌"), (maker.en, maker.zh)))
        rows.append(
            (
                sentence(name) + series,
                name_zh,
                words.title,
                {fact[0]: value[0] for fact, value in common},
                {fact[1]: value[1] for fact, value in common},
                generated_picture(words.emoji, (number * HUE_STEP + quality[place] * 13) % 360, place % 12),
                kinds[number].slug,
            )
        )
    columns = ["name", "name_zh", "kind", "facts", "facts_zh", "picture", "slug"]
    frame = pd.DataFrame(rows, columns=columns)
    weights = rng.permutation(zipf(count, SALES_SKEW, SALES_SHIFT))
    departments = {slug: number for number, slug in enumerate(read_dictionary().departments)}
    return frame.assign(
        id=np.arange(1, count + 1),
        brand_id=np.where(brand >= 0, brand + 1, np.nan),
        is_edible=is_edible,
        department=frame.slug.map(departments),
        weight=weights,
    )


def _facts(rng: np.random.Generator, edible: bool, kind: NDArray[Any]) -> list[NDArray[Any]]:
    """Return the place of each product's value of each fact: a few values are common, other ones in each kind."""
    found = []
    for name, values in FACTS[edible]:
        ranks = rng.choice(len(values), size=len(kind), p=zipf(len(values), VALUES_SKEW))
        found.append((ranks + kind * (1 + len(name[0]))) % len(values))
    return found


def _launched(rng: np.random.Generator, count: int, begins: datetime, ends: datetime) -> NDArray[Any]:
    """Return when each product came: most before the first order, the others evenly until the end."""
    seconds = (ends - begins).total_seconds()
    share = np.where(rng.random(count) < NEW_SHARE, rng.random(count), -rng.random(count))
    start = np.datetime64(begins.replace(tzinfo=None), "s")
    return start + (share * seconds).astype("timedelta64[s]")


def _variants(
    rng: np.random.Generator, products: pd.DataFrame, kind: NDArray[Any], kinds: int
) -> tuple[pd.DataFrame, NDArray[Any]]:
    counts = rng.choice(len(SIZES), size=len(products), p=SIZES) + 1
    starts = np.concatenate([[0], np.cumsum(counts)])
    owner = np.repeat(np.arange(len(products)), counts)
    position = np.arange(len(owner)) - starts[owner]
    edible = products.is_edible.to_numpy()[owner]
    first = rng.integers(0, len(GRAMS) - len(SIZES), len(products))
    grams = np.array(GRAMS)[(first[owner] + position)]
    colour = (rng.integers(0, len(COLOURS), len(products))[owner] + position) % len(COLOURS)
    labels = [
        f"{weight} g" if eats else COLOURS[paint][0]
        for weight, eats, paint in zip(grams.tolist(), edible.tolist(), colour.tolist(), strict=True)
    ]
    base = np.log(MEDIAN_MINOR) + rng.normal(0, KINDS_SPREAD, kinds)[kind] + rng.normal(0, GOODS_SPREAD, len(products))
    size = np.where(edible, (grams / np.array(GRAMS)[first[owner]]) ** SIZE_EXPONENT, 1.0)
    price = charming(np.exp(base[owner]) * size)
    is_reduced = rng.random(len(owner)) < REDUCED_SHARE
    before = charming(price * rng.uniform(1.15, 1.5, len(owner)))
    frame = pd.DataFrame(
        {
            "id": np.arange(1, len(owner) + 1),
            "product_id": owner + 1,
            "sku": [f"MU-{number:07d}" for number in range(1, len(owner) + 1)],
            "position": position,
            "label": labels,
            "option": np.where(edible, "Size", "Colour"),
            "price": price,
            "compare_at": np.where(is_reduced & (before > price), before, np.nan),
            "cost": np.rint(price * rng.uniform(*COST_SHARES, len(owner))).astype("int64"),
            "grams": np.where(edible, grams, 350),
        }
    )
    return frame, starts


def charming(minor: NDArray[Any]) -> NDArray[Any]:
    """Return prices that look like prices: they end in 99 or 49, small ones in 9."""
    step = np.where(minor < 200, 10, np.where(minor < 2_000, 50, 100))
    prices: NDArray[Any] = np.maximum(np.rint(minor / step) * step - 1, 9).astype("int64")
    return prices
