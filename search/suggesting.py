"""What was probably meant: spelling for unknown words, completions for unfinished ones.

Completions come from sorted tables: categories and brands by each word of their names, titles from their start, words
and pairs of words by their use. A look-up is two bisections in each table and a partial sort of what lies between.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import overload

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search import analysis
from search.index.packed import Strings, Tally
from search.ranking import best
from search.results import Suggestion

LAST = "\U0010ffff"
SPAN = 2
FREQUENCY_GAIN = 0.5
OTHER_INITIAL = 0.15
OTHER_LETTERS = 0.25
LONGEST_KEY = 100
_CANDIDATES = 40
_SCANNED = 4
_SHORT_WORDS = 30
_LATER_WORD = 1.0
MOST_OF_KIND = {"category": 4, "brand": 2, "term": 4, "product": 4}

Part = tuple[Strings, NDArray[np.int32], Strings, NDArray[np.int32], NDArray[np.int32]]


class Vocabulary:
    """The words of a catalogue with the number of documents that use each.

    Corrections are words at most two edits away (one, for a word of four letters), those with fewer edits before all
    others. Among these `0.5 ln(1 + frequency) / ln(1 + highest)` speaks for a word; another first letter (0.15) and
    a wrong or superfluous letter (0.25: it may have been any of many, while there is little to leave out or to swap)
    speak against it. Edits are Damerau-Levenshtein in its optimal string
    alignment form, by rapidfuzz; after the noisy channel of Kernighan, Church and Gale (1990), "A spelling correction
    program based on a noisy channel model".
    """

    def __init__(self, words: Mapping[str, int]) -> None:
        self._words = words if isinstance(words, Tally) else Tally.of(words)
        self._by_length: dict[int, list[str]] = {}
        most = 0
        for word, count in self._words.items():
            if len(word) > SPAN and word.isascii():
                self._by_length.setdefault(len(word), []).append(word)
                most = max(most, count)
        self._most = math.log1p(max(most, 1))
        self.likeliest = lru_cache(maxsize=4096)(self._likeliest)

    def nearest(self, word: str) -> str | None:
        """Return the likeliest correction of a lower-case word, or None."""
        return next(iter(self.likeliest(word)), None)

    def expand(self, prefix: str, limit: int) -> list[str]:
        """Return the most used words that begin with `prefix`."""
        return [word for word, _ in _completed(self._words, prefix, limit)]

    def _likeliest(self, word: str) -> tuple[str, ...]:
        """Return corrections of a lower-case word, the likeliest first."""
        for edits in range(1, SPAN if len(word) <= SPAN * 2 else SPAN + 1):
            found = [
                (self._cost(word, other), other)
                for length in range(len(word) - edits, len(word) + edits + 1)
                for other, _, _ in process.extract(
                    word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=edits, limit=_CANDIDATES
                )
            ]
            if found:
                return tuple(other for _, other in sorted(found))
        return ()

    def _cost(self, word: str, other: str) -> float:
        likely = len(other) == len(word) + 1 or sorted(other) == sorted(word)
        use = math.log1p(self._words[other]) / self._most
        return OTHER_INITIAL * (word[0] != other[0]) + OTHER_LETTERS * (not likely) - FREQUENCY_GAIN * use


class Names(Sequence[tuple[str, ...]]):
    """The names of every document, and their completions.

    Parameters
    ----------
    parts : of each segment its titles, where those of each document start (documents + 1,), the sorted keys, and the
    title and the document that each key belongs to.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)
        self._firsts = [0]
        for _, starts, *_ in self._parts:
            self._firsts.append(self._firsts[-1] + starts.size - 1)

    def __len__(self) -> int:
        return self._firsts[-1]

    @overload
    def __getitem__(self, row: int) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, row: slice) -> list[tuple[str, ...]]: ...
    def __getitem__(self, row: int | slice) -> tuple[str, ...] | list[tuple[str, ...]]:
        if isinstance(row, slice):
            return [self[one] for one in range(*row.indices(len(self)))]
        if not 0 <= row < len(self):
            raise IndexError(row)
        part = bisect_right(self._firsts, row) - 1
        titles, starts, *_ = self._parts[part]
        at = row - self._firsts[part]
        return tuple(titles[int(starts[at]) : int(starts[at + 1])])

    def complete(
        self, typed: str, wanted: int, shown: NDArray[np.bool_], weights: NDArray[np.float32]
    ) -> list[tuple[int, str]]:
        """Return (document, name) of at most `wanted` shown documents with a name that begins with `typed`, heaviest
        first.
        """
        found: list[tuple[float, str, int]] = []
        for part, (titles, _, keys, key_titles, key_rows) in enumerate(self._parts):
            first, last = keys.span(typed)
            rows = key_rows[first:last] + self._firsts[part]
            places = np.flatnonzero(shown[rows])
            keyed = weights[rows[places]]
            for place in places[best(keyed, places, min(wanted * _SCANNED, places.size))].tolist():
                row = int(rows[place])
                found.append((-float(weights[row]), titles[int(key_titles[first + place])], row))
        named: dict[int, str] = {}
        for _, title, row in sorted(found):
            named.setdefault(row, title)
        return list(named.items())[:wanted]


