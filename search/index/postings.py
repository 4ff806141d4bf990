"""Terms to arrays: postings decoded once from Whoosh, weighted, and kept in a cache of bounded size.

A term's entry joins all fields: `score[d] = sum over fields of boost * idf * tf * (K1 + 1) / (tf + K1 * norm(d))`
with `norm(d) = 1 - B + B * length(d) / mean length`. Whoosh's readers share one file position, so decoding happens
under a lock.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.matching.wrappers import FilterMatcher
from whoosh.reading import IndexReader, TermNotFound

from search.index.packed import Strings
from search.ranking import contributions, inverse_document_frequency, saturation
from search.schema import BOOSTS, FIELDS, NAMING

CACHE_BYTES = 40_000_000
DENSE_FROM = 8
MARK_OF_NAME = np.uint16(32)
"""More than any query has groups."""
SEEK, SPREAD = 12, 16
"""What finding one document in a list by bisection costs, in documents of a list that is written into an array instead;
and how many documents of that array can be made ready for one of these.
"""
_ENTRY_BYTES = 300

Dense = tuple[NDArray[np.float32], NDArray[np.bool_]]
Part = tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.bool_]]


class Postings:
    """The documents that hold a term: document numbers, ascending (int32), finished contributions (float32, > 0), and
    whether the term stands in a field that says what the product is (`schema.NAMING`).

    A term that many documents hold is kept `dense` instead: contributions and names (documents,), 0 and false where it
    is absent. Adding one array to another costs less than picking places out of it.
    """

    __slots__ = ("_docs", "_named", "_scores", "dense", "size")

    def __init__(self, docs: NDArray[np.int32], scores: NDArray[np.float32], named: NDArray[np.bool_]) -> None:
        self._docs, self._scores, self._named = docs, scores, named
        self.size = int(docs.size)
        self.dense: Dense | None = None

    @classmethod
    def whole(cls, scores: NDArray[np.float32], named: NDArray[np.bool_]) -> Postings:
        """Return the postings that are not 0 in `scores` (documents,), in the form that suits their number."""
        held = scores > 0
        size = int(np.count_nonzero(held))
        if size * DENSE_FROM < held.size:
            docs = np.flatnonzero(held).astype(np.int32)
            return cls(docs, scores[docs], named[docs])
        found = cls(EMPTY.docs, EMPTY.scores, EMPTY.named)
        found.size, found.dense = size, (scores, named)
        return found

    @classmethod
    def joined(cls, parts: Sequence[Part], how: np.ufunc) -> Postings:
        """Return (documents, contributions, named) parts as one; a document in several gets `how` of what they give."""
        docs, scores, named = (np.concatenate(column) for column in zip(*parts, strict=True))
        if len(parts) == 1 or not docs.size:
            return cls(docs, scores, named)
        order = np.argsort(docs, kind="stable")
        docs = docs[order]
        first = np.flatnonzero(np.concatenate(([True], docs[1:] != docs[:-1])))
        return cls(docs[first], how.reduceat(scores[order], first), np.logical_or.reduceat(named[order], first))

    @property
    def docs(self) -> NDArray[np.int32]:
        return np.flatnonzero(self.dense[0] > 0).astype(np.int32) if self.dense else self._docs

    @property
    def scores(self) -> NDArray[np.float32]:
        return self.dense[0][self.dense[0] > 0] if self.dense else self._scores

    @property
    def named(self) -> NDArray[np.bool_]:
        return self.dense[1][self.dense[0] > 0] if self.dense else self._named

    @property
    def nbytes(self) -> int:
        arrays = self.dense or (self._docs, self._scores, self._named)
        return sum(int(array.nbytes) for array in arrays) + _ENTRY_BYTES

    def add_to(self, scores: NDArray[np.float32], weight: float = 1.0) -> None:
        """Add `weight` times the contributions to `scores` (documents,)."""
        if self.dense:
            scores += self.dense[0] if weight == 1.0 else self.dense[0] * np.float32(weight)
        else:
            scores[self._docs.astype(np.intp)] += self._scores if weight == 1.0 else self._scores * np.float32(weight)

    def raise_in(self, scores: NDArray[np.float32], weight: float = 1.0) -> None:
        """Raise `scores` (documents,) to `weight` times the contributions where they are lower."""
        if self.dense:
            np.maximum(scores, self.dense[0] if weight == 1.0 else self.dense[0] * np.float32(weight), out=scores)
        else:
            docs = self._docs.astype(np.intp)
            scores[docs] = np.maximum(scores[docs], self._scores * np.float32(weight))

    def count_in(self, counts: NDArray[Any], named: NDArray[Any]) -> None:
        """Add 1 to `counts` (documents,) where the term occurs, and to `named` where it stands in a naming field."""
        if self.dense:
            counts += self.dense[0] > 0
            named += self.dense[1]
        else:
            docs = self._docs.astype(np.intp)
            counts[docs] += 1
            named[docs] += self._named

    def name_in(self, named: NDArray[np.bool_]) -> None:
        """Set `named` (documents,) where the term stands in a naming field."""
        if self.dense:
            named |= self.dense[1]
        else:
            named[self._docs[self._named]] = True

    def at(self, docs: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the contributions to some documents, 0 where the term is absent."""
        if self.dense:
            return self.dense[0].take(docs)
        if not self.size:
            return np.zeros(docs.size, np.float32)
        places, held = self._places(docs)
        return np.where(held, self._scores.take(places), np.float32(0))

    def held(self, docs: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return for some documents 1 where the term occurs, and 1 where it stands in a naming field."""
        if self.dense:
            return (self.dense[0].take(docs) > 0).view(np.uint8), self.dense[1].take(docs).view(np.uint8)
        if not self.size:
            return np.zeros(docs.size, np.uint8), np.zeros(docs.size, np.uint8)
        places, held = self._places(docs)
        return held.view(np.uint8), (held & self._named.take(places)).view(np.uint8)

    def is_spread_for(self, wanted: int, documents: int) -> bool:
        """Say whether so many documents are looked for sooner in an array (documents,) that this is written into."""
        return self.dense is None and wanted * SEEK >= self.size + documents // SPREAD

    def mark_in(self, marks: NDArray[np.uint16]) -> None:
        """Add to `marks` (documents,) 1 where the term occurs, and `MARK_OF_NAME` where it stands in a naming field."""
        marks[self._docs.astype(np.intp)] += self._named * MARK_OF_NAME + np.uint16(1)

    def _places(self, docs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return where each document stands or would stand in the list, and whether it does."""
        narrow = docs.astype(np.int32)
        places = np.minimum(self._docs.searchsorted(narrow), self.size - 1)
        return places, self._docs.take(places) == narrow

    def raise_among(self, docs: NDArray[np.int64], held: NDArray[np.bool_], scores: NDArray[np.float32]) -> int:
        """Raise `scores` (documents,) as `raise_in` does, but only for `docs`, which are those that `held` is true for;
        return how many of them have the term.
        """
        mine, gained = (docs, self.dense[0][docs]) if self.dense else (self._docs, self._scores)
        common = gained > 0 if self.dense else held[mine]
        mine, gained = mine[common], gained[common]
        scores[mine] = np.maximum(scores[mine], gained)
        return int(mine.size)


EMPTY = Postings(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.bool_))


