"""From token groups to candidates: a dense accumulator of scores and a count of matched groups, then relaxing by
tiers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from search.index.postings import MARK_OF_NAME, Postings, lengths_of, runs
from search.parsing import Group
from search.ranking import ENOUGH_HITS, Floats

FEW_OF = 16
"""Forms of one group are joined as lists while they have fewer than one in so many of the documents."""
ENOUGH_TO_FINISH = 512
Terms = Callable[[str], Postings]
Listed = tuple[Postings, float]
"""Who holds what was asked, and what that is worth."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Hits, ascending by document number: how many groups each matches, whether it bears them all in its name, its
    score; and whether words were let go.
    """

    docs: NDArray[np.int64]
    tiers: NDArray[np.uint8] | NDArray[np.int64]
    named: NDArray[np.bool_]
    scores: Floats
    relaxed: bool


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
    matches = None if None in lists else _walk([one for one in lists if one is not None], roles, shown)
    return _sweep(groups, lists, roles, terms, shown) if matches is None else matches


class _Role(IntEnum):
    """What a group is asked for: `EXTRA` only adds to the score."""

    EXTRA, WORD, MINOR = range(3)


def _roles(groups: Sequence[Group]) -> list[_Role]:
    wanted = asked(groups)
    only_minor = all(group.minor for group in wanted)
    return [
        _Role.EXTRA if group not in wanted else _Role.MINOR if group.minor and not only_minor else _Role.WORD
        for group in groups
    ]


def _listed(group: Group, terms: Terms, documents: int) -> Listed | None:
    """Return the postings of a group and their weight; None where these are no list."""
    if is_plain(group):
        token, weight = group.terms[0]
        return terms(token), weight
    joined = _join(group, terms, documents)
    return None if joined is None else (joined, 1.0)


def _walk(lists: Sequence[Listed], roles: Sequence[_Role], shown: NDArray[np.bool_]) -> Matches | None:
    """Match along the shortest lists: who has all words stands in the shortest one, who has all but one in one of the
    two shortest, and so on. None where such a list holds a good part of all documents.
    """
    given = list(zip(lists, roles, strict=True))
    words = sorted((listed for listed, role in given if role is _Role.WORD), key=_size_of)
    others = [listed for listed, role in given if role is not _Role.WORD]
    minor = [listed for listed, role in given if role is _Role.MINOR]
    hidden, needed, enough = not shown.all(), len(words), 0
    while True:
        read = len(words) - needed + 1
        if words[read - 1][0].dense:
            return None
        union = _union(words[:read], shown, hidden)
        tiers, named = union.counted_with(words[read:], shown.size)
        enough += int(np.count_nonzero(named == needed))
        if needed == len(words):
            numbers = union.counted_with(minor, shown.size)[0] - union.tiers if minor else np.uint8(0)
            whole = tiers + numbers == len(words) + len(minor)
            if np.count_nonzero(whole & (named == needed)) >= ENOUGH_HITS:
                hits, relaxed = whole, False
                break
        if needed == 1 or enough >= ENOUGH_HITS:
            numbers = union.counted_with(minor, shown.size)[0] - union.tiers if minor else np.uint8(0)
            hits, relaxed = tiers >= needed, needed < len(words) or bool(minor)
            break
        needed -= 1
    tiers, scores = tiers + numbers, union.scores
    docs, level = union.docs, named == len(words)
    if not hits.all():
        docs, tiers, level, scores = docs[hits], tiers[hits], level[hits], scores[hits]
    rest = words[read:] + others
    return Matches(docs, tiers, level, scores + _summed(rest, docs, shown.size) if rest else scores, relaxed)


def _size_of(listed: Listed) -> int:
    return listed[0].size


@dataclass(frozen=True, slots=True)
class _Union:
    """The documents of some lists, ascending: in how many lists each is, in how many by its name, what they give it."""

    docs: NDArray[np.int64]
    tiers: NDArray[np.uint8]
    named: NDArray[np.uint8]
    scores: NDArray[np.float32]

    def counted_with(self, others: Sequence[Listed], documents: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return (docs,) in how many lists each is, and in how many by its name, when `others` count as well."""
        if not others:
            return self.tiers, self.named
        tiers, named = _counted([found for found, _ in others], self.docs, documents)
        return self.tiers + tiers, self.named + named


