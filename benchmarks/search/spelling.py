"""Typos, always the same: one letter put in, left out, replaced or swapped with its neighbour."""

from __future__ import annotations

import random
import string
import time
from collections.abc import Callable, Mapping

from benchmarks.search.measuring import Times
from search import Searcher, analysis

TYPOS = 295
SHORTEST = 5
_KINDS: tuple[Callable[[str, int, str], str], ...] = (
    lambda word, at, letter: word[:at] + letter + word[at:],
    lambda word, at, _: word[:at] + word[at + 1 :],
    lambda word, at, letter: word[:at] + letter + word[at + 1 :],
    lambda word, at, _: word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
)


def typos(
    words: Mapping[str, int], known: Callable[[str], bool], *, often: int, wanted: int = TYPOS, seed: int = 1
) -> list[tuple[str, str]]:
    """Return (as typed, as meant) of words of at least five letters that at least `often` documents use; what is
    typed is never a word that the index knows.
    """
    chance = random.Random(seed)
    common = sorted(word for word, n in words.items() if len(word) >= SHORTEST and n >= often and word.isascii())
    result: list[tuple[str, str]] = []
    while common and len(result) < wanted:
        word, kind = chance.choice(common), chance.choice(_KINDS)
        typed = kind(word, chance.randrange(len(word)), chance.choice(string.ascii_lowercase))
        if typed != word and not known(typed):
            result.append((typed, word))
    return result


def right_first(searcher: Searcher, *, often: int, seed: int = 1) -> tuple[float, Times]:
    """Return the share of typos whose first correction is the word that was meant, and what each cost."""
    generation = searcher.generation
    words = generation.corpus.words
    cases = typos(words, lambda typed: typed in words or generation.knows(analysis.stem(typed)), often=often, seed=seed)
    right, spent = 0, []
    for typed, meant in cases:
        started = time.thread_time()
        found = generation.nearest(typed)
        spent.append((time.thread_time() - started) * 1000)
        right += found == meant
    return right / max(1, len(cases)), Times(tuple(spent))
