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
from search.ranking import ENOUGH_HITS

Terms = Callable[[str], Postings]


@dataclass(frozen=True, slots=True)
class Matches:
    """Hits, ascending by document number: how many groups each matches, its score, and whether words were let go."""

    docs: NDArray[np.int64]
    tiers: NDArray[np.int64]
    scores: NDArray[np.float64]
    relaxed: bool


def match(groups: Sequence[Group], terms: Terms, shown: NDArray[np.bool_]) -> Matches:
    """Return the documents of `shown` (documents,) that match all groups, or if those are few, all but one, and so
    on.

    Groups are let go one at a time until `ENOUGH_HITS` documents are found that say all the rest in what they are
    (`Postings.named`), or nothing is left to let go: ten descriptions that mention every word do not keep away what
    bears most of them in its name. Optional groups are never asked for, unless there are no others.
    """
    scores = np.zeros(shown.size, np.float32)
    tiers = np.zeros(shown.size, np.uint8)
    named = np.zeros(shown.size, np.uint8)
    wanted = asked(groups)
    for group in groups:
        found = _postings(group, terms) if is_plain(group) else _gather(group, terms, shown.size)
        scores[found.docs] += found.scores
        if group in wanted:
            tiers[found.satisfied] += 1
            named[found.named] += 1
    touched = np.flatnonzero(scores)
    touched = touched[shown[touched]]
    per_tier = np.bincount(named[touched], minlength=len(wanted) + 1)[::-1].cumsum()
    enough = int(np.searchsorted(per_tier, ENOUGH_HITS))
    needed = max(len(wanted) - enough, 0 if any(group.share for group in wanted) else 1)
    docs = touched[tiers[touched] >= needed]
    return Matches(docs, tiers[docs].astype(np.int64), scores[docs].astype(np.float64), needed < len(wanted))


def asked(groups: Sequence[Group]) -> Sequence[Group]:
    """Return the groups that a document should match: those that are not optional, or all when all are."""
    return [group for group in groups if not group.optional] or groups


def is_plain(group: Group) -> bool:
    """Say whether a group is one token and nothing else."""
    return group.share is None and len(group.terms) == 1 and not group.phrases


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


@dataclass(frozen=True, slots=True)
class _Found:
    """What a group finds: documents touched with their scores, those that satisfy it, and those that do by name."""

    docs: NDArray[np.int64]
    scores: NDArray[np.float32]
    satisfied: NDArray[np.int64]
    named: NDArray[np.int64]


def _postings(group: Group, terms: Terms) -> _Found:
    token, weight = group.terms[0]
    found = terms(token)
    scores = found.scores if weight == 1.0 else found.scores * np.float32(weight)
    return _Found(found.docs, scores, found.docs, found.docs[found.named])


def _gather(group: Group, terms: Terms, documents: int) -> _Found:
    total = np.zeros(documents, np.float32)
    counted, named = np.zeros(documents, np.uint16), np.zeros(documents, np.uint16)
    for number, (token, weight) in enumerate(group.terms):
        found = terms(token)
        gained = found.scores * np.float32(weight)
        if group.share is None:
            total[found.docs] = np.maximum(total[found.docs], gained)
        else:
            total[found.docs] += gained
        if group.share is None or number < group.counted:
            counted[found.docs] += 1
            named[found.docs[found.named]] += 1
    needed = 1 if group.share is None else max(1, math.ceil(group.share * group.counted))
    for tokens, weight in group.phrases:
        docs, gained = phrase(tokens, weight, terms)
        total[docs] = np.maximum(total[docs], gained)
        counted[docs] = named[docs] = needed
    docs = np.flatnonzero(total)
    return _Found(docs, total[docs], np.flatnonzero(counted >= needed), np.flatnonzero(named >= needed))


def phrase(tokens: Sequence[str], weight: float, terms: Terms) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the documents that hold all `tokens`, ascending, and `weight` times the sum of what those give."""
    rarest, *rest = sorted((terms(token) for token in tokens), key=lambda found: found.size)
    docs, scores = rarest.docs, rarest.scores
    for found in rest:
        docs, here, there = np.intersect1d(docs, found.docs, assume_unique=True, return_indices=True)
        scores = scores[here] + found.scores[there]
    return docs, scores * np.float32(weight)
