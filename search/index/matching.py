"""From token groups to candidates: a dense accumulator of scores and a count of matched groups, then relaxing by
tiers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.index.postings import Postings
from search.parsing import Group
from search.ranking import ENOUGH_HITS, Floats

Terms = Callable[[str], Postings]


@dataclass(frozen=True, slots=True)
class Matches:
    """Hits, ascending by document number: how many groups each matches, its score, and whether words were let go."""

    docs: NDArray[np.int64]
    tiers: NDArray[np.uint8] | NDArray[np.int64]
    scores: Floats
    relaxed: bool


def match(groups: Sequence[Group], terms: Terms, shown: NDArray[np.bool_]) -> Matches:
    """Return the documents of `shown` (documents,) that match all groups, or if those are few, all but one, and so
    on.

    Groups are let go one at a time until `ENOUGH_HITS` documents are found or nothing is left to let go.
    """
    scores = np.zeros(shown.size, np.float32)
    tiers = np.zeros(shown.size, np.uint8)
    for group in groups:
        if group.share is None and len(group.terms) == 1 and not group.phrases:
            token, weight = group.terms[0]
            terms(token).add_to(scores, tiers, weight)
        else:
            gained, satisfied = _gather(group, terms, shown.size)
            scores += gained
            tiers += satisfied
    tiers *= shown
    needed, least = len(groups), 0 if any(group.share for group in groups) else 1
    found = int(np.count_nonzero(tiers == needed))
    while needed > least and found < ENOUGH_HITS:
        needed -= 1
        found += int(np.count_nonzero(tiers == needed))
    docs = np.flatnonzero(tiers >= needed if needed else (scores > 0) & shown)
    return Matches(docs, tiers[docs], scores[docs], needed < len(groups))


def group_scores(group: Group, terms: Terms, row: int) -> list[tuple[str, float]]:
    """Return what each token of a group gives to one document, for explaining."""
    result = []
    for token, weight in group.terms:
        found = terms(token)
        place = int(np.searchsorted(found.docs, row))
        if place < found.size and found.docs[place] == row:
            result.append((token, float(found.scores[place]) * weight))
    for tokens, weight in group.phrases:
        docs, scores = phrase(tokens, weight, terms)
        place = int(np.searchsorted(docs, row))
        if place < docs.size and docs[place] == row:
            result.append((" ".join(tokens), float(scores[place])))
    return [max(result, key=lambda part: part[1])] if result and group.share is None else result


def _gather(group: Group, terms: Terms, documents: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return (documents,) what the group gives to each document, and whether it satisfies the group."""
    total = np.zeros(documents, np.float32)
    counted = np.zeros(documents, np.uint16) if group.share is not None else None
    for number, (token, weight) in enumerate(group.terms):
        if counted is None:
            terms(token).raise_in(total, weight)
        else:
            terms(token).add_to(total, counted if number < group.counted else None, weight)
    needed = 1 if group.share is None else max(1, math.ceil(group.share * group.counted))
    for tokens, weight in group.phrases:
        docs, gained = phrase(tokens, weight, terms)
        total[docs] = np.maximum(total[docs], gained)
        if counted is not None:
            counted[docs] = needed
    return total, total > 0 if counted is None else counted >= needed


def phrase(tokens: Sequence[str], weight: float, terms: Terms) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the documents that hold all `tokens`, ascending, and `weight` times the sum of what those give."""
    rarest, *rest = sorted((terms(token) for token in tokens), key=lambda found: found.size)
    docs, scores = rarest.docs, rarest.scores
    for found in rest:
        more = found.at(docs)
        held = more > 0
        docs, scores = docs[held], scores[held] + more[held]
    return docs, scores * np.float32(weight)
