"""Terms to arrays: what PostgreSQL knows of a lexeme, weighted once, and kept in a cache of bounded size.

A term's entry joins the groups of fields: `score[d] = sum over groups of boost * idf * tf * (K1 + 1) / (tf + norm(d))`,
as the embedded backend does field by field. All unknown terms of a query are asked for in one question.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.index.postings import CACHE_BYTES, EMPTY, Postings
from search.postgres import tables
from search.postgres.connecting import Rows
from search.postgres.lexemes import counts_from_ranks, field_groups, lexeme, quoted
from search.postgres.lexicon import Lexicon
from search.ranking import contributions, inverse_document_frequency

_ENTRY_BYTES = 300
_MOST_CODES = 4096
Fetch = Callable[..., Rows]


class Terms:
    """Finished postings by token: least recently used first out, at most `limit` bytes, safe to share between threads.

    Parameters
    ----------
    fetch : runs a statement and returns its rows.
    segments : (segment, number of its first document, its lexicon) in order.
    norms : float32 (groups, documents), the length part of the BM25 denominator, already times K1.
    alive : bool (documents,), false for what a later segment replaced.
    """

    def __init__(
        self,
        fetch: Fetch,
        segments: Sequence[tuple[int, int, Lexicon]],
        norms: NDArray[np.float32],
        alive: NDArray[np.bool_],
        limit: int = CACHE_BYTES,
    ) -> None:
        self._fetch = fetch
        self._firsts = [first for _, first, _ in segments]
        self._lexicons = [lexicon for _, _, lexicon in segments]
        numbers = [segment for segment, _, _ in segments]
        self._postings = tables.read_postings(numbers).as_bytes(None) if numbers else None
        self._codes_query = tables.read_codes(numbers).as_bytes(None) if numbers else None
        self._norms = norms
        self._alive = alive
        self._living = int(alive.sum())
        self._limit = limit
        self._bytes = 0
        self._entries: OrderedDict[str, Postings] = OrderedDict()
        self._codes: OrderedDict[str, NDArray[np.int64]] = OrderedDict()
        self._lock = threading.Lock()

    def knows(self, token: str) -> bool:
        """Say whether any living document has this token; asks PostgreSQL only where those known are replaced."""
        uncertain = False
        for first, (count, witnesses) in zip(self._firsts, self._written(token), strict=False):
            if count and self._alive[witnesses + first].any():
                return True
            uncertain = uncertain or count > witnesses.size
        return uncertain and self.read([token])[token].size > 0

    def read(self, tokens: Iterable[str]) -> Mapping[str, Postings]:
        """Return the postings of each token over all fields, `EMPTY` for what no document has.

        Raises IndexProblem when PostgreSQL is needed and does not answer.
        """
        wanted = tuple(dict.fromkeys(tokens))
        with self._lock:
            found = {token: self._entries[token] for token in wanted if token in self._entries}
            for token in found:
                self._entries.move_to_end(token)
        missing = [token for token in wanted if token not in found]
        if missing:
            read = self._read(missing)
            self._keep(read)
            found |= read
        return found

    def holding(self, code: str) -> NDArray[np.int64]:
        """Return the living documents that have exactly this code, ascending. Codes are tokens of the model, too."""
        if self._codes_query is None or not self.is_written(code):
            return EMPTY.docs
        with self._lock:
            known = self._codes.get(code)
        if known is not None:
            return known
        rows = self._fetch(self._codes_query, [[code]] * len(self._firsts))
        docs = np.unique(np.array([self._firsts[place] + number for place, number in rows], np.int64))
        docs = docs[self._alive[docs]]
        with self._lock:
            self._codes[code] = docs
            if len(self._codes) > _MOST_CODES:
                self._codes.popitem(last=False)
        return docs

    def is_written(self, token: str) -> bool:
        """Say whether any document has this token, replaced ones included."""
        return any(count for count, _ in self._written(token))

    def _written(self, token: str) -> list[tuple[int, NDArray[np.int32]]]:
        key = lexeme(token)
        return [lexicon.find(key) for lexicon in self._lexicons] if key else []

    def _read(self, tokens: Sequence[str]) -> dict[str, Postings]:
        known = [token for token in tokens if self.is_written(token)]
        parts: dict[str, list[tuple[int, NDArray[np.int64], NDArray[np.float32]]]] = {token: [] for token in tokens}
        queries = [quoted(lexeme(token) or "") for token in known]
        for place, segment, numbers, *ranks in self._ask(queries):
            if numbers is not None:
                docs = elements(numbers, ">i4").astype(np.int64) + self._firsts[segment]
                ordered = np.argsort(docs, kind="stable")
                ranked = np.stack([elements(rank, ">f4").astype(np.float32) for rank in ranks])
                parts[known[place - 1]].append((segment, docs[ordered], ranked[:, ordered]))
        return {token: self._weigh(found) for token, found in parts.items()}

    def _ask(self, queries: list[str]) -> Rows:
        if not queries or self._postings is None:
            return []
        return self._fetch(self._postings, [queries], binary=True)

    def _weigh(self, parts: list[tuple[int, NDArray[np.int64], NDArray[np.float32]]]) -> Postings:
        if not parts:
            return EMPTY
        parts.sort(key=lambda part: part[0])
        docs = np.concatenate([part[1] for part in parts])
        counts = counts_from_ranks(np.concatenate([part[2] for part in parts], axis=1))
        living = self._alive[docs]
        docs, counts = docs[living], counts[:, living]
        scores = np.zeros(docs.size, np.float32)
        for (boost, _), tf, norm in zip(field_groups(), counts, self._norms, strict=True):
            present = np.flatnonzero(tf)
            weight = boost * inverse_document_frequency(present.size, self._living)
            scores[present] += contributions(tf[present], norm[docs[present]], weight)
        return Postings(docs, scores)

    def _keep(self, read: Mapping[str, Postings]) -> None:
        with self._lock:
            for token, postings in read.items():
                before = self._entries.pop(token, None)
                self._bytes -= _size_of(before) if before else 0
                self._entries[token] = postings
                self._bytes += _size_of(postings)
            while self._bytes > self._limit and len(self._entries) > 1:
                self._bytes -= _size_of(self._entries.popitem(last=False)[1])


def elements(array: bytes, kind: str) -> NDArray[Any]:
    """Return the elements of a one-dimensional array of four-byte values without NULLs, from PostgreSQL's binary form:
    a head of 20 bytes, then for each element its length and its value.
    """
    return np.frombuffer(array, np.dtype(kind), offset=20).reshape(-1, 2)[:, 1]


def _size_of(postings: Postings) -> int:
    return postings.docs.nbytes + postings.scores.nbytes + _ENTRY_BYTES
