"""One process of a shop: what it costs to open an index, hold it and answer from it. Prints JSON.

python -m benchmarks.search.probe DIRECTORY < queries.json
"""

from __future__ import annotations

import gc
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import whoosh.codec.whoosh3
import whoosh.index
import whoosh.writing  # noqa: F401

from benchmarks.search.measuring import Times, best_of, memory_mb

FACETS = ("brand", "category", "colour")
ROUNDS = 5
ANYTHING = "zxqv"


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds of CPU as (median, 95 % need at most), megabytes above a bare process, seconds."""

    documents: int
    opening: float
    opened_mb: float
    warm_mb: float
    cold: tuple[float, float]
    warm: tuple[float, float]
    filtered: tuple[float, float]
    everything: float
    category: tuple[float, float]
    by_price: float
    suggest_first: tuple[float, float]
    suggest: tuple[float, float]


def measure(root: Path, queries: list[str]) -> Figures:
    """Open the index at `root` and ask it everything."""
    np.zeros(8).sum()
    gc.collect()
    bare = memory_mb()
    from search import Filters, Searcher, SearchRequest, Sort, WhooshIndex  # noqa: PLC0415

    started = time.process_time()
    shop = Searcher(WhooshIndex(root).open())
    opening = time.process_time() - started
    gc.collect()
    opened = memory_mb()
    shop.search(SearchRequest(text=ANYTHING))
    asked = [SearchRequest(text=query, count=FACETS) for query in queries]
    (cold,) = best_of(1, asked, shop.search)
    (warm,) = best_of(ROUNDS, asked, shop.search)
    everything = SearchRequest(count=FACETS)
    facets = shop.search(everything).facets
    brand = facets["brand"][0].value
    chosen = Filters(facets={"brand": (brand,)}, price_to=50_000)
    (filtered,) = best_of(ROUNDS, [SearchRequest(text=q, count=FACETS, filters=chosen) for q in queries], shop.search)
    scopes = [Filters(scope={"category": (choice.value,)}) for choice in facets["category"][:5]]
    (category,) = best_of(ROUNDS, [SearchRequest(count=FACETS, filters=scope) for scope in scopes], shop.search)
    (all_of_it,) = best_of(ROUNDS, [everything], shop.search)
    (by_price,) = best_of(ROUNDS, [SearchRequest(count=FACETS, sort=Sort.PRICE_ASC)], shop.search)
    typed = list(dict.fromkeys(query[:end] for query in queries for end in range(1, len(query) + 1)))
    (suggest_first,) = best_of(1, typed, shop.suggest)
    (suggest,) = best_of(3, typed, shop.suggest)
    gc.collect()
    return Figures(
        documents=shop.health().documents,
        opening=opening,
        opened_mb=opened - bare,
        warm_mb=memory_mb() - bare,
        cold=_pair(cold),
        warm=_pair(warm),
        filtered=_pair(filtered),
        everything=all_of_it.at(0.5),
        category=_pair(category),
        by_price=by_price.at(0.5),
        suggest_first=_pair(suggest_first),
        suggest=_pair(suggest),
    )


def _pair(times: Times) -> tuple[float, float]:
    return times.at(0.5), times.at(0.95)


if __name__ == "__main__":
    print(json.dumps(asdict(measure(Path(sys.argv[1]), json.load(sys.stdin)))))
