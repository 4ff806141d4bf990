"""Every lexeme of a segment with the number of documents that have it, so that unknown words cost no question.

The first and the last document that have it stand as witnesses: while one of them lives, the lexeme is in use.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.documents import IndexBroken

_NOBODY = np.empty(0, np.int32)


class Lexicon:
    """The lexemes of one segment, ascending by their UTF-8 bytes, in one block of memory.

    Raises IndexBroken when the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            with np.load(path, allow_pickle=False) as file:
                self._text = bytes(file["text"].data)
                self._ends, self._counts, self._witnesses = file["ends"], file["counts"], file["witnesses"]
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise IndexBroken(f"{path.name}: unreadable lexicon ({error})") from error

    def find(self, lexeme: str) -> tuple[int, NDArray[np.int32]]:
        """Return how many documents of the segment have a lexeme, replaced ones included, and two of them."""
        wanted = lexeme.encode()
        place = bisect_left(range(self._counts.size), wanted, key=self._at)
        if place == self._counts.size or self._at(place) != wanted:
            return 0, _NOBODY
        return int(self._counts[place]), self._witnesses[place]

    def _at(self, place: int) -> bytes:
        return self._text[self._ends[place - 1] if place else 0 : self._ends[place]]


def file_name(segment: str) -> str:
    """Return the name of a segment's lexicon file."""
    return f"lexicon-{segment}.npz"


class LexiconWriter:
    """Collects the lexemes of a segment, document after document."""

    def __init__(self) -> None:
        self._found: dict[str, list[int]] = {}

    def add(self, document: int, lexemes: Iterable[str]) -> None:
        """Remember the distinct lexemes of the next document."""
        for lexeme in lexemes:
            facts = self._found.get(lexeme)
            if facts is None:
                self._found[lexeme] = [1, document, document]
            else:
                facts[0] += 1
                facts[2] = document

    def save(self, directory: Path, segment: str) -> None:
        """Write the lexicon of a segment."""
        ordered = sorted((lexeme.encode(), facts) for lexeme, facts in self._found.items())
        facts = np.array([facts for _, facts in ordered], np.int32).reshape(-1, 3)
        np.savez(
            directory / file_name(segment),
            allow_pickle=False,
            text=np.frombuffer(b"".join(lexeme for lexeme, _ in ordered), np.uint8),
            ends=np.cumsum([len(lexeme) for lexeme, _ in ordered], dtype=np.int64),
            counts=facts[:, 0],
            witnesses=facts[:, 1:],
        )
