"""From token groups to candidates: a dense accumulator of scores and a count of matched groups, then relaxing by
tiers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from search.index.matches import Matches
from search.index.postings import Postings
from search.index.walking import Listed, Role, walk
from search.parsing import Group
from search.ranking import ENOUGH_HITS, Floats

FEW_OF = 8
"""Forms of one group are joined as lists while they have fewer than one in so many of the documents."""
ENOUGH_TO_FINISH = 512
Terms = Callable[[str], Postings]


def match(groups: Sequence[Group], terms: Terms, shown: NDArray[np.bool_]) -> Matches:
    """Return the documents of `shown` (documents,) that match all groups, or if those are few, most of them.

    Few are fewer than `ENOUGH_HITS` that say all of it in what they are (`Postings.named`): ten descriptions that
    mention every word do not keep away what bears most of them in its name. First numbers and sizes are let go, then
    one word after another; numbers alone are never a reason to match. Optional groups are never asked for, unless there
    are no others. A run of three or more Chinese characters is let go only where few documents hold enough of it.
    """
    if len(groups) == 1 and is_plain(groups[0]):
        return _match_one(*groups[0].terms[0], terms, shown)
    lists = [_listed(group, terms, shown.size) for group in groups]
    roles = _roles(groups)
    matches = None if None in lists else walk([one for one in lists if one is not None], roles, shown)
    return _sweep(groups, lists, roles, terms, shown) if matches is None else matches


def _roles(groups: Sequence[Group]) -> list[Role]:
    wanted = asked(groups)
    only_minor = all(group.minor for group in wanted)
    return [
        Role.EXTRA if group not in wanted else Role.MINOR if group.minor and not only_minor else Role.WORD
        for group in groups
    ]


def _listed(group: Group, terms: Terms, documents: int) -> Listed | None:
    """Return the postings of a group and their weight; None where these are no list."""
    if is_plain(group):
        token, weight = group.terms[0]
        return terms(token), weight
    joined = _join(group, terms, documents)
    return None if joined is None else (joined, 1.0)


def _sweep(
    groups: Sequence[Group],
    lists: Sequence[Listed | None],
    roles: Sequence[Role],
    terms: Terms,
    shown: NDArray[np.bool_],
) -> Matches:
    """Match by adding up whole columns: for words that a good part of all documents have, and runs of Chinese."""
    scores = np.zeros(shown.size, np.float32)
    tallies: dict[Role, _Tally] = {role: _Tally(shown.size) for role in set(roles) if role is not Role.EXTRA}
    for group, listed, role in zip(groups, lists, roles, strict=True):
        tally = tallies.get(role)
        if listed is not None:
            listed[0].add_to(scores, listed[1])
            if tally is not None:
                tally.wanted += 1
                listed[0].count_in(tally.tiers, tally.named)
        else:
            gained, satisfied, by_name = _gather(group, terms, shown.size)
            scores += gained
            if tally is not None:
                tally.wanted += 1
                tally.tiers += satisfied
                tally.named += by_name
    words, minor = tallies[Role.WORD], tallies.get(Role.MINOR)
    words.tiers *= shown.view(np.uint8)
    words.named *= shown.view(np.uint8)
    tiers = words.tiers + minor.tiers if minor else words.tiers
    named = words.named == words.wanted
    whole = tiers == words.wanted + (minor.wanted if minor else 0)
    if np.count_nonzero(named & whole) >= ENOUGH_HITS:
        hits, relaxed = whole & shown, False
    else:
        needed = _needed(words, any(group.counted > 1 for group in groups))
        hits = words.tiers >= needed if needed else (scores > 0) & shown
        relaxed = needed < words.wanted or minor is not None
    docs = np.flatnonzero(hits)
    return Matches(docs, tiers.take(docs), named.take(docs), scores.take(docs), relaxed)


class _Tally:
    """How many of some groups each document matches (documents,), and how many by its name."""

    def __init__(self, documents: int) -> None:
        self.wanted = 0
        self.tiers = np.zeros(documents, np.uint8)
        self.named = np.zeros(documents, np.uint8)


def _needed(words: _Tally, may_touch: bool) -> int:
    """Return how many words a document must match, so that enough documents bear all the rest in their names."""
    needed, enough = words.wanted, int(np.count_nonzero(words.named == words.wanted))
    while needed > 1 and enough < ENOUGH_HITS:
        needed -= 1
        enough += int(np.count_nonzero(words.named == needed))
    return 0 if needed == 1 and may_touch and np.count_nonzero(words.tiers) < ENOUGH_HITS else needed


def _match_one(token: str, weight: float, terms: Terms, shown: NDArray[np.bool_]) -> Matches:
    """Return what `match` would for this token alone, of which nothing can be let go."""
    found = terms(token)
    docs, scores, named = found.docs.astype(np.int64), found.scores, found.named
    seen = shown.take(docs)
    if not seen.all():
        docs, scores, named = docs[seen], scores[seen], named[seen]
    scores = scores if weight == 1.0 else scores * np.float32(weight)
    return Matches(docs, np.ones(docs.size, np.uint8), named, scores, relaxed=False)


def finish(
    groups: Sequence[Group], ends: Sequence[str], terms: Terms, shown: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], Floats]:
    """Return documents that match all groups and hold one of `ends`, which come the most used first: they are
    looked at until `ENOUGH_TO_FINISH` documents are found.
    """
    docs = np.empty(0, np.int64)
    scores: Floats = np.empty(0, np.float32)
    gained, held = np.zeros(shown.size, np.float32), shown
    if groups:
        matches = match(groups, terms, shown)
        whole = np.flatnonzero(matches.tiers == len(asked(groups)))
        docs, scores = matches.docs.take(whole), matches.scores.take(whole)
        held = np.zeros(shown.size, np.bool_)
        held[docs] = True
    found = 0
    for end in ends:
        term = terms(end)
        if groups:
            found += term.raise_among(docs, held, gained)
        else:
            term.raise_in(gained)
            found += term.size
        if found >= ENOUGH_TO_FINISH:
            break
    if not groups:
        docs = np.flatnonzero((gained > 0) & shown)
        return docs, gained[docs]
    total = gained.take(docs)
    finished = np.flatnonzero(total)
    return docs.take(finished), total.take(finished) + scores.take(finished)


def asked(groups: Sequence[Group]) -> Sequence[Group]:
    """Return the groups that a document should match: those that are not optional, or all when all are."""
    return [group for group in groups if not group.optional] or groups


def is_plain(group: Group) -> bool:
    """Say whether a group is one token and nothing else."""
    return group.share is None and len(group.terms) == 1 and not group.phrases


def group_scores(group: Group, terms: Terms, row: int) -> list[tuple[str, float]]:
    """Return what each token of a group gives to one document, for explaining."""
    result = []
    here = np.array([row], np.int32)
    for token, weight in group.terms:
        if (gained := float(terms(token).at(here)[0])) > 0:
            result.append((token, gained * weight))
    for tokens, weight in group.phrases:
        docs, scores = phrase(tokens, weight, terms)
        place = int(np.searchsorted(docs, row))
        if place < docs.size and docs[place] == row:
            result.append((" ".join(tokens), float(scores[place])))
    return [max(result, key=lambda part: part[1])] if result and group.share is None else result


def _join(group: Group, terms: Terms, documents: int) -> Postings | None:
    """Return the forms of a group as one posting list; None where they are many, or only a share of them is needed."""
    if group.share is not None:
        return None
    found = [(terms(token), weight) for token, weight in group.terms]
    if sum(one.size for one, _ in found) * FEW_OF >= documents:
        return None
    parts = [(one.docs, one.scores * np.float32(weight), one.named) for one, weight in found]
    for tokens, weight in group.phrases:
        docs, gained = phrase(tokens, weight, terms)
        parts.append((docs, gained, np.ones(docs.size, np.bool_)))
    return Postings.joined(parts)


def _gather(
    group: Group, terms: Terms, documents: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return (documents,) what the group gives each document, whether that satisfies the group, and by its name."""
    total = np.zeros(documents, np.float32)
    if group.share is None:
        names = np.zeros(documents, np.bool_)
        for token, weight in group.terms:
            terms(token).raise_in(total, weight)
            terms(token).name_in(names)
        for tokens, weight in group.phrases:
            docs, gained = phrase(tokens, weight, terms)
            total[docs] = np.maximum(total[docs], gained)
            names[docs] = True
        return total, total > 0, names
    counted, named = np.zeros(documents, np.uint16), np.zeros(documents, np.uint16)
    for number, (token, weight) in enumerate(group.terms):
        found = terms(token)
        found.add_to(total, weight)
        if number < group.counted:
            found.count_in(counted, named)
    needed = max(1, math.ceil(group.share * group.counted))
    for tokens, weight in group.phrases:
        docs, gained = phrase(tokens, weight, terms)
        total[docs] = np.maximum(total[docs], gained)
        counted[docs] = named[docs] = needed
    return total, counted >= needed, named >= needed


def phrase(tokens: Sequence[str], weight: float, terms: Terms) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the documents that hold all `tokens`, ascending, and `weight` times the sum of what those give."""
    rarest, *rest = sorted((terms(token) for token in tokens), key=lambda found: found.size)
    docs, scores = rarest.docs, rarest.scores
    for found in rest:
        more = found.at(docs)
        held = more > 0
        docs, scores = docs[held], scores[held] + more[held]
    return docs, scores * np.float32(weight)
