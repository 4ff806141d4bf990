"""What was probably meant: spelling for unknown words, completions for unfinished ones.

Completions come from one sorted table of prefixes: categories and brands by each word of their names, titles from
their start, common words and pairs of words. A look-up is two bisections and a partial sort.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search import analysis
from search.results import Suggestion

LAST = "\U0010ffff"
SPAN = 2
FREQUENCY_GAIN = 0.15
OTHER_INITIAL = 0.35
_CANDIDATES = 40
_SCANNED = 4
_LATER_WORD = 1.0
MOST_OF_KIND = {"category": 4, "brand": 2, "term": 4, "product": 4}


class Vocabulary:
    """The words of a catalogue with the number of documents that use each.

    Corrections minimise `edits - 0.15 ln(1 + frequency) + 0.35 (another first letter)` over words at most two edits
    away (one, for a word of four letters). Edits are Damerau-Levenshtein in its optimal string alignment form, by
    rapidfuzz.
    """

    def __init__(self, words: Mapping[str, int]) -> None:
        self._frequency = {word: count for word, count in words.items() if len(word) > 2 and word.isascii()}
        by_length: dict[int, list[str]] = {}
        for word in sorted(self._frequency):
            by_length.setdefault(len(word), []).append(word)
        self._by_length = {
            length: [word for near in range(length - SPAN, length + SPAN + 1) for word in by_length.get(near, ())]
            for length in range(1, max(by_length, default=0) + SPAN + 1)
        }
        self.sorted = sorted(self._frequency)
        self.nearest = lru_cache(maxsize=4096)(self._nearest)

    def _nearest(self, word: str) -> str | None:
        """Return the likeliest correction of a lower-case word, or None."""
        edits = 1 if len(word) <= 4 else SPAN
        found = process.extract(
            word, self._by_length.get(len(word), ()), scorer=OSA.distance, score_cutoff=edits, limit=_CANDIDATES
        )
        return (
            min((self._cost(word, other, int(distance)), other) for other, distance, _ in found)[1] if found else None
        )

    def expand(self, prefix: str, limit: int) -> list[str]:
        """Return the most used words that begin with `prefix`."""
        words = self.sorted[bisect_left(self.sorted, prefix) : bisect_right(self.sorted, prefix + LAST)]
        return sorted(words, key=lambda word: (-self._frequency[word], word))[:limit]

    def _cost(self, word: str, other: str, distance: int) -> float:
        return distance - FREQUENCY_GAIN * math.log1p(self._frequency[other]) + OTHER_INITIAL * (word[0] != other[0])


class PrefixTable:
    """Sorted completions.

    Parameters
    ----------
    entries : (key, suggestion, weight, document row or -1); the key is what must begin with the typed text.
    """

    def __init__(self, entries: Iterable[tuple[str, Suggestion, float, int]]) -> None:
        ordered = sorted(entries, key=lambda entry: (entry[0], entry[1].kind, entry[1].value))
        self._keys = [entry[0] for entry in ordered]
        self._suggestions = [entry[1] for entry in ordered]
        self._weights = np.array([entry[2] for entry in ordered], np.float64)
        kinds = {kind: number for number, kind in enumerate(MOST_OF_KIND)}
        self._kinds = np.array([kinds[entry[1].kind] for entry in ordered], np.int8)
        self._rows = np.array([entry[3] for entry in ordered], np.int64)

    def complete(self, typed: str, limit: int, shown: NDArray[np.bool_]) -> tuple[Suggestion, ...]:
        """Return at most `limit` distinct suggestions for a normalised prefix, heaviest first, and of each kind at most
        what `MOST_OF_KIND` says; hidden documents are left out.
        """
        first, last = bisect_left(self._keys, typed), bisect_right(self._keys, typed + LAST)
        if first == last or limit < 1:
            return ()
        rows = self._rows[first:last]
        places = np.flatnonzero((rows < 0) | shown[rows])
        weights, kinds = self._weights[first:last][places], self._kinds[first:last][places]
        chosen: list[Suggestion] = []
        for number, most in enumerate(MOST_OF_KIND.values()):
            mine = np.flatnonzero(kinds == number)
            wanted = min(most, limit) * _SCANNED
            if mine.size > wanted:
                mine = mine[np.argpartition(-weights[mine], wanted - 1)[:wanted]]
            ordered = places[mine[np.lexsort((places[mine], -weights[mine]))]]
            found = {one.value: one for place in ordered if (one := self._suggestions[first + int(place)])}
            chosen += list(found.values())[:most]
        return tuple(chosen[:limit])


def prefix_entries(
    *,
    ids: NDArray[np.int64],
    titles: Sequence[Sequence[str]],
    popularity: NDArray[np.float64],
    labels: Mapping[str, Mapping[str, Sequence[str]]],
    sizes: Mapping[str, Mapping[str, int]],
    words: Counter[str],
    phrases: Counter[str],
) -> Iterable[tuple[str, Suggestion, float, int]]:
    """Yield the entries of a `PrefixTable`; `popularity` (documents,) from 0 to 1 orders products among themselves, and
    `sizes`, the number of documents with a label, orders labels.
    """
    for kind, by_value in labels.items():
        for value, names in by_value.items():
            weight = math.log1p(sizes[kind].get(value, 0))
            for name in names:
                for number, key in enumerate(_starts(analysis.normalise(name))):
                    yield key, Suggestion(kind, name, value), weight - (_LATER_WORD if number else 0.0), -1
    most = math.log1p(max(words.values(), default=1))
    for term, count in (*words.items(), *phrases.items()):
        if count > 1 and len(term) > 2:
            yield term, Suggestion("term", term, term), math.log1p(count) / most, -1
    for row, (number, names) in enumerate(zip(ids.tolist(), titles, strict=True)):
        for name in names:
            yield analysis.normalise(name), Suggestion("product", name, str(number)), float(popularity[row]), row


def _starts(name: str) -> list[str]:
    """Return the name, and the rest of it from each later word on."""
    parts = name.split()
    return [" ".join(parts[place:]) for place in range(len(parts))]
