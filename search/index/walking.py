"""Matching along lists of documents: a word that few documents have is a list, and only those on it are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from search.index.matches import Matches
from search.index.postings import MARK_OF_NAME, SHORT_BESIDE, Postings, inserted, lengths_of, runs
from search.ranking import ENOUGH_HITS

FEW_ENTRIES, FEW_OF_PAIR = 2000, 8000
"""Lists (two lists, where there are no more) that are no longer than this together are joined at once: whatever is let
go, it is then known who has what.
"""
Listed = tuple[Postings, float]
"""Who holds what was asked, and what that is worth."""
_Columns = tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]]


class Role(IntEnum):
    """What a group is asked for: `EXTRA` only adds to the score."""

    EXTRA, WORD, MINOR = range(3)


def walk(lists: Sequence[Listed], roles: Sequence[Role], shown: NDArray[np.bool_]) -> Matches | None:
    """Match along the shortest lists: who has all words stands in the shortest one, who has all but one in one of the
    two shortest, and so on. None where such a list holds a good part of all documents.
    """
    given = list(zip(lists, roles, strict=True))
    words = sorted((listed for listed, role in given if role is Role.WORD), key=_size_of)
    others = [listed for listed, role in given if role is not Role.WORD]
    minor = [listed for listed, role in given if role is Role.MINOR]
    most = FEW_OF_PAIR if len(given) == 2 else FEW_ENTRIES
    at_once = not words[-1][0].dense and sum(found.size for found, _ in words) <= most
    hidden, needed, enough, read = not shown.all(), len(words), 0, 0
    while True:
        reads = len(words) if at_once else len(words) - needed + 1
        if reads > read:
            read = reads
            if words[read - 1][0].dense:
                return None
            union = _union(words[:read], shown, hidden)
            tiers, named = union.counted_with(words[read:], shown.size)
        enough += int(np.count_nonzero(named == needed))
        if needed == len(words):
            numbers = union.counted_with(minor, shown.size)[0] - union.tiers if minor else np.uint8(0)
            whole = tiers + numbers == len(words) + len(minor)
            if np.count_nonzero(whole & (named == needed)) >= ENOUGH_HITS:
                hits, relaxed = whole, False
                break
        if needed == 1 or enough >= ENOUGH_HITS:
            numbers = union.counted_with(minor, shown.size)[0] - union.tiers if minor else np.uint8(0)
            hits, relaxed = tiers >= needed, needed < len(words) or bool(minor)
            break
        needed -= 1
    tiers, scores = tiers + numbers, union.scores
    docs, level = union.docs, named == len(words)
    if not hits.all():
        places = np.flatnonzero(hits)
        docs, tiers, level, scores = docs.take(places), tiers.take(places), level.take(places), scores.take(places)
    rest = words[read:] + others
    return Matches(docs, tiers, level, scores + _summed(rest, docs, shown.size) if rest else scores, relaxed)


def _size_of(listed: Listed) -> int:
    return listed[0].size


@dataclass(frozen=True, slots=True)
class _Union:
    """The documents of some lists, ascending: in how many lists each is, in how many by its name, what they give it."""

    docs: NDArray[np.int64]
    tiers: NDArray[np.uint8]
    named: NDArray[np.uint8]
    scores: NDArray[np.float32]

    def counted_with(self, others: Sequence[Listed], documents: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return (docs,) in how many lists each is, and in how many by its name, when `others` count as well."""
        if not others:
            return self.tiers, self.named
        tiers, named = _counted([found for found, _ in others], self.docs, documents)
        return self.tiers + tiers, self.named + named


def _union(lists: Sequence[Listed], shown: NDArray[np.bool_], hidden: bool) -> _Union:
    """Join lists of documents, the shortest first."""
    docs, tiers, named, scores = _merged(lists)
    wide = docs.astype(np.int64)
    if hidden:
        seen = np.flatnonzero(shown.take(wide))
        wide, tiers, named, scores = wide.take(seen), tiers.take(seen), named.take(seen), scores.take(seen)
    return _Union(wide, tiers, named, scores)


def _merged(lists: Sequence[Listed]) -> _Columns:
    """Return what a `_Union` is made of. Short lists are put into a long one; others are sorted together."""
    *others, (found, weight) = lists
    gained = _weighted(found.scores, weight)
    if not others:
        return found.docs, np.ones(found.size, np.uint8), found.named.view(np.uint8), gained
    if sum(map(_size_of, others)) * SHORT_BESIDE >= found.size:
        return _sorted(lists)
    few, counts, names, more = _merged(others)
    docs, kept, at = inserted(few, found.docs)
    tiers, named, scores = kept.view(np.uint8).copy(), np.zeros(docs.size, np.uint8), np.zeros(docs.size, np.float32)
    named[kept], scores[kept] = found.named.view(np.uint8), gained
    tiers[at] += counts
    named[at] += names
    scores[at] += more
    return docs, tiers, named, scores


def _sorted(lists: Sequence[Listed]) -> _Columns:
    """Do as `_merged`; the lists are in order already, which a merging sort makes use of."""
    every = np.concatenate([found.docs for found, _ in lists])
    names = np.concatenate([found.named for found, _ in lists]).view(np.uint8)
    gained = np.concatenate([_weighted(found.scores, weight) for found, weight in lists])
    order = every.argsort(kind="stable")
    every = every.take(order)
    first = runs(every)
    docs, tiers = every.take(first), lengths_of(first, every.size).astype(np.uint8)
    chosen = order.take(first)
    named, scores = names.take(chosen), gained.take(chosen)
    for depth in range(1, len(lists)):
        again = np.flatnonzero(tiers > depth)
        chosen = order.take(first.take(again) + depth)
        named[again] += names.take(chosen)
        scores[again] += gained.take(chosen)
    return docs, tiers, named, scores


def _weighted(scores: NDArray[np.float32], weight: float) -> NDArray[np.float32]:
    return scores if weight == 1.0 else scores * np.float32(weight)


def _counted(
    lists: Sequence[Postings], docs: NDArray[np.int64], documents: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return (docs,) how many of the lists each document is in, and in how many of them by its name."""
    tiers, named = np.zeros(docs.size, np.uint8), np.zeros(docs.size, np.uint8)
    spread = [found for found in lists if found.is_spread_for(docs.size, documents)]
    if spread:
        marks = np.zeros(documents, np.uint16)
        for found in spread:
            found.mark_in(marks)
        seen = marks.take(docs)
        tiers += (seen & MARK_OF_NAME - 1).astype(np.uint8)
        named += (seen // MARK_OF_NAME).astype(np.uint8)
    for found in lists:
        if found not in spread:
            held, by_name = found.held(docs)
            tiers += held
            named += by_name
    return tiers, named


def _summed(lists: Sequence[Listed], docs: NDArray[np.int64], documents: int) -> NDArray[np.float32]:
    """Return (docs,) the weighted contributions of all lists to each document."""
    spread = [one for one in lists if one[0].is_spread_for(docs.size, documents)]
    if not spread:
        total = np.zeros(docs.size, np.float32)
    else:
        every = np.zeros(documents, np.float32)
        for found, weight in spread:
            found.add_to(every, weight)
        total = every.take(docs)
    for found, weight in lists:
        if not found.is_spread_for(docs.size, documents):
            gained = found.at(docs)
            total += gained if weight == 1.0 else gained * np.float32(weight)
    return total
