"""What was probably meant: spelling for unknown words, completions for unfinished ones.

Completions come from sorted tables: categories and brands by each word of their names, titles from their start, words
and pairs of words by their use. A look-up is two bisections in each table and a partial sort of what lies between.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache, partial
from typing import overload

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search import analysis, pinyin
from search.index.packed import Strings, Tally
from search.ranking import best
from search.results import Suggestion

LAST = "\U0010ffff"
SPAN = 2
FREQUENCY_GAIN = 0.5
OTHER_INITIAL = 0.15
OTHER_LETTERS = 0.25
LONGEST_KEY = 100
SHORTEST_GUESSED = 4
SHORTEST_OF_TWO = 7
REMEMBERED = 2048
_CANDIDATES, _SCANNED, _SHORT_WORDS = 40, 4, 12
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_LATER_WORD = 1.0
MOST_OF_KIND = {"category": 4, "brand": 2, "term": 4, "product": 4}

Completed = tuple[tuple[str, int], ...]
"""Texts and how often each is used, the most used first."""
Part = tuple[Strings, NDArray[np.int32], Strings, NDArray[np.int32], NDArray[np.int32]]


class Vocabulary:
    """The words of a catalogue with the number of documents that use each, their completions and corrections.

    `names` are words that may be meant, such as those of brands, but are not offered as words for goods.
    `likeliest(word)` returns the corrections of a lower-case word, the likeliest first; the last 4,096 are remembered.
    """

    def __init__(self, words: Mapping[str, int], names: Iterable[str] = ()) -> None:
        self._words = words if isinstance(words, Tally) else Tally.of(words)
        goods = dict(self._words.items())
        names = frozenset(names) - goods.keys()
        self._use = dict.fromkeys(names, 1) | goods
        # Bound to the speller, not to this: a cache that refers back to its owner keeps both alive.
        self.likeliest = lru_cache(maxsize=4096)(Speller(self._use, names).likeliest)
        self._completed = _remembering(self._words)

    def __contains__(self, word: str) -> bool:
        return word in self._use

    def nearest(self, word: str) -> str | None:
        """Return the likeliest correction of a lower-case word, or None."""
        return next(iter(self.likeliest(word)), None)

    def expand(self, prefix: str, limit: int) -> list[str]:
        """Return the most used words that begin with `prefix`."""
        return [word for word, _ in self._completed(prefix, limit)]


class Speller:
    """Corrections among words with the number of documents that use each.

    Corrections are words at most two edits away (one, for a word of less than seven letters), those with fewer edits
    before all others. Among these `0.5 ln(1 + frequency) / ln(1 + highest)` speaks for a word; against it speak another
    first letter (0.15) and a wrong or superfluous letter (0.25: it may have been any of many, while there is little to
    leave out or to swap); for a word of three letters those slips alone are thought of. Edits are Damerau-Levenshtein
    in its optimal string alignment form, by rapidfuzz. One of the `names` is thought of only one edit away and with the
    same first letter. Source, freely: Kernighan, Church and Gale (1990), "A spelling correction program based on a
    noisy channel model".
    """

    def __init__(self, use: Mapping[str, int], names: Set[str] = frozenset()) -> None:
        self._use = use
        self._names = names
        self._by_length: dict[int, list[str]] = {}
        for word in use:
            if len(word) > SPAN and word.isascii():
                self._by_length.setdefault(len(word), []).append(word)
        self._most = math.log1p(max(use.values(), default=1))

    def likeliest(self, word: str) -> tuple[str, ...]:
        """Return corrections of a lower-case word, the likeliest first."""
        for edits in range(1, SPAN + 1 if len(word) >= SHORTEST_OF_TWO else SPAN):
            found = [
                (self._cost(word, other), other)
                for length in range(len(word) - edits, len(word) + edits + 1)
                for other, _, _ in process.extract(
                    word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=edits, limit=_CANDIDATES
                )
            ]
            found = [(cost, other) for cost, other in found if other not in self._names or _is_name(word, other, edits)]
            if len(word) < SHORTEST_GUESSED:
                found = [(cost, other) for cost, other in found if _is_likely(word, other)]
            if found:
                return tuple(other for _, other in sorted(found))
        return ()

    def _cost(self, word: str, other: str) -> float:
        use = math.log1p(self._use[other]) / self._most
        against = OTHER_INITIAL * (word[0] != other[0]) + OTHER_LETTERS * (not _is_likely(word, other))
        return against - FREQUENCY_GAIN * use


def _is_name(word: str, name: str, edits: int) -> bool:
    """Say whether a name may have been meant: another first letter or a second edit make it somebody else."""
    return edits == 1 and word[0] == name[0]


def _is_likely(word: str, other: str) -> bool:
    """Say whether a letter of `other` was left out, or its letters were swapped: the commonest slips."""
    return len(other) == len(word) + 1 or sorted(other) == sorted(word)


def distinct(found: Iterable[Suggestion]) -> list[Suggestion]:
    """Return the suggestions without terms that only repeat an earlier one in another form ("chocolates")."""
    kept: dict[tuple[str, object], Suggestion] = {}
    for one in found:
        kept.setdefault((one.kind, analysis.stems(one.text) if one.kind == "term" else one.value), one)
    return list(kept.values())


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

    def spread(self, weights: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return the weight of each key's document, out of `weights` (documents,), by segment."""
        firsts = zip(self._firsts, self._parts, strict=False)
        return [weights[first:][rows] for first, (*_, rows) in firsts]

    def complete(
        self, typed: str, wanted: int, shown: NDArray[np.bool_], weights: Sequence[NDArray[np.float32]]
    ) -> list[tuple[int, str]]:
        """Return (document, name) of at most `wanted` shown documents with a name that begins with `typed`, heaviest
        first by `weights`, which `spread` gave.
        """
        found: list[tuple[float, str, int]] = []
        for (titles, _, keys, key_titles, key_rows), of_keys, base in zip(
            self._parts, weights, self._firsts, strict=False
        ):
            first, last = keys.span(typed)
            rows, heavy = key_rows[first:last], of_keys[first:last]
            places = best(heavy, np.arange(last - first), min(wanted * _SCANNED, last - first))
            seen = places[shown[base + rows[places]]]
            if seen.size < wanted and places.size < last - first:
                visible = np.flatnonzero(shown[base + rows])
                seen = visible[best(heavy[visible], visible, min(wanted * _SCANNED, visible.size))]
            found += [
                (-float(heavy[place]), titles[int(key_titles[first + place])], base + int(rows[place]))
                for place in seen.tolist()
            ]
        named: dict[int, str] = {}
        for _, title, row in sorted(found):
            named.setdefault(row, title)
        return list(named.items())[:wanted]


