"""The postings of a segment as mapped arrays beside Whoosh's own: every token's documents in one slice.

Whoosh cuts postings into blocks that are unpacked one by one; that is most of what a word costs the first time it is
asked. Here the entries of a token lie side by side, those of one document after the other in the order of the fields:
an int32 for the document, and a uint16 for the field and how often the token stands in it.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.index import packed
from search.index.packed import Strings
from search.schema import FIELDS

FIELD_BITS = 4
MOST_OF_TOKEN = 2 ** (16 - FIELD_BITS) - 1
_AT_ONCE = 1_000_000

Docs = NDArray[np.int32]
Marks = NDArray[np.uint16]

assert len(FIELDS) <= 2**FIELD_BITS


class SegmentLists:
    """Collects the postings of the documents of one segment and writes them.

    Parameters
    ----------
    at_once : how many entries are sorted at a time: what that needs of memory is about 40 bytes for each.
    """

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        self._at_once = at_once
        self._numbers: dict[str, int] = {}
        self._tokens = array("i")
        self._marks = array("H")
        self._ends = array("q", [0])

    def add(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Remember one document: by field, how often each token stands in it."""
        numbers = self._numbers
        for place, name in enumerate(FIELDS):
            for token, count in counts[name].items():
                self._tokens.append(numbers.setdefault(token, len(numbers)))
                self._marks.append(min(count, MOST_OF_TOKEN) << FIELD_BITS | place)
        self._ends.append(len(self._tokens))

    def save(self, directory: Path, segment: str) -> None:
        """Write `lists-<segment>.bin`."""
        tokens = sorted(self._numbers)
        ranks = np.empty(len(tokens), np.int32)
        ranks[[self._numbers[token] for token in tokens]] = np.arange(len(tokens), dtype=np.int32)
        numbers = np.frombuffer(self._tokens, np.int32) if self._tokens else np.empty(0, np.int32)
        marks = np.frombuffer(self._marks, np.uint16) if self._marks else np.empty(0, np.uint16)
        starts = np.zeros(len(tokens) + 1, np.int64)
        np.cumsum(
            np.bincount(numbers, minlength=len(tokens))[[self._numbers[token] for token in tokens]], out=starts[1:]
        )
        docs, sorted_marks = np.empty(numbers.size, np.int32), np.empty(numbers.size, np.uint16)
        ends, free = np.array(self._ends), starts[:-1].copy()
        for first in range(0, numbers.size, self._at_once):  # by parts, so that sorting needs little memory
            part = slice(first, min(first + self._at_once, numbers.size))
            ranked = ranks[numbers[part]]
            order = ranked.argsort(kind="stable")
            ranked = ranked[order]
            held, at, count = np.unique(ranked, return_index=True, return_counts=True)
            places = np.arange(ranked.size) + np.repeat(free[held] - at, count)
            docs[places] = ends.searchsorted(first + order, side="right") - 1
            sorted_marks[places] = marks[part][order]
            free[held] += count
        blob, text_ends = packed.pack(tokens)
        arrays: packed.Arrays = {
            "tokens_bytes": blob,
            "tokens_ends": text_ends,
            "starts": starts,
            "docs": docs,
            "marks": sorted_marks,
        }
        packed.save(directory / f"lists-{segment}.bin", arrays)


class Lists:
    """The postings of one segment, mapped. Raises OSError or ValueError when the file is not one of ours."""

    def __init__(self, directory: Path, segment: str) -> None:
        arrays = packed.load(directory / f"lists-{segment}.bin")
        self._tokens = Strings(arrays["tokens_bytes"], arrays["tokens_ends"])
        self._starts = arrays["starts"].data
        self._docs: Docs = arrays["docs"]
        self._marks: Marks = arrays["marks"]

    def find(self, token: str) -> tuple[int, int]:
        """Return where the entries of a token begin and end; twice the same for an unknown one."""
        place = self._tokens.find(token)
        return (int(self._starts[place]), int(self._starts[place + 1])) if place >= 0 else (0, 0)

    def entries(self, span: tuple[int, int]) -> tuple[Docs, Marks]:
        """Return the entries that `find` found: documents within the segment, ascending, and marks."""
        return self._docs[slice(*span)], self._marks[slice(*span)]
