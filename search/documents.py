"""What goes into the index and what comes out of it: frozen values, plain columns, no shop noun.

A `Document` carries text (searched), facets (counted and filtered) and its first live columns (price, stock, ...);
the live columns are replaced as a whole by `LiveColumns`, without touching the text index.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST_QUERY = 200
LARGEST_PAGE = 1000
LEAST_BOOST, MOST_BOOST = 0.2, 5.0
MOST_POPULARITY = 1.0


class IndexProblem(Exception):
    """The index cannot do what was asked."""


class IndexMissing(IndexProblem):
    """There is no generation that could be opened."""


class IndexBroken(IndexProblem):
    """A generation is half-written, truncated, altered, or of another schema."""


class Sort(StrEnum):
    """Orders of a result page; every order breaks ties by document id, ascending."""

    RELEVANCE = "relevance"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    NEWEST = "newest"
    SALES = "sales"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class Label:
    """A facet value that has names: a brand or a category, in every language of the shop."""

    value: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One product as the index sees it.

    Parameters
    ----------
    id : the product's number, 0 <= id < 2**63, unique in the index.
    title, other_titles : the name, and the same name in other languages.
    brand : its facet value and names, or None.
    categories : from the root to the product's own category; all of them become values of the facet "category".
    codes : SKUs and barcodes; one that equals the whole query answers `SearchPage.exact`.
    facets : further facets by name, e.g. {"size": ("500 ml", "1 l")}.
    price_minor : minor units of the shop's currency, >= 0.
    popularity : any figure >= 0 that grows with sales, e.g. units in 90 days.
    published_on : `date.toordinal()` of publication; newer is larger.
    rating : mean stars, 0 (none) to 5.

    Raises
    ------
    ValueError : for a number outside its range.
    """

    id: int
    title: str
    other_titles: tuple[str, ...] = ()
    brand: Label | None = None
    categories: tuple[Label, ...] = ()
    product_type: str = ""
    model: str = ""
    description: str = ""
    attributes: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    price_minor: int = 0
    in_stock: bool = True
    on_promotion: bool = False
    popularity: float = 0.0
    published_on: int = 0
    rating: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.id < 2**63:
            raise ValueError(f"document id {self.id} is out of range")
        if not 0 <= self.price_minor < 2**62:
            raise ValueError(f"price {self.price_minor} is out of range")
        if not (math.isfinite(self.popularity) and self.popularity >= 0):
            raise ValueError("popularity must be a finite number, 0 or more")
        if not 0 <= self.rating <= 5:
            raise ValueError("a rating lies between 0 and 5")


LiveRow = tuple[int, int, bool, bool, float, int, float]
"""id, price in minor units, in stock, on promotion, popularity (0 or more), day of publication (a proleptic ordinal),
mean rating (0 to 5)."""


@dataclass(frozen=True, slots=True)
class LiveColumns:
    """What changes often, one row per document, in any order: these never change, others take their place.

    All arrays are one-dimensional and equally long. A document of the index that has no row here is hidden, so
    unpublishing a product needs no index commit; a row without a document is ignored.

    Raises
    ------
    ValueError : for arrays of different length.
    """

    ids: NDArray[np.int64]
    price_minor: NDArray[np.int64]
    in_stock: NDArray[np.bool_]
    on_promotion: NDArray[np.bool_]
    popularity: NDArray[np.float64]
    published_on: NDArray[np.int64]
    rating: NDArray[np.float64]

    def __post_init__(self) -> None:
        shapes = {getattr(self, name).shape for name in LIVE_TYPES} | {self.ids.shape}
        if len(shapes) != 1 or self.ids.ndim != 1:
            raise ValueError("live columns must be one-dimensional and equally long")

    @classmethod
    def of(cls, rows: Iterable[LiveRow]) -> LiveColumns:
        """Return columns from rows (id, price_minor, in_stock, on_promotion, popularity, published_on, rating)."""
        columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) or [()] * 7
        types = (np.int64, *LIVE_TYPES.values())
        return cls(*(np.array(column, kind) for column, kind in zip(columns, types, strict=True)))

    @classmethod
    def joined(cls, parts: Iterable[LiveColumns]) -> LiveColumns:
        """Return the rows of all parts; an id is in one of them alone."""
        columns = zip(*(part._columns for part in (cls.of(()), *parts)), strict=True)
        return cls(*(np.concatenate(same) for same in columns))

    def rows(self, ids: Collection[int]) -> dict[int, LiveRow]:
        """Return the rows of these ids, by id; one that is not here has none."""
        here = np.isin(self.ids, list(ids))
        columns = (column[here].tolist() for column in self._columns)
        return {row[0]: row for row in zip(*columns, strict=True)}

    def changed(self, rows: Mapping[int, LiveRow | None]) -> LiveColumns:
        """Return columns with these rows in place of what their ids had; an id of None has no row any more."""
        stay = ~np.isin(self.ids, list(rows))
        rest = LiveColumns(*(column[stay] for column in self._columns))
        return LiveColumns.joined([rest, LiveColumns.of(row for row in rows.values() if row is not None)])

    @property
    def _columns(self) -> tuple[NDArray[Any], ...]:
        return (self.ids, *(getattr(self, name) for name in LIVE_TYPES))


LIVE_TYPES: dict[str, Any] = {
    "price_minor": np.int64,
    "in_stock": np.bool_,
    "on_promotion": np.bool_,
    "popularity": np.float64,
    "published_on": np.int64,
    "rating": np.float64,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the shopper narrowed to: values of one facet are alternatives, facets narrow each other.

    `scope` narrows the whole page and its counts (a category page, a collection); `facets` are the shopper's own
    choices, and a facet's own choice does not narrow its own counts. Prices are inclusive minor units.
    """

    scope: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    price_from: int | None = None
    price_to: int | None = None
    in_stock: bool = False
    on_promotion: bool = False
    rating_from: float | None = None


@dataclass(frozen=True, slots=True)
class Boost:
    """A merchant's factor for every document with one value of a facet, clipped to `LEAST_BOOST` .. `MOST_BOOST`."""

    facet: str
    value: str
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """What the merchant asks of one answer, beyond what the words say. It steers the order by relevance alone.

    `pins` come first, in this order, whether they match the text or not, as long as they are shown and pass the
    filters; `buries` come last. Unknown ids and facets are ignored. `popularity` is how much being bought often lifts,
    as a share of the score (None: `ranking.POPULARITY_GAIN`).

    Raises
    ------
    ValueError : for a `popularity` outside 0 .. `MOST_POPULARITY`.
    """

    pins: tuple[int, ...] = ()
    buries: tuple[int, ...] = ()
    boosts: tuple[Boost, ...] = ()
    popularity: float | None = None

    def __post_init__(self) -> None:
        if self.popularity is not None and not 0 <= self.popularity <= MOST_POPULARITY:
            raise ValueError(f"popularity lifts by 0 to {MOST_POPULARITY}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """One question. An empty `text` asks for everything, most popular first: category pages browse through it.

    `count` names the facets to count (None: all, empty: none); `correct` allows the spelling to be corrected.
    `page` counts from 1; a `size` of 0 asks for totals and counts alone. `language` ("en", "zh") chooses the synonyms
    that hold for one language only.
    """

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = 24
    count: tuple[str, ...] | None = None
    facet_limit: int = 50
    correct: bool = True
    language: str = ""
    steering: Steering = field(default_factory=Steering)

    def __post_init__(self) -> None:
        if self.page < 1 or not 0 <= self.size <= LARGEST_PAGE:
            raise ValueError(f"pages count from 1 and hold at most {LARGEST_PAGE} documents")
