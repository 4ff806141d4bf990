"""Terms to arrays: postings decoded once from Whoosh, weighted, and kept in a cache of bounded size.

A term's entry joins all fields: `score[d] = sum over fields of boost * idf * tf * (K1 + 1) / (tf + K1 * norm(d))`
with `norm(d) = 1 - B + B * length(d) / mean length`. Whoosh's readers share one file position, so decoding happens
under a lock.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.matching.wrappers import FilterMatcher
from whoosh.reading import IndexReader, TermNotFound

from search.ranking import contributions, inverse_document_frequency, saturation
from search.schema import BOOSTS, FIELDS, NAMING

CACHE_BYTES = 24_000_000
_ENTRY_BYTES = 300


@dataclass(frozen=True, slots=True)
class Postings:
    """The documents that hold a term: document numbers, ascending (int64), finished contributions (float32), and
    whether the term stands in a field that says what the product is (`schema.NAMING`).
    """

    docs: NDArray[np.int64]
    scores: NDArray[np.float32]
    named: NDArray[np.bool_]

    @property
    def size(self) -> int:
        return self.docs.size


EMPTY = Postings(np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.bool_))


class TermCache:
    """Finished postings by term: least recently used first out, at most `limit` bytes, safe to share between threads.

    Parameters
    ----------
    leaves : (Whoosh segment reader, number of its first document) in order.
    norms : float32 array (fields, documents), the length part of the BM25 denominator.
    alive : bool array (documents,), false for what a later segment replaced.
    """

    def __init__(
        self,
        leaves: Sequence[tuple[IndexReader, int]],
        norms: NDArray[np.float32],
        alive: NDArray[np.bool_],
        limit: int = CACHE_BYTES,
    ) -> None:
        self._leaves = tuple(leaves)
        self._norms = norms
        self._alive = alive
        self._living = int(alive.sum())
        self._limit = limit
        self._bytes = 0
        self._entries: OrderedDict[str, Postings] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, token: str) -> Postings:
        """Return the postings of a token over all fields; `EMPTY` when no document has it."""
        with self._lock:
            found = self._entries.get(token)
            if found is not None:
                self._entries.move_to_end(token)
                return found
            found = self._decode(token)
            self._entries[token] = found
            self._bytes += _size_of(found)
            while self._bytes > self._limit and len(self._entries) > 1:
                self._bytes -= _size_of(self._entries.popitem(last=False)[1])
            return found

    def holding(self, field: str, token: str) -> NDArray[np.int64]:
        """Return the documents whose `field` holds `token`, ascending."""
        with self._lock:
            return self._read(field, token)[0]

    def _decode(self, token: str) -> Postings:
        found = [postings for number in range(len(FIELDS)) if (postings := self._field(number, token)).size]
        if not found:
            return EMPTY
        if len(found) == 1:
            return found[0]
        total, named = np.zeros(self._alive.size, np.float32), np.zeros(self._alive.size, np.bool_)
        for postings in found:
            total[postings.docs] += postings.scores
            named[postings.docs] |= postings.named
        docs = np.flatnonzero(total)
        return Postings(docs, total[docs], named[docs])

    def _field(self, number: int, token: str) -> Postings:
        field = FIELDS[number]
        docs, counts = self._read(field, token)
        if not docs.size:
            return EMPTY
        weight = BOOSTS[field] * inverse_document_frequency(docs.size, self._living)
        scores = contributions(counts, self._norms[number, docs], weight, saturation(token))
        return Postings(docs, scores, np.full(docs.size, field in NAMING))

    def _read(self, field: str, token: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        parts = [(*decode(reader, field, token), first) for reader, first in self._leaves]
        docs = np.concatenate([ids + first for ids, _, first in parts] or [EMPTY.docs])
        counts = np.concatenate([weights for _, weights, _ in parts] or [EMPTY.scores])
        living = self._alive[docs]
        return (docs, counts) if living.all() else (docs[living], counts[living])


def decode(reader: IndexReader, field: str, token: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
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
    leaf.reset()
    docs: list[NDArray[np.int64]] = []
    counts: list[NDArray[np.float32]] = []
    while True:
        leaf._read_data()
        steps, weights, _ = leaf._data
        docs.append(np.cumsum(np.array(steps, np.int64)))
        counts.append(np.broadcast_to(np.asarray(1.0 if weights is None else weights, np.float32), len(steps)))
        if leaf._lastblock:
            return np.concatenate(docs), np.concatenate(counts)
        leaf._next_block()


def decode_publicly(matcher: object) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the document numbers and counts of a Whoosh matcher by its public interface, one at a time."""
    docs: list[int] = []
    counts: list[float] = []
    while matcher.is_active():  # type: ignore[attr-defined]
        docs.append(matcher.id())  # type: ignore[attr-defined]
        counts.append(matcher.weight())  # type: ignore[attr-defined]
        matcher.next()  # type: ignore[attr-defined]
    return np.array(docs, np.int64), np.array(counts, np.float32)


def _size_of(postings: Postings) -> int:
    return postings.docs.nbytes + postings.scores.nbytes + postings.named.nbytes + _ENTRY_BYTES
