"""Words that mean the same, or that one word should also find: rules of the catalogue's language, not of one query.

A synonym says that whoever writes one of `words` also means each of `means`. Two-way synonyms hold in every direction.
One that has a `language` holds only for questions asked in it. They are applied to the question, never to the index,
so that a new one holds at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from search import analysis

Stems = tuple[str, ...]
MOST_WORDS = 4
_GENERAL = Path(__file__).with_name("general_synonyms.txt")
_ARROW = "=>"


@dataclass(frozen=True, slots=True)
class Synonym:
    """`words` (alternatives, each one word or several) also find `means`; `two_way` joins all of them in one class."""

    words: tuple[str, ...]
    means: tuple[str, ...] = ()
    two_way: bool = True
    language: str = ""


class Synonyms:
    """All synonyms in force, looked up by the stems of a query's words.

    Parameters
    ----------
    rows : the synonyms, in any order; empty, repeated and overlong words (more than four) are ignored.
    """

    def __init__(self, rows: Iterable[Synonym] = ()) -> None:
        self.rows = tuple(rows)
        self._by_stems: dict[Stems, dict[tuple[str, Stems], None]] = {}
        self._runs: dict[str, dict[tuple[str, str], None]] = {}
        self._stems: set[str] = set()
        for row in self.rows:
            every = dict.fromkeys((*row.words, *row.means))
            for word in every if row.two_way else row.words:
                self._add(word, [other for other in (every if row.two_way else row.means) if other != word], row)

    def knows(self, stem: str) -> bool:
        """Say whether this is a word of any synonym, and so no slip of the pen."""
        return stem in self._stems

    def of(self, stems: Stems, language: str = "") -> Iterator[Stems]:
        """Yield the stems of everything that these words also mean; Chinese stays in whole runs."""
        for only, other in self._by_stems.get(stems, ()):
            if not only or not language or only == language:
                yield other

    def within(self, run: str, language: str = "") -> Iterator[tuple[str, str]]:
        """Yield (part of a run of Chinese, what it also means) for each part that has synonyms, the longest first."""
        parts = {run[start:end] for start in range(len(run)) for end in range(start + 1, len(run) + 1)}
        for part in sorted(parts & self._runs.keys(), key=len, reverse=True):
            yield from (
                (part, other) for only, other in self._runs[part] if not only or not language or only == language
            )

    def _add(self, word: str, others: Sequence[str], row: Synonym) -> None:
        stems = analysis.stems(word)
        if not 0 < len(stems) <= MOST_WORDS:
            return
        self._stems.update(stems)
        for other in others:
            found = analysis.stems(other)
            if found and found != stems and len(found) <= MOST_WORDS:
                self._by_stems.setdefault(stems, {})[row.language, found] = None
        if len(stems) == 1 and not stems[0].isascii():
            self._runs.setdefault(stems[0], {}).update(
                ((row.language, found[0]), None)
                for other in others
                if len(found := analysis.stems(other)) == 1 and not found[0].isascii() and found != stems
            )


NO_SYNONYMS = Synonyms()


@cache
def general() -> tuple[Synonym, ...]:
    """Return the synonyms of everyday goods that come with the package."""
    return tuple(read_lines(_GENERAL.read_text(encoding="utf-8").splitlines()))


def read_lines(lines: Iterable[str]) -> Iterator[Synonym]:
    """Read lines of `a, b, c` (two-way) and `a, b => c, d` (one-way); `#` begins a remark.

    Raises ValueError for a line with a side that is empty, or a single word on its own.
    """
    for line in lines:
        text = line.partition("#")[0].strip()
        if not text:
            continue
        left, arrow, right = text.partition(_ARROW)
        words, means = (tuple(part.strip() for part in side.split(",") if part.strip()) for side in (left, right))
        if not words or (arrow and not means) or (not arrow and len(words) < 2):
            raise ValueError(f"{line!r} is not a synonym: write `a, b` or `a => b`")
        yield Synonym(words, means, two_way=not arrow)


def over(own: Iterable[Synonym], base: Iterable[Synonym]) -> Synonyms:
    """Return the merchant's own synonyms over general ones: a word that the merchant speaks of is theirs alone."""
    mine = tuple(own)
    taken = {analysis.stems(word) for row in mine for word in row.words}
    rest = []
    for row in base:
        words = tuple(word for word in row.words if analysis.stems(word) not in taken)
        if words and (row.means or len(words) > 1):
            rest.append(Synonym(words, row.means, row.two_way, row.language))
    return Synonyms((*mine, *rest))
