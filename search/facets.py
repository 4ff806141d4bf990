"""Filters as boolean masks, and counts for every choice of every facet by one `bincount` each.

Disjunctive: the choices made inside one facet do not narrow that facet's own counts, so a shopper sees what adding
another brand would bring. Source: the "multi-select faceting" of Tunkelang (2009), "Faceted Search".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.documents import Filters, LiveColumns
from search.results import FacetCount, PriceBucket, PriceRange

MOST_BUCKETS = 6
MOST_LAYERS = 3
_SAMPLE = 500
_PART = 4

Mask = NDArray[np.bool_]
Docs = NDArray[np.int64]
Pairs = NDArray[np.int32]


class FacetColumn:
    """One facet of all documents: a document may have any number of values, or none.

    Where most documents have a first, a second, ... value, these lie in layers, one array of codes each, so that
    counting is picking; the rest lies in pairs.

    Parameters
    ----------
    values : the distinct values, ascending; a code is a position in it, so codes sort like values.
    owners : int32 (pairs,), the document of each (document, value) pair, ascending.
    codes : int32 (pairs,), the value's code of each pair.
    documents : how many documents there are.
    """

    def __init__(self, values: Sequence[str], owners: Pairs, codes: Pairs, documents: int) -> None:
        self.values = tuple(values)
        self._code_of = {value: code for code, value in enumerate(self.values)}
        self._documents = documents
        self._totals = np.bincount(codes, minlength=len(self.values))
        self._by_value = owners[np.argsort(codes, kind="stable")]
        self._value_starts = np.concatenate(([0], np.cumsum(self._totals)))
        starts = _starts(owners, documents)
        depths = np.arange(owners.size, dtype=np.int32) - starts[owners]
        self._layers = [self._layer(owners[here], codes[here]) for here in _layers(depths, documents)]
        deeper = depths >= len(self._layers)
        self._rest = codes[deeper]
        self._rest_starts = _starts(owners[deeper], documents)
        self._has_rest = np.diff(self._rest_starts) > 0

    def docs_with(self, value: str) -> Pairs:
        """Return the documents that have `value`, ascending; none for an unknown value."""
        code = self._code_of.get(value)
        if code is None:
            return np.empty(0, np.int32)
        return self._by_value[self._value_starts[code] : self._value_starts[code + 1]]

    def sizes(self) -> dict[str, int]:
        """Return how many documents have each value, replaced ones included."""
        return dict(zip(self.values, self._totals.tolist(), strict=True))

    def mask(self, values: Sequence[str]) -> Mask:
        """Return (documents,) true where a document has one of `values`."""
        result = np.zeros(self._documents, np.bool_)
        for value in values:
            result[self.docs_with(value)] = True
        return result

    def count_of(self, value: str, counts: NDArray[np.int64]) -> int:
        """Return the count of one value out of what `counts` gave; 0 for an unknown value."""
        code = self._code_of.get(value)
        return 0 if code is None else int(counts[code])

    def counts(self, docs: Docs) -> NDArray[np.int64]:
        """Return (values,): how many of `docs` (distinct) have each value; of many, by counting the others."""
        if docs.size * 2 <= self._documents:
            return self._count(docs)
        others = np.ones(self._documents, np.bool_)
        others[docs] = False
        return self._totals - self._count(np.flatnonzero(others))

    def _count(self, docs: Docs) -> NDArray[np.int64]:
        counts = np.zeros(len(self.values) + 1, np.int64)
        for layer in self._layers:
            counts += np.bincount(layer[docs], minlength=counts.size)
        if self._rest.size:
            docs = docs[self._has_rest[docs]]
            starts = self._rest_starts[docs]
            lengths = self._rest_starts[docs + 1] - starts
            before = np.cumsum(lengths) - lengths
            pairs = np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
            counts += np.bincount(self._rest[pairs], minlength=counts.size)
        return counts[:-1]

    def _layer(self, owners: Pairs, codes: Pairs) -> NDArray[Any]:
        """Return (documents,) one code of each document, and the number of values where it has none."""
        none = len(self.values)
        layer = np.full(self._documents, none, np.uint16 if none < 2**16 else np.int32)
        layer[owners] = codes
        return layer


def _starts(owners: Pairs, documents: int) -> Pairs:
    """Return (documents + 1,) where the pairs of each document begin."""
    starts = np.zeros(documents + 1, np.int32)
    np.cumsum(np.bincount(owners, minlength=documents), out=starts[1:])
    return starts


def _layers(depths: Pairs, documents: int) -> Iterator[Mask]:
    """Yield the pairs that are their documents' first, second, ...: while a good part of the documents has one."""
    for depth in range(MOST_LAYERS):
        here = depths == depth
        if np.count_nonzero(here) * _PART < documents:
            return
        yield here


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The hits after all filters, and for each filter in use what would be there without it."""

    docs: Docs
    without: Mapping[str, Docs]

    def base(self, name: str) -> Docs:
        """Return the documents among which the choices of filter `name` are counted."""
        return self.without.get(name, self.docs)


def masks(filters: Filters, columns: Mapping[str, FacetColumn], live: LiveColumns) -> dict[str, Mask]:
    """Return one mask (documents,) per filter in use, by name; a facet that the index lacks excludes everything."""
    result = {
        name: columns[name].mask(values) if name in columns else np.zeros(live.ids.size, np.bool_)
        for name, values in filters.facets.items()
        if values
    }
    if filters.price_from is not None or filters.price_to is not None:
        low = np.clip(filters.price_from or 0, 0, 2**62)
        high = np.clip(2**62 if filters.price_to is None else filters.price_to, -1, 2**62)
        result["price"] = (live.price_minor >= low) & (live.price_minor <= high)
    if filters.in_stock:
        result["in_stock"] = live.in_stock
    if filters.on_promotion:
        result["on_promotion"] = live.on_promotion
    if filters.rating_from is not None:
        result["rating"] = live.rating >= filters.rating_from
    return result


def narrow(docs: Docs, in_use: Mapping[str, Mask]) -> Narrowing:
    """Apply masks to the hits `docs`, remembering for each what it alone takes away."""
    if not in_use:
        return Narrowing(docs, {})
    refused = {name: ~mask[docs] for name, mask in in_use.items()}
    refusals = np.zeros(docs.size, np.uint8)
    for refuses in refused.values():
        refusals += refuses
    passed, almost = refusals == 0, refusals == 1
    without = {name: docs[passed | (almost & refuses)] for name, refuses in refused.items()}
    return Narrowing(docs[passed], without)


def choices(column: FacetColumn, docs: Docs, selected: Sequence[str], limit: int) -> tuple[FacetCount, ...]:
    """Return the choices of a facet among `docs`: most frequent first, then by value; selected ones always, even with
    0.
    """
    counts = column.counts(docs)
    held = np.flatnonzero(counts)
    order = held[np.argsort(-counts[held], kind="stable")][:limit]
    chosen = dict.fromkeys(selected)
    values = (column.values[code] for code in order.tolist())
    shown = [
        FacetCount(value, count, value in chosen) for value, count in zip(values, counts[order].tolist(), strict=True)
    ]
    present = {choice.value for choice in shown} if chosen else set()
    rest = [FacetCount(value, column.count_of(value, counts), True) for value in chosen if value not in present]
    return (*shown, *rest)


def price_range(prices: NDArray[np.int64]) -> PriceRange | None:
    """Return the ends of `prices` (minor units) and at most six buckets with round ends, or None for no prices.

    Inner ends are the quantiles at equal shares (of every n-th price, when there are thousands), rounded to 1, 2 or 5
    times a power of ten, so each bucket is worth a click.
    """
    if not prices.size:
        return None
    lowest, highest = int(prices.min()), int(prices.max())
    sample = np.sort(prices[:: max(1, prices.size // _SAMPLE)])
    quantiles = sample[np.arange(1, MOST_BUCKETS) * sample.size // MOST_BUCKETS]
    inner = sorted({rounded for value in quantiles if lowest < (rounded := _round(float(value))) <= highest})
    if not inner:
        return PriceRange(lowest, highest, (PriceBucket(lowest, None, int(prices.size)),))
    below = [0, *(int(np.count_nonzero(prices < end)) for end in inner), int(prices.size)]
    ends = zip([0, *inner], [*inner, None], pairwise(below), strict=True)
    return PriceRange(lowest, highest, tuple(PriceBucket(low, high, more - less) for low, high, (less, more) in ends))


def ratings(stars: NDArray[np.float64]) -> tuple[tuple[int, int], ...]:
    """Return (n, how many of `stars` are n or more) for n = 4, 3, 2, 1."""
    return tuple((least, int(np.count_nonzero(stars >= least))) for least in (4, 3, 2, 1))


@lru_cache(maxsize=4096)
def _round(value: float) -> int:
    """Return the nearest of 1, 2, 5 times a power of ten, by ratio."""
    if value < 1:
        return 0
    power: int = 10 ** (len(str(int(value))) - 1)
    return min((step * power for step in (1, 2, 5, 10)), key=lambda end: max(end / value, value / end))
