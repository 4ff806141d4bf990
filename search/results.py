"""What comes out of the index: frozen values, ids and counts, ready for a page to fetch its rows by id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class FacetCount(NamedTuple):
    """One choice of a facet: `count` documents would be shown with it (beside every other facet's choices)."""

    value: str
    count: int  # type: ignore[assignment]  # nobody asks a choice how often it holds something
    selected: bool


@dataclass(frozen=True, slots=True)
class PriceBucket:
    """A choice of price: `low` <= price < `high` in minor units, `high` None for the last."""

    low: int
    high: int | None
    count: int


@dataclass(frozen=True, slots=True)
class PriceRange:
    """Prices of what would be shown without a price filter: the ends, inclusive, and up to six round buckets."""

    lowest: int
    highest: int
    buckets: tuple[PriceBucket, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """An answer: `ids` of one page, out of `total` exactly counted matches.

    `ratings` counts documents with at least 4, 3, 2 and 1 stars. `corrected_query` is what was searched when the
    spelling was corrected, else None; `relaxed` says that not every word had to match, and `is_whole` that the first
    document of the page has every word all the same; `exact` is the document whose SKU or barcode was typed; `words`
    are the terms to highlight; `scores` are what the order of `ids` was made by.
    """

    ids: tuple[int, ...]
    total: int
    page: int
    size: int
    facets: Mapping[str, tuple[FacetCount, ...]]
    price: PriceRange | None
    in_stock: int
    on_promotion: int
    ratings: tuple[tuple[int, int], ...] = ()
    corrected_query: str | None = None
    relaxed: bool = False
    is_whole: bool = True
    exact: int | None = None
    words: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()
    generation: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line under the search box. `value` is the facet value or document id, or the words to search."""

    kind: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a document stands where it stands: `score` = (sum of `parts`) * the product of `factors`.

    `tier` counts the query's token groups that the document matches, out of `groups`; the factor "coverage" says what
    that is worth.
    """

    id: int
    score: float
    tier: int
    groups: int
    parts: tuple[tuple[str, float], ...]
    factors: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Health:
    """What an operator wants to know; `age_seconds` since the generation was written, `fallback` if not the newest."""

    generation: str
    documents: int
    segments: int
    age_seconds: float
    fallback: bool