class Completions:
    """Everything that can be completed.

    Parameters
    ----------
    names : of the documents; `ids` and `weights` (documents,) of them, the weights ordering products among themselves.
    labels : names by facet and value; `sizes`, the number of documents with each, orders labels; `sounds`, how the
    names are spelled (`spelled`).
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
        sounds: Mapping[str, Sequence[str]],
        terms: Sequence[Tally],
    ) -> None:
        self._names, self._ids = names, ids
        self._terms = [_remembering(tally) for tally in terms]
        self._weights = names.spread(weights)
        self._labels = {
            kind: sorted(_label_entries(by_value, sizes.get(kind, {}), sounds)) for kind, by_value in labels.items()
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
        found = [one for completed in self._terms for one in completed(typed, most) if one[1] > 1]
        return [Suggestion("term", term, term) for term, _ in sorted(found, key=lambda one: (-one[1], one[0]))[:most]]


def title_keys(title: str) -> Iterator[str]:
    """Yield what may be typed to complete to a title: its start, as written or as it sounds."""
    yield _plain(title)[:LONGEST_KEY]
    yield from (key[:LONGEST_KEY] for key in spelled(title))


def spelled(name: str) -> tuple[str, ...]:
    """Return how a name with Chinese in it is typed without an input method: in full and by initials."""
    plain = _plain(name)
    if plain.isascii() or not _HAN.search(plain):
        return ()
    full = _HAN.sub(lambda run: "".join(pinyin.readings(run[0])), plain)
    initials = _HAN.sub(lambda run: "".join(read[:1] for read in pinyin.readings(run[0])), plain)
    return full, initials


def _plain(name: str) -> str:
    return " ".join(analysis.normalise(name).split())


def _remembering(tally: Tally) -> Callable[[str, int], Completed]:
    """Return `_completed` of a tally, which remembers its answers: everybody's words begin with the same letters."""
    return lru_cache(maxsize=REMEMBERED)(partial(_completed, tally))


def _completed(tally: Tally, typed: str, limit: int) -> Completed:
    """Return the most used texts that begin with `typed`, without those of one or two letters."""
    short = _SHORT_WORDS if len(typed) < SPAN else 1
    return tuple([one for one in tally.most_used(typed, limit + short) if len(one[0]) > SPAN][:limit])


def _label_entries(
    labels: Mapping[str, Sequence[str]], sizes: Mapping[str, int], sounds: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, float, str, str]]:
    """Yield (key, weight with the sign changed, name, value) of each name as written and as it sounds, and of the rest
    of it from each later word on.
    """
    for value, names in labels.items():
        weight = math.log1p(sizes.get(value, 0))
        for name in names:
            yield from ((sound, -weight, name, value) for sound in sounds.get(name, ()))
            parts = analysis.normalise(name).split()
            for place in range(len(parts)):
                yield " ".join(parts[place:]), (_LATER_WORD if place else 0.0) - weight, name, value
