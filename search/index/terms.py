"""Terms to arrays: postings read once, weighted, and kept in a cache of bounded size.

A term's entry joins all fields: `score[d] = sum over fields of boost * idf * tf * (K1 + 1) / (tf + K1 * norm(d))`
with `norm(d) = 1 - B + B * length(d) / mean length`. Postings come out of the lists beside the Whoosh segments
(`lists`); Whoosh's own are read for codes, under a lock: its readers share one file position.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.matching.wrappers import FilterMatcher
from whoosh.reading import IndexReader, TermNotFound

from search.index.lists import FIELD_BITS, Docs, Lists, Marks
from search.index.postings import DENSE_FROM, EMPTY, Postings, lengths_of, runs
from search.ranking import contributions, inverse_document_frequency, saturation
from search.schema import BOOSTS, FIELDS, NAMING

CACHE_BYTES = 40_000_000
REMEMBERED = 8192
_NAMES = np.array([field in NAMING for field in FIELDS])
_FIELD = np.uint16(2**FIELD_BITS - 1)
_MODEL = FIELDS.index("model")

Spans = tuple[tuple[int, tuple[int, int]], ...]
"""The segments that have a token, by number, and where its entries lie in them."""


class TermCache:
    """Finished postings by term: least recently used first out, at most `limit` bytes, safe to share between threads.

    Parameters
    ----------
    leaves : (Whoosh segment reader, number of its first document) in order.
    lists : of each segment its postings.
    norms : float32 array (fields, documents), the length part of the BM25 denominator.
    alive : bool array (documents,), false for what a later segment replaced.
    """

    def __init__(
        self,
        leaves: Sequence[tuple[IndexReader, int]],
        lists: Sequence[Lists],
        norms: NDArray[np.float32],
        alive: NDArray[np.bool_],
        limit: int = CACHE_BYTES,
    ) -> None:
        self._leaves = tuple(leaves)
        self._lists = tuple(lists)
        self._norms = norms.ravel()
        self._alive = alive
        self._living = int(alive.sum())
        self._limit = limit
        self._bytes = 0
        self._entries: OrderedDict[str, Postings] = OrderedDict()
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self._spans = lru_cache(maxsize=REMEMBERED)(_Finder(self._lists))

    def get(self, token: str) -> Postings:
        """Return the postings of a token over all fields; `EMPTY` when no document has it."""
        with self._lock:
            found = self._entries.get(token)
            if found is not None:
                self._entries.move_to_end(token)
                return found
            found = self._weigh(token, *self._read(self._spans(token)))
            self._entries[token] = found
            self._bytes += found.nbytes
            while self._bytes > self._limit and len(self._entries) > 1:
                self._bytes -= self._entries.popitem(last=False)[1].nbytes
            return found

    def count(self, token: str) -> int:
        """Return how many living documents have the token, without weighing them."""
        known = self._counts.get(token)
        if known is None:
            if len(self._counts) >= REMEMBERED:
                self._counts.clear()
            known = self._counts[token] = int(runs(self._read(self._spans(token))[0]).size)
        return known

    def holds(self, token: str) -> bool:
        """Say whether any living document has the token; its postings are read only where some documents died."""
        spans = self._spans(token)
        return bool(spans) and (self._living == self._alive.size or bool(self._read(spans)[0].size))

    def coded(self, code: str) -> NDArray[np.int32]:
        """Return the documents that have exactly this code, ascending. Codes also stand in the field "model"."""
        marks = self._read(self._spans(code))[1]
        if not (marks.size and ((marks & _FIELD) == _MODEL).any()):
            return EMPTY.docs
        with self._lock:
            parts = [decode(reader, "code", code)[0] + np.int32(first) for reader, first in self._leaves]
        docs = np.concatenate(parts)
        return docs[self._alive[docs]]

    def _read(self, spans: Spans) -> tuple[Docs, Marks]:
        """Return the entries of living documents, ascending, each document's in the order of the fields."""
        parts = [(self._lists[number].entries(span), self._leaves[number][1]) for number, span in spans]
        if not parts:
            return EMPTY.docs, np.empty(0, np.uint16)
        (docs, marks), first = parts[0]
        if len(parts) > 1 or first:
            docs = np.concatenate([docs + np.int32(first) for (docs, _), first in parts])
            marks = np.concatenate([marks for (_, marks), _ in parts])
        if self._living < self._alive.size:
            living = self._alive.take(docs)
            docs, marks = docs[living], marks[living]
        return docs, marks

    def _weigh(self, token: str, docs: Docs, marks: Marks) -> Postings:
        if not docs.size:
            return EMPTY
        fields = (marks & _FIELD).astype(np.intp)
        k1 = saturation(token)
        weights = np.zeros(len(FIELDS))
        for field, held in enumerate(np.bincount(fields).tolist()):
            if held:
                weights[field] = BOOSTS[FIELDS[field]] * inverse_document_frequency(held, self._living)
        norms = self._norms.take(fields * self._alive.size + docs)
        counts = (marks >> FIELD_BITS).astype(np.float32)
        scores = contributions(counts, norms, weights.take(fields), k1)
        named = _NAMES.take(fields)
        first = runs(docs)
        if first.size < docs.size:
            lengths = lengths_of(first, docs.size)
            docs, whole, names = docs.take(first), scores.take(first), named.take(first)
            for depth in range(1, int(lengths.max())):
                again = np.flatnonzero(lengths > depth)
                places = first.take(again) + depth
                whole[again] += scores.take(places)
                names[again] |= named.take(places)
            scores, named = whole, names
        if docs.size * DENSE_FROM < self._alive.size:
            return Postings(docs.copy(), scores, named)
        every, names = np.zeros(self._alive.size, np.float32), np.zeros(self._alive.size, np.bool_)
        every[docs], names[docs] = scores, named
        return Postings.whole(every, names)


