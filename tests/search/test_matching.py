"""Candidates: the ways to add up postings agree, whatever the share of documents that a term has."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from search.index.matching import Matches, match
from search.index.postings import Postings
from search.parsing import Group

DOCUMENTS = 30
TOKENS = "abcdef"

held = st.dictionaries(st.sampled_from(TOKENS), st.sets(st.integers(0, DOCUMENTS - 1)), min_size=len(TOKENS) // 2)
terms = st.lists(st.tuples(st.sampled_from(TOKENS), st.sampled_from([1.0, 0.5])), min_size=1, max_size=3, unique=True)
phrases = st.lists(
    st.tuples(st.lists(st.sampled_from(TOKENS), min_size=2, max_size=2, unique=True).map(tuple), st.just(0.5)),
    max_size=1,
)
plain = st.builds(
    lambda forms, joined, optional: Group(tuple(forms), phrases=tuple(joined), optional=optional),
    terms,
    phrases,
    st.booleans(),
)
shared = st.builds(lambda forms: Group(tuple(forms), share=0.5, counted=len(forms)), terms)


def lookup(holders: dict[str, set[int]], documents: int) -> Callable[[str], Postings]:
    """Return terms over so many documents; the first thirty hold what `holders` says."""

    def of(token: str) -> Postings:
        scores, named = np.zeros(documents, np.float32), np.zeros(documents, np.bool_)
        for number in holders.get(token, ()):
            scores[number] = 1 + number % 7 + TOKENS.index(token)
            named[number] = (number + TOKENS.index(token)) % 2 == 0
        return Postings.whole(scores, named)

    return of


def told(matches: Matches) -> tuple[list[int], list[int], list[float], bool]:
    """Return what was found, comparably."""
    return matches.docs.tolist(), matches.tiers.tolist(), matches.scores.tolist(), matches.relaxed


@given(held, st.lists(plain | shared, min_size=1, max_size=4), st.sets(st.integers(0, DOCUMENTS - 1), max_size=5))
@settings(max_examples=200, deadline=None)
def test_documents_without_any_of_the_words_change_nothing(
    holders: dict[str, set[int]], groups: list[Group], hidden: set[int]
) -> None:
    answers = []
    for documents in (DOCUMENTS, 150, 4000):
        shown = np.ones(documents, np.bool_)
        shown[list(hidden)] = False
        answers.append(told(match(groups, lookup(holders, documents), shown)))
    assert answers[0] == answers[1] == answers[2]
    assert not hidden & set(answers[0][0])
