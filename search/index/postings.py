"""What is known of a term: the documents that hold it, what it gives each of them, where it names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

DENSE_FROM = 8
MARK_OF_NAME = np.uint16(32)
"""More than any query has groups."""
SEEK, SPREAD = 12, 16
"""What finding one document in a list by bisection costs, in documents of a list that is written into an array instead;
and how many documents of that array can be made ready for one of these.
"""
SHORT_BESIDE = 8
"""A list is short beside one that is so many times as long: it is put into that one."""
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
    def joined(cls, parts: Sequence[Part]) -> Postings:
        """Return (documents, contributions, named) parts as one; a document in several gets the most they give."""
        if len(parts) == 1:
            return cls(*parts[0])
        few, many = sorted(parts, key=lambda part: int(part[0].size))[-2:]
        if len(parts) == 2 and few[0].size * SHORT_BESIDE < many[0].size:
            return cls._in_place(few, many)
        docs, scores, named = (np.concatenate(column) for column in zip(*parts, strict=True))
        if not docs.size:
            return cls(docs, scores, named)
        order = docs.argsort(kind="stable")  # merges what is in order already
        docs = docs.take(order)
        first = runs(docs)
        lengths = lengths_of(first, docs.size)
        chosen = order.take(first)
        most, names = scores.take(chosen), named.take(chosen)
        for depth in range(1, int(lengths.max())):
            again = np.flatnonzero(lengths > depth)
            chosen = order.take(first.take(again) + depth)
            most[again] = np.maximum(most[again], scores.take(chosen))
            names[again] |= named.take(chosen)
        return cls(docs.take(first), most, names)

    @classmethod
    def _in_place(cls, few: Part, many: Part) -> Postings:
        """Return a short and a long part as `joined` does: the short one is put into the other."""
        docs, kept, at = inserted(few[0], many[0])
        scores, named = np.zeros(docs.size, np.float32), np.zeros(docs.size, np.bool_)
        scores[kept], named[kept] = many[1], many[2]
        scores[at] = np.maximum(scores.take(at), few[1])
        named[at] |= few[2]
        return cls(docs, scores, named)

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

    def at(self, docs: NDArray[np.int64] | NDArray[np.int32]) -> NDArray[np.float32]:
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

    def _places(self, docs: NDArray[np.int64] | NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return where each document stands or would stand in the list, and whether it does."""
        narrow = docs.astype(np.int32)
        places = np.minimum(self._docs.searchsorted(narrow), self.size - 1)
        return places, self._docs.take(places) == narrow

    def raise_among(self, docs: NDArray[np.int64], held: NDArray[np.bool_], scores: NDArray[np.float32]) -> int:
        """Raise `scores` (documents,) as `raise_in` does, but only for `docs`, which are those that `held` is true for;
        return how many of them have the term.
        """
        if self.dense:
            gained = self.dense[0].take(docs)
            common = gained.nonzero()[0]
            mine = docs.take(common)
        else:
            gained = self._scores
            common = held.take(self._docs).nonzero()[0]
            mine = self._docs.take(common).astype(np.intp)
        scores[mine] = np.maximum(scores.take(mine), gained.take(common))
        return int(mine.size)


def inserted(
    few: NDArray[np.int32], many: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.bool_], NDArray[np.int64]]:
    """Return two ascending lists of documents as one, where in it those of `many` stand, which must be some, as a mask,
    and where each of `few` stands.
    """
    places = many.searchsorted(few)
    absent = many.take(places, mode="clip") != few
    at = places + absent.cumsum() - absent
    new = at[absent]
    kept = np.ones(many.size + new.size, np.bool_)
    kept[new] = False
    docs = np.empty(kept.size, np.int32)
    docs[kept] = many
    docs[at] = few
    return docs, kept, at


def runs(docs: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return where each run of equal documents begins."""
    begins = np.empty(docs.size, np.bool_)
    begins[:1] = True
    np.not_equal(docs[1:], docs[:-1], out=begins[1:])
    return np.asarray(np.flatnonzero(begins), np.int64)


def lengths_of(first: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Return how long the runs are that begin there, the last one ending at `size`."""
    lengths = np.empty_like(first)
    np.subtract(first[1:], first[:-1], out=lengths[:-1])
    lengths[-1:] = size - first[-1:]
    return lengths


EMPTY = Postings(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.bool_))
