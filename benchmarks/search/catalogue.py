"""The catalogue that is searched: read from a file, or made up; and as often over as a measurement asks for."""

from __future__ import annotations

import csv
import json
import lzma
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path
from typing import Any

from search import Document, Label

COPY = 10**10
"""What lies between the ids of one copy and the next."""
_SYLLABLES = [first + second for first in "bcdfghklmnprstvz" for second in ("a", "e", "i", "o", "u", "an", "er", "il")]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Products as they were written, and what shoppers ask them for."""

    documents: tuple[Document, ...]
    queries: tuple[str, ...]

    def times(self, wanted: int) -> Iterator[Document]:
        """Yield `wanted` documents: the catalogue as often over as that takes, each with an id and prices of its
        own.
        """
        return islice((_copy(one, number) for number in count() for one in self.documents), wanted)


def read(documents: Path, categories: Path | None, queries: Sequence[Path]) -> Catalogue:
    """Return the products of a JSON-lines file (plain or .xz) and the distinct queries of CSV or TSV judgements."""
    shelves = _read_categories(categories) if categories else {}
    opened = lzma.open if documents.suffix == ".xz" else open
    with opened(documents, "rt", encoding="utf-8") as lines:
        products = tuple(_document(json.loads(line), shelves) for line in lines if line.strip())
    asked = dict.fromkeys(query for path in queries for query in _read_queries(path))
    return Catalogue(products, tuple(asked) or made_queries(products))


def made(size: int) -> Catalogue:
    """Return made-up products, always the same: words used about as unevenly as in a language, long descriptions."""
    chance = random.Random(4)
    words = sorted({"".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(9000)})
    chance.shuffle(words)
    weights = [1 / (place + 8) for place in range(len(words))]
    brands = [Label(word, (word.capitalize(),)) for word in words[2000:2240]]
    kinds = [" ".join(words[at : at + 1 + at % 2]) for at in range(300, 420)]
    products = []
    for number in range(1, size + 1):
        kind, brand = kinds[int(chance.paretovariate(0.9)) % len(kinds)], chance.choice(brands)
        text = chance.choices(words, weights, k=60)
        title = [brand.names[0], *text[:4], kind, f"{chance.choice((2, 4, 8, 16, 250, 500))} GB", f"M{number:05d}"]
        products.append(
            Document(
                id=number,
                title=" ".join(title),
                brand=brand,
                categories=(Label(kind[:2], (kind[:2],)), Label(kind, (kind,))),
                model=f"M{number:05d}",
                description=" ".join(text[4:40]),
                attributes=tuple(" ".join(text[at : at + 2]) for at in range(40, 60, 2)),
                facets={"colour": (chance.choice(words[60:80]),)},
                price_minor=chance.randint(100, 90_000),
            )
        )
    return Catalogue(tuple(products), made_queries(products))


def made_queries(products: Sequence[Document], wanted: int = 120) -> tuple[str, ...]:
    """Return queries of one to four words out of titles, some with words of two titles, so that nothing has all."""
    chance = random.Random(7)
    result = []
    for number in range(wanted):
        words = chance.choice(products).title.split()
        if number % 4 == 0:
            words += chance.choice(products).title.split()
        result.append(" ".join(chance.sample(words, min(len(words), 1 + number % 4))))
    return tuple(result)


def _copy(document: Document, number: int) -> Document:
    chance = random.Random(document.id * 31 + number)
    return replace(
        document,
        id=document.id + number * COPY,
        price_minor=max(99, int(document.price_minor * chance.uniform(0.8, 1.2))),
        popularity=float(int(chance.paretovariate(0.8)) - 1) if chance.random() < 0.6 else 0.0,
        in_stock=chance.random() < 0.9,
        on_promotion=chance.random() < 0.1,
        published_on=739_000 + chance.randrange(900),
        rating=chance.choice((0.0, 0.0, 3.1, 4.2, 4.8)),
    )


def _document(row: Mapping[str, Any], shelves: Mapping[str, tuple[str, str]]) -> Document:
    attributes = {key: str(value) for key, value in row.get("attrs", {}).items() if isinstance(value, str)}
    colour = attributes.get("t_product_colour", "")
    shelf = shelves.get(str(row["id"])) or ((row["category"],) if row.get("category") else ())
    brand = row.get("brand") or ""
    return Document(
        id=int(row["id"]),
        title=row["title"],
        brand=Label(brand, (brand,)) if brand else None,
        categories=tuple(Label(name, (name,)) for name in dict.fromkeys(shelf)),
        model=row.get("model") or "",
        description=row.get("description") or "",
        attributes=tuple(attributes.values()),
        codes=tuple(row.get("ean") or ()),
        facets={"colour": tuple(dict.fromkeys(part.strip() for part in colour.split(",")))} if colour else {},
        price_minor=int(row.get("price_cents") or 0),
    )


def _read_categories(path: Path) -> dict[str, tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: (row["department"], row["category"]) for row in csv.DictReader(file)}


def _read_queries(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            yield from (row["query"] for row in csv.DictReader(file))
        else:
            yield from (line.split("\t")[0] for line in file if line.strip())