class _Finder:
    """Finds a token in every segment. It stands alone, so that remembering what it found keeps nothing else alive."""

    def __init__(self, lists: Sequence[Lists]) -> None:
        self._lists = lists

    def __call__(self, token: str) -> Spans:
        found = ((number, lists.find(token)) for number, lists in enumerate(self._lists))
        return tuple((number, span) for number, span in found if span[0] < span[1])


def decode(reader: IndexReader, field: str, token: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the document numbers (within the segment) and counts of a term, by whole blocks where the codec allows
    it.

    Blocks are read through private names of Whoosh's codec; any other matcher is walked by `decode_publicly`.
    """
    try:
        matcher = reader.postings(field, token)
    except TermNotFound:
        return EMPTY.docs, EMPTY.scores
    leaf = matcher.child if isinstance(matcher, FilterMatcher) else matcher
    if not isinstance(leaf, W3LeafMatcher):
        return decode_publicly(matcher)
    if leaf is not matcher:
        leaf.reset()
    docs: list[NDArray[np.int32]] = []
    counts: list[NDArray[np.float32]] = []
    while True:
        leaf._read_data()
        steps, weights, _ = leaf._data
        docs.append(np.cumsum(np.array(steps, np.int32), dtype=np.int32))
        counts.append(np.broadcast_to(np.asarray(1.0 if weights is None else weights, np.float32), len(steps)))
        if leaf._lastblock:
            return np.concatenate(docs), np.concatenate(counts)
        leaf._next_block()


def decode_publicly(matcher: object) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the document numbers and counts of a Whoosh matcher by its public interface, one at a time."""
    docs: list[int] = []
    counts: list[float] = []
    while matcher.is_active():  # type: ignore[attr-defined]
        docs.append(matcher.id())  # type: ignore[attr-defined]
        counts.append(matcher.weight())  # type: ignore[attr-defined]
        matcher.next()  # type: ignore[attr-defined]
    return np.array(docs, np.int32), np.array(counts, np.float32)
