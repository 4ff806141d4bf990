"""Filters as boolean masks, and counts for every choice of every facet by one `bincount` each.

Disjunctive: the choices made inside one facet do not narrow that facet's own counts, so a shopper sees what adding
another brand would bring. Source: the "multi-select faceting" of Tunkelang (2009), "Faceted Search".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.documents import Filters, LiveColumns
from search.results import FacetCount, PriceBucket, PriceRange

MOST_BUCKETS = 6
_FEW = 3
_SAMPLE = 1000

Mask = NDArray[np.bool_]
Docs = NDArray[np.int64]


class FacetColumn:
    """One facet of all documents: a document may have any number of values, or none.

    Parameters
    ----------
    values : the distinct values, ascending; a code is a position in it, so codes sort like values.
    owners : int64 (pairs,), the document of each (document, value) pair, ascending.
    codes : int64 (pairs,), the value's code of each pair.
    documents : how many documents there are.
    """

    def __init__(self, values: Sequence[str], owners: Docs, codes: Docs, documents: int) -> None:
        self.values = tuple(values)
        self._code_of = {value: code for code, value in enumerate(self.values)}
        self._owners = owners
        self._codes = codes
        self._documents = documents
        self._starts = np.searchsorted(owners, np.arange(documents + 1))
        order = np.argsort(codes, kind="stable")
        self._by_value = owners[order]
        self._value_starts = np.searchsorted(codes[order], np.arange(len(self.values) + 1))

    def docs_with(self, value: str) -> Docs:
        """Return the documents that have `value`, ascending; none for an unknown value."""
        code = self._code_of.get(value)
        if code is None:
            return np.empty(0, np.int64)
        return self._by_value[self._value_starts[code] : self._value_starts[code + 1]]

    def sizes(self) -> dict[str, int]:
        """Return how many documents have each value, replaced ones included."""
        return dict(zip(self.values, np.diff(self._value_starts).tolist(), strict=True))

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
        """Return (values,): how many of `docs` (distinct) have each value."""
        if docs.size * _FEW > self._documents:
            shown = np.zeros(self._documents, np.bool_)
            shown[docs] = True
            codes = self._codes[shown[self._owners]]
        else:
            starts = self._starts[docs]
            lengths = self._starts[docs + 1] - starts
            before = np.cumsum(lengths) - lengths
            codes = self._codes[np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))]
        return np.bincount(codes, minlength=len(self.values))


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
    nothing = np.zeros(live.ids.size, np.bool_)
    result = {
        name: columns[name].mask(values) if name in columns else nothing
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
    refusals = np.sum(list(refused.values()), axis=0)
    without = {name: docs[(refusals == 0) | ((refusals == 1) & refuses)] for name, refuses in refused.items()}
    return Narrowing(docs[refusals == 0], without)


def choices(column: FacetColumn, docs: Docs, selected: Sequence[str], limit: int) -> tuple[FacetCount, ...]:
    """Return the choices of a facet among `docs`: most frequent first, then by value; selected ones always, even with
    0.
    """
    counts = column.counts(docs)
    order = np.argsort(-counts, kind="stable")[: min(limit, int(np.count_nonzero(counts)))].tolist()
    chosen = dict.fromkeys(selected)
    shown = [FacetCount(column.values[code], int(counts[code]), column.values[code] in chosen) for code in order]
    present = {choice.value for choice in shown}
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
    sample = prices[:: max(1, prices.size // _SAMPLE)]
    quantiles = np.quantile(sample, np.arange(1, MOST_BUCKETS) / MOST_BUCKETS)
    inner = sorted({rounded for value in quantiles if lowest < (rounded := _round(float(value))) <= highest})
    if not inner:
        return PriceRange(lowest, highest, (PriceBucket(lowest, None, int(prices.size)),))
    counts = np.bincount(np.searchsorted(inner, prices, side="right"), minlength=len(inner) + 1)
    ends = zip([0, *inner], [*inner, None], counts, strict=True)
    return PriceRange(lowest, highest, tuple(PriceBucket(low, high, int(n)) for low, high, n in ends))


def ratings(stars: NDArray[np.float64]) -> tuple[tuple[int, int], ...]:
    """Return (n, how many of `stars` are n or more) for n = 4, 3, 2, 1."""
    return tuple((least, int(np.count_nonzero(stars >= least))) for least in (4, 3, 2, 1))


def _round(value: float) -> int:
    """Return the nearest of 1, 2, 5 times a power of ten, by ratio."""
    if value < 1:
        return 0
    power: int = 10 ** (len(str(int(value))) - 1)
    return min((step * power for step in (1, 2, 5, 10)), key=lambda end: max(end / value, value / end))
