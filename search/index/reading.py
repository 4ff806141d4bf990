"""What a question means to one generation: read once, and remembered while it is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from search.index.generation import Generation
from search.index.matching import asked
from search.parsing import Query, parse
from search.synonyms import Synonyms

REMEMBERED = 1024


@dataclass(frozen=True, slots=True)
class Reading:
    """A query as it was understood.

    `named` are the categories and brands that it names, in its own words or in a synonym: (facet, value, points),
    sorted; `wanted` is how many of its groups a document should match.
    """

    query: Query
    named: tuple[tuple[str, str, float], ...]
    wanted: int


class Reader:
    """Reads questions for one generation with one set of synonyms; the last 1,024 are remembered, for all threads."""

    def __init__(self, generation: Generation, synonyms: Synonyms) -> None:
        self._generation = generation
        self._synonyms = synonyms
        self.read = lru_cache(maxsize=REMEMBERED)(self._read)

    def _read(self, text: str, language: str, correct: bool, by_sound: bool) -> Reading:
        query = parse(
            text,
            self._generation,
            correct=correct,
            by_sound=by_sound,
            synonyms=self._synonyms,
            language=language,
        )
        named = {named for stems in (query.stems, *query.variants) for named in self._generation.intent.of(stems)}
        return Reading(query, tuple(sorted(named)), len(asked(query.groups)))
