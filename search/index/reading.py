"""What a question means to one generation: read once, and remembered while it is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from search import analysis
from search.index.generation import Generation
from search.index.matching import asked
from search.parsing import Query, parse, sounds_like_more
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
    """Reads questions for one generation with one set of synonyms; the last 1,024 are remembered, for all threads.

    `read(text, language, correct, by_sound)` returns a `Reading`, `coded(text)` the rows of the documents that have it
    as a code, and `sounds(text)` says whether reading it by its sound makes a difference. They hold no reference back
    to the reader: a replaced generation closes its files as soon as nobody uses it.
    """

    def __init__(self, generation: Generation, synonyms: Synonyms) -> None:
        self.read = lru_cache(maxsize=REMEMBERED)(partial(_read, (generation, synonyms)))
        self.sounds = lru_cache(maxsize=REMEMBERED)(partial(_sounds, generation))
        self.coded = lru_cache(maxsize=REMEMBERED)(partial(_coded, generation))


def _read(known: tuple[Generation, Synonyms], text: str, language: str, correct: bool, by_sound: bool) -> Reading:
    generation, synonyms = known
    query = parse(text, generation, correct=correct, by_sound=by_sound, synonyms=synonyms, language=language)
    named = {named for stems in (query.stems, *query.variants) for named in generation.intent.of(stems)}
    return Reading(query, tuple(sorted(named)), len(asked(query.groups)))


def _coded(generation: Generation, text: str) -> NDArray[np.int64]:
    return generation.rows_holding(analysis.code_key(text))


def _sounds(generation: Generation, text: str) -> bool:
    return sounds_like_more(text, generation)
