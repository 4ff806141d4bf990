"""Every token of a segment with the number of documents that have it, so that unknown words cost no question.

The first and the last document that have it stand as witnesses: while one of them lives, the token is in use.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.documents import IndexBroken
from search.index import packed
from search.index.packed import Arrays, Strings

_NOBODY = np.empty(0, np.int32)


class Lexicon:
    """The tokens of one segment, by the keys that stand for them. Raises IndexBroken when the file cannot be read."""

    def __init__(self, path: Path) -> None:
        try:
            arrays = packed.load(path)
            self._keys = Strings(arrays["bytes"], arrays["ends"])
            self._counts, self._witnesses = arrays["counts"], arrays["witnesses"]
        except (OSError, ValueError, KeyError) as error:
            raise IndexBroken(f"{path.name}: unreadable lexicon ({error})") from error

    def find(self, key: str) -> tuple[int, NDArray[np.int32]]:
        """Return how many documents of the segment have a token, replaced ones included, and two of them."""
        place = self._keys.find(key)
        return (int(self._counts[place]), self._witnesses[place]) if place >= 0 else (0, _NOBODY)


def file_name(segment: str) -> str:
    """Return the name of a segment's lexicon file."""
    return f"lexicon-{segment}.bin"


class LexiconWriter:
    """Collects the tokens of a segment, document after document."""

    def __init__(self) -> None:
        self._found: dict[str, list[int]] = {}

    def add(self, document: int, keys: Iterable[str]) -> None:
        """Remember the distinct tokens of the next document."""
        for key in keys:
            facts = self._found.get(key)
            if facts is None:
                self._found[key] = [1, document, document]
            else:
                facts[0] += 1
                facts[2] = document

    def save(self, directory: Path, segment: str) -> None:
        """Write the lexicon of a segment."""
        ordered = sorted(self._found)
        blob, ends = packed.pack(ordered)
        facts = np.array([self._found[key] for key in ordered], np.int32).reshape(-1, 3)
        arrays: Arrays = {"bytes": blob, "ends": ends, "counts": facts[:, 0], "witnesses": facts[:, 1:]}
        packed.save(directory / file_name(segment), arrays)
