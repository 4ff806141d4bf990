"""A small made-up catalogue, always the same, large enough for facets, ties and several blocks of postings."""

from __future__ import annotations

import random
from pathlib import Path

from search import Document, Label, Searcher, WhooshIndex

BRANDS = ("Aldera", "Bruma", "Casola", "Dorrit", "Elmwood", "Fjord")
TYPES = {
    "Olive oil": ("橄榄油", "Food"),
    "Green tea": ("绿茶", "Food"),
    "Running shoes": ("跑鞋", "Sport"),
    "Wool socks": ("羊毛袜", "Sport"),
    "Desk lamp": ("台灯", "Home"),
    "Coffee maker": ("咖啡机", "Home"),
}
PARENTS = {"Food": "食品", "Sport": "运动", "Home": "家居"}
WORDS = (
    "organic",
    "classic",
    "light",
    "strong",
    "blue",
    "soft",
    "extra",
    "premium",
    "daily",
    "warm",
    "crisp",
    "gentle",
)
SIZES = ("250 ml", "500 ml", "1 l", "small", "large", "6 ct")


def document(number: int, **changes: object) -> Document:
    """Return product `number` of the catalogue, with some of its facts changed."""
    chance = random.Random(number)
    kind = chance.choice(list(TYPES))
    chinese, parent = TYPES[kind]
    brand = chance.choice(BRANDS)
    size = chance.choice(SIZES)
    facts: dict[str, object] = {
        "id": number,
        "title": f"{brand} {chance.choice(WORDS)} {kind.lower()} {size}",
        "other_titles": (f"{brand} {chinese} {size}",),
        "brand": Label(brand.lower(), (brand,)),
        "categories": (Label(parent.lower(), (parent, PARENTS[parent])), Label(kind.lower(), (kind, chinese))),
        "product_type": kind,
        "model": f"{brand[:2].upper()}-{number:04d}X",
        "description": " ".join(chance.choices(WORDS, k=12)),
        "attributes": (f"colour {chance.choice(('red', 'blue', 'green'))}",),
        "codes": (f"SKU-{number:05d}", f"40{number:011d}"),
        "facets": {"size": tuple(chance.sample(SIZES, chance.randint(0, 3)))},
        "price_minor": chance.choice((199, 499, 999, 1500, 2499, 9900)) + chance.randint(0, 3) * 100,
        "in_stock": chance.random() < 0.8,
        "on_promotion": chance.random() < 0.2,
        "popularity": float(chance.choice((0, 0, 0, 5, 40, 300))),
        "published_on": 739_000 + chance.randint(0, 30),
        "rating": chance.choice((0.0, 3.0, 4.0, 4.5)),
    }
    return Document(**{**facts, **changes})  # type: ignore[arg-type]


def catalogue(count: int, first: int = 1) -> list[Document]:
    """Return `count` products with consecutive numbers."""
    return [document(number) for number in range(first, first + count)]


def searcher(root: Path, documents: list[Document]) -> Searcher:
    """Return a searcher over a fresh index of these documents."""
    WhooshIndex(root).rebuild(documents)
    return Searcher(WhooshIndex(root).open())