def _union(lists: Sequence[Listed], shown: NDArray[np.bool_], hidden: bool) -> _Union:
    """Join lists of documents; they are in order already, which a merging sort makes use of."""
    found, weight = lists[0]
    if len(lists) == 1:
        docs, named, scores = found.docs, found.named.view(np.uint8), _weighted(found.scores, weight)
        tiers = np.ones(docs.size, np.uint8)
    else:
        every = np.concatenate([found.docs for found, _ in lists])
        names = np.concatenate([found.named for found, _ in lists]).view(np.uint8)
        gained = np.concatenate([_weighted(found.scores, weight) for found, weight in lists])
        order = every.argsort(kind="stable")
        every = every.take(order)
        first = runs(every)
        docs, tiers = every.take(first), lengths_of(first, every.size).astype(np.uint8)
        chosen = order.take(first)
        named, scores = names.take(chosen), gained.take(chosen)
        for depth in range(1, len(lists)):
            again = np.flatnonzero(tiers > depth)
            chosen = order.take(first.take(again) + depth)
            named[again] += names.take(chosen)
            scores[again] += gained.take(chosen)
    wide = docs.astype(np.int64)
    if hidden:
        seen = shown.take(wide)
        wide, tiers, named, scores = wide[seen], tiers[seen], named[seen], scores[seen]
    return _Union(wide, tiers, named, scores)


def _weighted(scores: NDArray[np.float32], weight: float) -> NDArray[np.float32]:
    return scores if weight == 1.0 else scores * np.float32(weight)


def _counted(
    lists: Sequence[Postings], docs: NDArray[np.int64], documents: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return (docs,) how many of the lists each document is in, and in how many of them by its name."""
    tiers, named = np.zeros(docs.size, np.uint8), np.zeros(docs.size, np.uint8)
    spread = [found for found in lists if found.is_spread_for(docs.size, documents)]
    if spread:
        marks = np.zeros(documents, np.uint16)
        for found in spread:
            found.mark_in(marks)
        seen = marks.take(docs)
        tiers += (seen & MARK_OF_NAME - 1).astype(np.uint8)
        named += (seen // MARK_OF_NAME).astype(np.uint8)
    for found in lists:
        if found not in spread:
            held, by_name = found.held(docs)
            tiers += held
            named += by_name
    return tiers, named


def _summed(lists: Sequence[Listed], docs: NDArray[np.int64], documents: int) -> NDArray[np.float32]:
    """Return (docs,) the weighted contributions of all lists to each document."""
    spread = [one for one in lists if one[0].is_spread_for(docs.size, documents)]
    if not spread:
        total = np.zeros(docs.size, np.float32)
    else:
        every = np.zeros(documents, np.float32)
        for found, weight in spread:
            found.add_to(every, weight)
        total = every.take(docs)
    for found, weight in lists:
        if not found.is_spread_for(docs.size, documents):
            gained = found.at(docs)
            total += gained if weight == 1.0 else gained * np.float32(weight)
    return total


def _sweep(
    groups: Sequence[Group],
    lists: Sequence[Listed | None],
    roles: Sequence[_Role],
    terms: Terms,
    shown: NDArray[np.bool_],
) -> Matches:
    """Match by adding up whole columns: for words that a good part of all documents have, and runs of Chinese."""
    scores = np.zeros(shown.size, np.float32)
    tallies: dict[_Role, _Tally] = {role: _Tally(shown.size) for role in set(roles) if role is not _Role.EXTRA}
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
    words, minor = tallies[_Role.WORD], tallies.get(_Role.MINOR)
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
    scores, docs = np.zeros(0, np.float32), np.empty(0, np.int64)
    gained, held = np.zeros(shown.size, np.float32), shown
    if groups:
        matches = match(groups, terms, shown)
        whole = matches.tiers == len(asked(groups))
        docs, scores = matches.docs[whole], matches.scores[whole]
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
    total = gained[docs]
    return docs[total > 0], (total + scores)[total > 0]


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
