"""Filters as boolean masks, and counts for every choice of every facet in one go.

Disjunctive: the choices made inside one facet do not narrow that facet's own counts, so a shopper sees what adding
another brand would bring. Source: the "multi-select faceting" of Tunkelang (2009), "Faceted Search".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.documents import Filters, LiveColumns
from search.results import FacetCount

MOST_LAYERS = 3
_PART = 4
_BITS = 32
_ALL = 2**_BITS - 1

Mask = NDArray[np.bool_]
Docs = NDArray[np.int64]
Pairs = NDArray[np.int32]
Tally = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Codes of values, ascending, and how many documents have each: at least one."""


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
        depths = np.arange(owners.size, dtype=np.int32) - starts(owners, documents)[owners]
        self.layers = [self._layer(owners[here], codes[here]) for here in _layers(depths, documents)]
        self._holding = [np.bincount(layer, minlength=len(self.values) + 1) > 0 for layer in self.layers]
        deeper = depths >= len(self.layers)
        self.rest = owners[deeper].astype(np.intp), codes[deeper]

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

    def holders(self, value: str, docs: Docs) -> Mask:
        """Return (docs,) true where a document has `value`."""
        code = self._code_of.get(value)
        if self.rest[0].size or code is None:
            return self.mask((value,)).take(docs)
        found = np.zeros(docs.size, np.bool_)
        for layer, holding in zip(self.layers, self._holding, strict=True):
            if holding[code]:
                found |= layer.take(docs) == code
        return found

    def code_of(self, value: str) -> int:
        """Return the code of a value; -1 for an unknown one."""
        return self._code_of.get(value, -1)

    def tally(self, docs: Docs) -> Tally:
        """Return how many of `docs` (distinct) have each value; of many, by counting the others."""
        if docs.size * 2 <= self._documents:
            counts = self._count(docs)
        else:
            counts = self._totals - self._count(np.flatnonzero(~spread(docs, self._documents)))
        held = np.flatnonzero(counts)
        return held, counts[held]

    def _count(self, docs: Docs) -> NDArray[np.int64]:
        none = len(self.values)
        counts = np.zeros(none + 1, np.int64)
        for layer in self.layers:
            counts += np.bincount(layer.take(docs), minlength=none + 1)
        owners, codes = self.rest
        if owners.size:
            counts += np.bincount(codes[spread(docs, self._documents).take(owners)], minlength=none + 1)
        return counts[:-1]

    def _layer(self, owners: Pairs, codes: Pairs) -> NDArray[Any]:
        """Return (documents,) one code of each document, and the number of values where it has none."""
        none = len(self.values)
        layer = np.full(self._documents, none, code_type(none))
        layer[owners] = codes
        return layer


def code_type(most: int) -> Any:
    """Return the smallest type for whole numbers up to `most`."""
    return np.uint16 if most < 2**16 else np.int32


def starts(owners: Pairs, documents: int) -> Pairs:
    """Return (documents + 1,) where the pairs of each document begin."""
    result = np.zeros(documents + 1, np.int32)
    np.cumsum(np.bincount(owners, minlength=documents), out=result[1:])
    return result


def _layers(depths: Pairs, documents: int) -> Iterator[Mask]:
    """Yield the pairs that are their documents' first, second, ...: while a good part of the documents has one."""
    for depth in range(MOST_LAYERS):
        here = depths == depth
        if np.count_nonzero(here) * _PART < documents:
            return
        yield here


def spread(docs: Docs, documents: int) -> Mask:
    """Return (documents,) true for `docs` alone."""
    result = np.zeros(documents, np.bool_)
    result[docs] = True
    return result


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


def choices(column: FacetColumn, tally: Tally, selected: Sequence[str], limit: int) -> tuple[FacetCount, ...]:
    """Return the choices of a facet out of what was counted: most frequent first, then by value; selected ones always,
    even with 0.
    """
    codes, counts = tally
    if not codes.size and not selected:
        return ()
    if codes.size == 1 and not selected and limit > 0:
        return (FacetCount(column.values[int(codes[0])], int(counts[0]), False),)
    keys = (counts << _BITS) - codes  # one number holds both, so that sorting is fast
    keys.sort()
    keys = keys[: -limit - 1 : -1] if limit > 0 else keys[:0]
    counts = (keys + _ALL) >> _BITS
    values = map(column.values.__getitem__, ((counts << _BITS) - keys).tolist())
    if not selected:
        return tuple(map(_new, repeat(FacetCount), zip(values, counts.tolist(), repeat(False), strict=False)))
    chosen = dict.fromkeys(selected)
    shown = [FacetCount(value, count, value in chosen) for value, count in zip(values, counts.tolist(), strict=True)]
    present = {choice.value for choice in shown}
    held = dict(zip(tally[0].tolist(), tally[1].tolist(), strict=True))
    rest = [FacetCount(value, held.get(column.code_of(value), 0), True) for value in chosen if value not in present]
    return (*shown, *rest)


_new: Callable[[type[FacetCount], tuple[str, int, bool]], FacetCount] = tuple.__new__
"""`FacetCount._make` without a Python frame of its own: an answer has hundreds of them."""
