"""Every lexeme of a segment with the number of documents that have it, so that unknown words cost no question."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from search.documents import IndexBroken


class Lexicon:
    """The lexemes of one segment, ascending by their UTF-8 bytes, in one block of memory.

    Raises IndexBroken when the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            with np.load(path, allow_pickle=False) as file:
                self._text = bytes(file["text"].data)
                self._ends, self._counts = file["ends"], file["counts"]
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise IndexBroken(f"{path.name}: unreadable lexicon ({error})") from error

    def count(self, lexeme: str) -> int:
        """Return how many documents of the segment have a lexeme, replaced ones included."""
        wanted = lexeme.encode()
        place = bisect_left(range(self._counts.size), wanted, key=self._at)
        return int(self._counts[place]) if place < self._counts.size and self._at(place) == wanted else 0

    def _at(self, place: int) -> bytes:
        return self._text[self._ends[place - 1] if place else 0 : self._ends[place]]


def file_name(segment: str) -> str:
    """Return the name of a segment's lexicon file."""
    return f"lexicon-{segment}.npz"


def save(directory: Path, segment: str, counts: Mapping[str, int]) -> None:
    """Write the lexicon of a segment: documents by lexeme."""
    ordered = sorted((lexeme.encode(), count) for lexeme, count in counts.items())
    np.savez(
        directory / file_name(segment),
        allow_pickle=False,
        text=np.frombuffer(b"".join(lexeme for lexeme, _ in ordered), np.uint8),
        ends=np.cumsum([len(lexeme) for lexeme, _ in ordered], dtype=np.int64),
        counts=np.array([count for _, count in ordered], np.int32),
    )
