"""The search index in Whoosh and in PostgreSQL, beside each other in one run: building, changing, asking.

    BENCH_POSTGRES_URL=postgresql://postgres@127.0.0.1/postgres .venv/bin/python -m benchmarks.backends [TIMES...]

Asks the judged development queries (`../shared/data/search`, or BENCH_SEARCH_DATA) of the Icecat catalogue, which is
taken TIMES over (1 and 5): a whole page with three facets, as the shop asks it; the backends take turns query by query.
"Cold" is the first time a process asks a generation (the system's and the database's buffers are warm), "after a
change" the first time after one document was changed, "warm" the next. Makes a database and drops it.
"""

from __future__ import annotations

import csv
import json
import lzma
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import psycopg

from search import Document, Index, Label, Searcher, SearchRequest, WhooshIndex
from search.postgres import PostgresIndex, Server

DATA = Path(os.environ.get("BENCH_SEARCH_DATA") or Path(__file__).resolve().parents[2] / "shared/data/search")
POSTGRES = os.environ.get("BENCH_POSTGRES_URL", "")
DATABASE = "search_benchmark"
FACETS = ("brand", "category", "colour")
ROUNDS = 3
"""How often everything is asked anew; of each query the best counts, so that busy neighbours do not."""
HEAD = (
    *("products", "backend", "cold p50 / p95 ms", "after a change", "warm"),
    *("rebuild s", "open s", "1 change s", "200 changes s"),
)
NewIndex = Callable[[], Index]


@dataclass
class Figures:
    """What one backend took, in milliseconds (questions) and seconds (writing)."""

    cold: dict[str, float] = field(default_factory=dict)
    changed: dict[str, float] = field(default_factory=dict)
    warm: dict[str, float] = field(default_factory=dict)
    rebuild: float = 0.0
    opening: float = 0.0
    apply_one: float = 0.0
    apply_many: float = 0.0


def main(times: Sequence[int]) -> None:
    """Measure and print a table."""
    if not POSTGRES:
        sys.exit("Set BENCH_POSTGRES_URL to a PostgreSQL server where a database may be made.")
    if not (DATA / "icecat_products.jsonl.xz").exists():
        sys.exit(f"There is no Icecat catalogue in {DATA}; set BENCH_SEARCH_DATA.")
    products, queries = read_catalogue(), read_queries()
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    for copies in times:
        documents = [replace(one, id=one.id * copies + copy) for copy in range(copies) for one in products]
        with tempfile.TemporaryDirectory() as folder, fresh_database() as url:
            backends: dict[str, NewIndex] = {
                "Whoosh": lambda: WhooshIndex(Path(folder) / "whoosh"),
                "PostgreSQL": lambda: PostgresIndex(Server(url), Path(folder), grace=0),
            }
            figures = {name: Figures() for name in backends}
            for name, new_index in backends.items():
                write(new_index(), documents, figures[name])
            for _ in range(ROUNDS):
                ask(backends, documents[0], queries, figures)
        for name, taken in figures.items():
            print(row(len(documents), name, taken), flush=True)


def write(index: Index, documents: Sequence[Document], taken: Figures) -> None:
    """Build the index, open it, change one document and two hundred."""
    taken.rebuild = seconds(lambda: index.rebuild(documents))
    taken.opening = seconds(lambda: Searcher(index.open()))
    changed = [replace(one, title=f"{one.title} renewed") for one in documents[: 200 * 7 : 7]]
    taken.apply_one = seconds(lambda: index.apply(changed[:1]))
    taken.apply_many = seconds(lambda: index.apply(changed))


def ask(backends: dict[str, NewIndex], changed: Document, queries: Sequence[str], figures: dict[str, Figures]) -> None:
    """Ask every query of every backend, three times over."""
    indexes = {name: new_index() for name, new_index in backends.items()}
    for state in ("cold", "changed", "warm"):
        if state == "changed":
            for index in indexes.values():
                index.apply([changed])
        if state != "warm":
            shops = {name: Searcher(index.open()) for name, index in indexes.items()}
        for text in queries:
            request = SearchRequest(text=text, count=FACETS)
            for name, shop in shops.items():
                started = time.perf_counter()
                shop.search(request)
                took = 1000 * (time.perf_counter() - started)
                best: dict[str, float] = getattr(figures[name], state)
                best[text] = min(best.get(text, took), took)


def row(documents: int, name: str, taken: Figures) -> str:
    """Return one line of the table."""
    asked = (
        f"{statistics.median(best.values()):.2f} / {np.percentile(list(best.values()), 95):.2f}"
        for best in (taken.cold, taken.changed, taken.warm)
    )
    written = (taken.rebuild, taken.opening, taken.apply_one, taken.apply_many)
    return " | ".join((f"| {documents:,}", name, *asked, *(f"{figure:.1f}" for figure in written))) + " |"


def seconds(work: Callable[[], object]) -> float:
    """Return how long a call took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextmanager
def fresh_database() -> Iterator[str]:
    """Make an empty database; drop it afterwards."""
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {DATABASE}")
        try:
            yield f"{POSTGRES.rpartition('/')[0]}/{DATABASE}"
        finally:
            server.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def read_queries() -> list[str]:
    """Return the judged queries."""
    with (DATA / "icecat_qrels_dev.csv").open(encoding="utf-8") as file:
        return list(dict.fromkeys(line["query"] for line in csv.DictReader(file)))


def read_catalogue() -> list[Document]:
    """Return the Icecat products as documents."""
    with (DATA / "icecat_categories.csv").open(encoding="utf-8") as file:
        labels = {line["id"]: (line["department"], line["category"]) for line in csv.DictReader(file)}
    with lzma.open(DATA / "icecat_products.jsonl.xz", "rt", encoding="utf-8") as lines:
        return [document_of(json.loads(line), labels) for line in lines]


def document_of(product: dict[str, object], labels: dict[str, tuple[str, str]]) -> Document:
    """Return a product as a document with brand, categories, colours and what is said of it in words."""
    number, brand = str(product["id"]), str(product.get("brand") or "")
    words: dict[str, object] = {name: value for name, value in product["attrs"].items() if name.startswith("t_")}  # type: ignore[attr-defined]
    colour = words.get("t_product_colour")
    return Document(
        id=int(number),
        title=str(product["title"]),
        brand=Label(brand.lower(), (brand,)) if brand else None,
        categories=tuple(Label(name, (name,)) for name in labels.get(number, ())),
        model=str(product.get("model") or ""),
        description=str(product.get("description") or ""),
        attributes=tuple(str(value) for value in words.values()),
        codes=tuple(product.get("ean") or ()),  # type: ignore[arg-type]
        facets={"colour": (str(colour),)} if colour else {},
        price_minor=int(product.get("price_cents") or 0),  # type: ignore[call-overload]
        popularity=float(int(number) % 97),
    )


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [1, 5])