class TermCache:
    """Finished postings by term: least recently used first out, at most `limit` bytes, safe to share between threads.

    Parameters
    ----------
    leaves : (Whoosh segment reader, number of its first document) in order.
    norms : float32 array (fields, documents), the length part of the BM25 denominator.
    alive : bool array (documents,), false for what a later segment replaced.
    tokens : of each segment its tokens, sorted, with a bit for each of `FIELDS` that holds one: so that Whoosh is asked
    only for what is there.
    """

    def __init__(
        self,
        leaves: Sequence[tuple[IndexReader, int]],
        norms: NDArray[np.float32],
        alive: NDArray[np.bool_],
        tokens: Sequence[tuple[Strings, NDArray[np.uint16]]],
        limit: int = CACHE_BYTES,
    ) -> None:
        self._leaves = tuple(leaves)
        self._norms = norms
        self._alive = alive
        self._living = int(alive.sum())
        self._tokens = tuple(tokens)
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
            self._bytes += found.nbytes
            while self._bytes > self._limit and len(self._entries) > 1:
                self._bytes -= self._entries.popitem(last=False)[1].nbytes
            return found

    def holds(self, token: str) -> bool:
        """Say whether any living document has the token; its postings are read only where some documents died."""
        with self._lock:
            found = self._entries.get(token)
        if found is None and self._living == self._alive.size and any(t.find(token) >= 0 for t, _ in self._tokens):
            return True
        return (self.get(token) if found is None else found).size > 0

    def coded(self, code: str) -> NDArray[np.int32]:
        """Return the documents that have exactly this code, ascending. Codes also stand in the field "model"."""
        leaves = next((leaves for number, leaves in self._where(code) if FIELDS[number] == "model"), ())
        with self._lock:
            return self._read("code", code, leaves)[0]

    def _decode(self, token: str) -> Postings:
        fields = [
            found for number, leaves in self._where(token) if (found := self._field(number, token, leaves))[0].size
        ]
        if not fields:
            return EMPTY
        if sum(docs.size for docs, _, _ in fields) * DENSE_FROM >= self._alive.size:
            total, names = np.zeros(self._alive.size, np.float32), np.zeros(self._alive.size, np.bool_)
            for docs, scores, naming in fields:
                total[docs] += scores
                if naming:
                    names[docs] = True
            return Postings.whole(total, names)
        return Postings.joined([(docs, scores, np.full(docs.size, naming)) for docs, scores, naming in fields], np.add)

    def _where(self, token: str) -> Iterator[tuple[int, Sequence[tuple[IndexReader, int]]]]:
        """Yield (number of a field, the segments where it holds the token)."""
        held = [int(fields[place]) if (place := texts.find(token)) >= 0 else 0 for texts, fields in self._tokens]
        for number in range(len(FIELDS)):
            leaves = [leaf for leaf, fields in zip(self._leaves, held, strict=True) if fields >> number & 1]
            if leaves:
                yield number, leaves

    def _field(
        self, number: int, token: str, leaves: Sequence[tuple[IndexReader, int]]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], bool]:
        field = FIELDS[number]
        docs, counts = self._read(field, token, leaves)
        if not docs.size:
            return EMPTY.docs, EMPTY.scores, False
        weight = BOOSTS[field] * inverse_document_frequency(docs.size, self._living)
        scores = contributions(counts, self._norms[number, docs], weight, saturation(token))
        return docs, scores, field in NAMING

    def _read(
        self, field: str, token: str, leaves: Sequence[tuple[IndexReader, int]]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        parts = [(*decode(reader, field, token), first) for reader, first in leaves]
        parts = [part for part in parts if part[0].size]
        if not parts:
            return EMPTY.docs, EMPTY.scores
        docs = np.concatenate([ids + np.int32(first) for ids, _, first in parts])
        counts = np.concatenate([weights for _, weights, _ in parts])
        living = self._alive[docs]
        return (docs, counts) if living.all() else (docs[living], counts[living])


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
