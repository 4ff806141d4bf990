"""What PostgreSQL said of a lexeme in a segment, kept over generations: segments never change, so it stays true.

An edit makes a new generation of the old segments and a small one; only the small one has to be asked again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CACHE_BYTES = 16_000_000
_ENTRY_BYTES = 400
Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class RawPostings:
    """Document numbers within the segment, ascending (int32), and the counts in each of `FIELDS` (fields, n)."""

    numbers: NDArray[np.int32]
    counts: NDArray[np.uint8]


class RawCache:
    """Postings by (segment, lexeme): least recently used first out, at most `limit` bytes, for all threads."""

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self._limit = limit
        self._bytes = 0
        self._entries: OrderedDict[Key, RawPostings] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, keys: Iterable[Key]) -> dict[Key, RawPostings]:
        """Return what is known of these."""
        with self._lock:
            found = {key: self._entries[key] for key in keys if key in self._entries}
            for key in found:
                self._entries.move_to_end(key)
            return found

    def keep(self, entries: dict[Key, RawPostings]) -> None:
        """Remember these, and forget the oldest where they take too much room."""
        with self._lock:
            for key, postings in entries.items():
                before = self._entries.pop(key, None)
                self._bytes += _size_of(postings) - (_size_of(before) if before else 0)
                self._entries[key] = postings
            while self._bytes > self._limit and len(self._entries) > 1:
                self._bytes -= _size_of(self._entries.popitem(last=False)[1])


def _size_of(postings: RawPostings) -> int:
    return postings.numbers.nbytes + postings.counts.nbytes + _ENTRY_BYTES
