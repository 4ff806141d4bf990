"""Terms to arrays: what PostgreSQL knows of a lexeme, weighted once, and kept in a cache of bounded size.

A term's entry joins all fields, as the embedded backend does (`search.index.postings`). All terms of a query that are
new are asked for in one question, and of each segment only once in a process (`raw`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.documents import IndexBroken
from search.index.postings import DENSE_FROM, EMPTY, Postings
from search.postgres import tables
from search.postgres.connecting import Rows
from search.postgres.lexemes import KINDS, counts_by_field, key_of, quoted
from search.postgres.lexicon import Lexicon
from search.postgres.raw import Key, RawCache, RawPostings
from search.ranking import contributions, inverse_document_frequency, saturation
from search.schema import BOOSTS, FIELDS, NAMING

CACHE_BYTES = 16_000_000
_MOST_CODES = 4096
Fetch = Callable[..., Rows]


class Terms:
    """Finished postings by token: least recently used first out, at most `limit` bytes, safe to share between threads.

    Parameters
    ----------
    fetch : runs a statement and returns its rows.
    raw : what is known of segments already, and will be.
    segments : (segment, number of its first document, its lexicon) in order.
    norms : float32 (`FIELDS`, documents), the length part of the BM25 denominator.
    alive : bool (documents,), false for what a later segment replaced.
    """

    def __init__(
        self,
        fetch: Fetch,
        raw: RawCache,
        segments: Sequence[tuple[int, int, Lexicon]],
        *,
        norms: NDArray[np.float32],
        alive: NDArray[np.bool_],
        limit: int = CACHE_BYTES,
    ) -> None:
        self._fetch = fetch
        self._raw = raw
        self._segments = {segment: first for segment, first, _ in segments}
        self._lexicons = [lexicon for _, _, lexicon in segments]
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
        for first, (count, witnesses) in zip(self._segments.values(), self._written(token), strict=False):
            if count and self._alive[witnesses + first].any():
                return True
            uncertain = uncertain or count > witnesses.size
        return uncertain and self.read([token])[token].size > 0

    def count(self, token: str) -> int:
        """Return how many living documents have this token; where none was replaced, the lexicons know."""
        if self._living == self._alive.size:
            return sum(count for count, _ in self._written(token))
        return self.read([token])[token].size

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
        if not self.is_written(code):
            return np.empty(0, np.int64)
        with self._lock:
            known = self._codes.get(code)
        if known is not None:
            return known
        rows = self._fetch(tables.read_codes(tuple(self._segments)), [[code]] * len(self._segments))
        docs = np.unique(np.array([self._segments[segment] + number for segment, number in rows], np.int64))
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
        key = key_of(token)
        return [lexicon.find(key) for lexicon in self._lexicons] if key else []

    def _read(self, tokens: Sequence[str]) -> dict[str, Postings]:
        keys = {token: self._keys(token) for token in tokens}
        wanted = list(dict.fromkeys(key for found in keys.values() for key in found))
        raw = self._raw.find(wanted)
        asked = self._ask([key for key in wanted if key not in raw])
        self._raw.keep(asked)
        raw |= asked
        return {token: self._weigh(token, [(key[0], raw[key]) for key in found]) for token, found in keys.items()}

    def _keys(self, token: str) -> list[Key]:
        """Return (segment, lexeme) for each segment that has a token, in order."""
        name = key_of(token)
        found = zip(self._segments, self._written(token), strict=False)
        return [(segment, name) for segment, (count, _) in found if count and name]

    def _ask(self, keys: Sequence[Key]) -> dict[Key, RawPostings]:
        """Ask PostgreSQL for all of these in one question, each segment for the lexemes that it has."""
        by_segment: dict[int, list[str]] = {}
        for segment, name in keys:
            by_segment.setdefault(segment, []).append(name)
        if not by_segment:
            return {}
        queries = [[quoted(name + kind.suffix) for name in names] for names in by_segment.values() for kind in KINDS]
        rows = self._fetch(tables.read_postings(tuple(by_segment)), queries, binary=True)
        found = {}
        for segment, place, *columns in rows:
            key = (segment, by_segment[segment][place - 1])
            found[key] = _raw(key[1], columns)
        missing = next((key for key in keys if key not in found), None)
        if missing or any(not postings.numbers.size for postings in found.values()):
            raise IndexBroken("a segment's table and its lexicon do not fit each other")
        return found

    def _weigh(self, token: str, parts: Sequence[tuple[int, RawPostings]]) -> Postings:
        if not parts:
            return EMPTY
        docs = np.concatenate([raw.numbers + np.int32(self._segments[segment]) for segment, raw in parts])
        counts = np.concatenate([raw.counts for _, raw in parts], axis=1)
        living = self._alive[docs]
        docs, counts = docs[living], counts[:, living].astype(np.float32)
        scores, named = np.zeros(docs.size, np.float32), np.zeros(docs.size, np.bool_)
        for field, tf, norm in zip(FIELDS, counts, self._norms, strict=True):
            here = np.flatnonzero(tf)
            weight = BOOSTS[field] * inverse_document_frequency(here.size, self._living)
            scores[here] += contributions(tf[here], norm[docs[here]], weight, saturation(token))
            named[here] |= field in NAMING
        if docs.size * DENSE_FROM < self._alive.size:
            return Postings(docs, scores, named)
        whole, names = np.zeros(self._alive.size, np.float32), np.zeros(self._alive.size, np.bool_)
        whole[docs], names[docs] = scores, named
        return Postings.whole(whole, names)

    def _keep(self, read: Mapping[str, Postings]) -> None:
        with self._lock:
            for token, postings in read.items():
                before = self._entries.pop(token, None)
                self._bytes -= before.nbytes if before else 0
                self._entries[token] = postings
                self._bytes += postings.nbytes
            while self._bytes > self._limit and len(self._entries) > 1:
                self._bytes -= self._entries.popitem(last=False)[1].nbytes


def elements(array: bytes, kind: str) -> NDArray[Any]:
    """Return the elements of a one-dimensional array of four-byte values without NULLs, from PostgreSQL's binary form:
    a head of 20 bytes, then for each element its length and its value.
    """
    return np.frombuffer(array, np.dtype(kind), offset=20).reshape(-1, 2)[:, 1]


def _raw(key: str, columns: Sequence[bytes | None]) -> RawPostings:
    """Return the postings in one row: document numbers, then what `ts_rank` said for each of `KINDS`."""
    numbers, *said = (column or b"" for column in columns)
    if not numbers:
        return RawPostings(np.empty(0, np.int32), np.empty((len(FIELDS), 0), np.uint8))
    found = elements(numbers, ">i4").astype(np.int32)
    counts = counts_by_field(key, [elements(rank, ">f4").astype(np.float32) for rank in said])
    if (found[1:] <= found[:-1]).any():
        order = np.argsort(found, kind="stable")
        found, counts = found[order], counts[:, order]
    return RawPostings(found, counts)
