"""Words that mean the same, or that one word should also find: rules of the catalogue's language, not of one query.

A synonym says that whoever writes `words` also means each of `means`. Two-way synonyms hold in every direction. One
that has a `language` holds only for questions asked in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Synonym:
    """`words` (alternatives, each one word or several) also find `means`; `two_way` joins all of them in one class."""

    words: tuple[str, ...]
    means: tuple[str, ...] = ()
    two_way: bool = True
    language: str = ""


class Synonyms:
    """All synonyms in force, looked up by the words of a query.

    Parameters
    ----------
    rows : the synonyms, in any order; empty and repeated words are ignored.
    """

    def __init__(self, rows: Iterable[Synonym] = ()) -> None:
        self.rows = tuple(rows)
