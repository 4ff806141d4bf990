"""All facets counted in one go: few documents by what they have, many by the sets of values that they share.

A thousand printers have a few dozen combinations of category, brand and colour between them. So each document bears
the number of its combination, and counting is one `bincount` over these; what lies in each combination is added up
afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.facets import Docs, FacetColumn, Pairs, Tally, code_type, starts

FEW = 200
"""So many documents are counted by what they have; more, by their sets of values."""
_MANY = 3
_LEAST_SETS, _DOCUMENTS_A_SET = 256, 32
"""Facets share their sets while these are no more, and no more than one for so many documents."""
_SPARSE = 4

Numbers = NDArray[np.int64]


class FacetTable:
    """All facets side by side: one look at some documents counts their values in every facet.

    Parameters
    ----------
    columns : the facets by name.
    pairs : by name the (document, code) pairs that each column was made of.
    documents : how many documents there are.
    """

    def __init__(self, columns: Mapping[str, FacetColumn], pairs: Mapping[str, tuple[Pairs, Pairs]], documents: int):
        self._columns = dict(columns)
        sizes = [len(column.values) for column in self._columns.values()]
        self._firsts = np.cumsum([0, *sizes])
        self._place = {name: place for place, name in enumerate(self._columns)}
        self._documents = documents
        owners = [pairs[name][0] for name in self._columns]
        codes = [
            pairs[name][1] + np.int32(first) for name, first in zip(self._columns, self._firsts.tolist(), strict=False)
        ]
        every = np.concatenate(owners) if owners else np.empty(0, np.int32)
        self._starts = starts(every, documents)
        self._codes = np.concatenate(codes)[np.argsort(every, kind="stable")] if codes else every
        self._lay_sets([pairs[name] for name in self._columns])

    def _lay_sets(self, pairs: Sequence[tuple[Pairs, Pairs]]) -> None:
        """Number the sets of values that documents have, in one facet or in several that have few sets together."""
        most = max(_LEAST_SETS, self._documents // _DOCUMENTS_A_SET)
        shelves: list[tuple[Numbers, int, int, int]] = []
        for place, (owners, codes) in enumerate(pairs):
            own, size = _numbered(owners, codes, self._documents)
            first = place
            if shelves:
                numbers, _, of_last, _ = shelves[-1]
                joined, count = _without_gaps(numbers * size + own)
                if count <= most:
                    del shelves[-1]
                    own, size, first = joined, count, of_last
            shelves.append((own, size, first, place + 1))
        self._shelves: list[tuple[NDArray[Any], int]] = []
        sets, codes_of_sets, before = [], [], 0
        for numbers, size, first, last in shelves:
            examples = np.zeros(size, np.int64)
            examples[numbers] = np.arange(numbers.size)
            codes, lengths = self._held(examples)
            here = (codes >= self._firsts[first]) & (codes < self._firsts[last])
            sets.append(np.arange(size).repeat(lengths)[here] + before)
            codes_of_sets.append(codes[here])
            self._shelves.append((numbers.astype(code_type(size)), size))
            before += size
        held = np.concatenate([np.empty(0, np.int32), *codes_of_sets])
        order = held.argsort(kind="stable")
        self._sets = np.concatenate([np.empty(0, np.int64), *sets])[order]
        """The sets that hold the first value, those that hold the second, ..."""
        self._bounds = held[order].searchsorted(np.arange(self._firsts[-1] + 1))

    def tallies(self, docs: Docs, names: Sequence[str]) -> dict[str, Tally]:
        """Return by name how many of `docs` (distinct) have each value of these facets; unknown ones are left out."""
        known = [name for name in names if name in self._columns]
        if docs.size > FEW:
            if 2 * docs.size > self._documents or _MANY * len(known) < len(self._columns):
                return {name: self._columns[name].tally(docs) for name in known}
            return self._split(known, *self._swept(docs))
        found = self._held(docs)[0]
        found.sort()
        changes = np.empty(found.size, np.bool_)
        changes[:1] = True
        np.not_equal(found[1:], found[:-1], out=changes[1:])
        at = np.flatnonzero(changes)
        codes = found.take(at).astype(np.int64)
        counts = np.empty_like(at)
        np.subtract(at[1:], at[:-1], out=counts[:-1])
        counts[-1:] = found.size - at[-1:]
        return self._split(known, codes, counts)

    def _held(self, docs: Docs) -> tuple[Pairs, NDArray[np.int32]]:
        """Return the codes that the first of `docs` has, those of the second, ..., and how many each has."""
        begins = self._starts.take(docs)
        lengths = self._starts.take(docs + 1) - begins
        ends = lengths.cumsum()
        total = int(ends[-1]) if ends.size else 0
        return self._codes.take((begins - ends + lengths).repeat(lengths) + np.arange(total)), lengths

    def _swept(self, docs: Docs) -> Tally:
        """Count by the sets of values, then what lies in these."""
        parts = [np.bincount(numbers.take(docs), minlength=size) for numbers, size in self._shelves]
        sets = parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, np.int64), *parts])
        sums = np.zeros(self._sets.size + 1, np.int64)
        sets.take(self._sets).cumsum(out=sums[1:])
        bounds = sums.take(self._bounds)
        counts = bounds[1:] - bounds[:-1]
        held = np.flatnonzero(counts)
        return held, counts[held]

    def _split(self, names: Sequence[str], codes: NDArray[np.int64], counts: NDArray[np.int64]) -> dict[str, Tally]:
        """Share out what was counted in all facets."""
        bounds = codes.searchsorted(self._firsts).tolist()
        return {
            name: (codes[first:last] - self._firsts[place], counts[first:last])
            for name in names
            for place in (self._place[name],)
            for first, last in (bounds[place : place + 2],)
        }


def _numbered(owners: Pairs, codes: Pairs, documents: int) -> tuple[Numbers, int]:
    """Return (documents,) the number of the row of values that each document has, from 0 on without gaps, and how many
    rows there are.
    """
    numbers = np.zeros(documents, np.int64)
    depths = np.arange(owners.size, dtype=np.int32) - starts(owners, documents)[owners]
    values, used = int(codes.max(initial=0)) + 1, 1
    for depth in range(int(depths.max(initial=-1)) + 1):
        here = depths == depth
        held = owners[here]
        longer, count = _without_gaps(numbers[held] * values + codes[here])
        numbers[held] = used + longer
        used += count
    return _without_gaps(numbers)


def _without_gaps(keys: Numbers) -> tuple[Numbers, int]:
    """Return the ranks of the keys (>= 0) among the different ones, and how many of these there are."""
    if not keys.size:
        return keys, 0
    most = int(keys.max()) + 1
    if most > _SPARSE * keys.size:
        known, numbers = np.unique(keys, return_inverse=True)
        return numbers, int(known.size)
    held = np.zeros(most, np.bool_)
    held[keys] = True
    ranks = held.cumsum()
    return ranks.take(keys) - 1, int(ranks[-1])