class Completions:
    """Everything that can be completed.

    Parameters
    ----------
    names : of the documents; `ids` and `weights` (documents,) of them, the weights ordering products among themselves.
    labels : names by facet and value; `sizes`, the number of documents with each, orders labels.
    terms : words, and pairs of words.
    """

    def __init__(
        self,
        *,
        names: Names,
        ids: NDArray[np.int64],
        weights: NDArray[np.float32],
        labels: Mapping[str, Mapping[str, Sequence[str]]],
        sizes: Mapping[str, Mapping[str, int]],
        terms: Sequence[Tally],
    ) -> None:
        self._names, self._ids, self._weights, self._terms = names, ids, weights, terms
        self._labels = {
            kind: sorted(_label_entries(by_value, sizes.get(kind, {}))) for kind, by_value in labels.items()
        }

    def complete(self, typed: str, limit: int, shown: NDArray[np.bool_]) -> tuple[Suggestion, ...]:
        """Return at most `limit` distinct suggestions for a normalised prefix: kind by kind, heaviest first, and of
        each kind at most what `MOST_OF_KIND` says; hidden documents are left out.
        """
        if limit < 1 or not typed:
            return ()
        found = [one for kind in MOST_OF_KIND if kind in self._labels for one in self._complete_labels(kind, typed)]
        found += self._complete_terms(typed)
        room = min(limit - len(found), MOST_OF_KIND["product"])
        if room > 0:
            named = self._names.complete(typed, room, shown, self._weights)
            found += [Suggestion("product", title, str(self._ids[row])) for row, title in named]
        return tuple(found[:limit])

    def _complete_labels(self, kind: str, typed: str) -> list[Suggestion]:
        entries = self._labels[kind]
        first, last = bisect_left(entries, (typed,)), bisect_right(entries, (typed + LAST,))
        found: dict[str, str] = {}
        for _, _, name, value in sorted(entries[first:last], key=lambda entry: (entry[1], entry[0], entry[3])):
            found.setdefault(value, name)
        return [Suggestion(kind, name, value) for value, name in list(found.items())[: MOST_OF_KIND[kind]]]

    def _complete_terms(self, typed: str) -> list[Suggestion]:
        most = MOST_OF_KIND["term"]
        found = [one for tally in self._terms for one in _completed(tally, typed, most) if one[1] > 1]
        return [Suggestion("term", term, term) for term, _ in sorted(found, key=lambda one: (-one[1], one[0]))[:most]]


def title_keys(title: str) -> Iterator[str]:
    """Yield what may be typed to complete to a title."""
    yield " ".join(analysis.normalise(title).split())[:LONGEST_KEY]


def _completed(tally: Tally, typed: str, limit: int) -> list[tuple[str, int]]:
    """Return the most used texts that begin with `typed`, without those of one or two letters."""
    short = _SHORT_WORDS if len(typed) < SPAN else 1
    return [one for one in tally.most_used(typed, limit + short) if len(one[0]) > SPAN][:limit]


def _label_entries(
    labels: Mapping[str, Sequence[str]], sizes: Mapping[str, int]
) -> Iterator[tuple[str, float, str, str]]:
    """Yield (key, weight with the sign changed, name, value) of each name, and of the rest of it from each later word
    on.
    """
    for value, names in labels.items():
        weight = math.log1p(sizes.get(value, 0))
        for name in names:
            parts = analysis.normalise(name).split()
            for place in range(len(parts)):
                yield " ".join(parts[place:]), (_LATER_WORD if place else 0.0) - weight, name, value
