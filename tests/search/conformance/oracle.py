"""Which documents match, worked out the slow and obvious way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from search import Document
from search.parsing import Group
from search.ranking import ENOUGH_HITS
from search.schema import NAMING, field_tokens


@dataclass(frozen=True, repr=False)
class Held:
    """The tokens of a document: all of them, and those that stand in fields that name it."""

    every: frozenset[str]
    naming: frozenset[str]


def tokens_of(documents: Iterable[Document]) -> dict[int, Held]:
    """Return the tokens of each document by id."""
    result = {}
    for one in documents:
        fields = field_tokens(one)
        every = frozenset(token for line in fields.values() for token in line)
        result[one.id] = Held(every, frozenset(token for name in NAMING for token in fields[name]))
    return result


def satisfies(tokens: frozenset[str], group: Group, every: frozenset[str]) -> bool:
    """Say whether these tokens satisfy a group; its phrases may stand anywhere."""
    if any(every.issuperset(phrase) for phrase, _ in group.phrases):
        return True
    if group.share is None:
        return any(token in tokens for token, _ in group.terms)
    counted = sum(token in tokens for token, _ in group.terms[: group.counted])
    return counted >= max(1, math.ceil(group.share * group.counted))


def touches(tokens: frozenset[str], groups: Sequence[Group]) -> bool:
    """Say whether a document has anything at all that a query asks for."""
    return any(
        any(token in tokens for token, _ in group.terms) or any(tokens.issuperset(words) for words, _ in group.phrases)
        for group in groups
    )


def matching(catalogue: Mapping[int, Held], groups: Sequence[Group]) -> tuple[dict[int, int], bool]:
    """Return the tier of each match by id, and whether groups were let go."""
    wanted = [group for group in groups if not group.optional] or list(groups)
    tiers = {
        number: sum(satisfies(held.every, group, held.every) for group in wanted) for number, held in catalogue.items()
    }
    words = [group for group in wanted if not group.minor] or wanted
    said = {
        number: sum(satisfies(held.every, group, held.every) for group in words) for number, held in catalogue.items()
    }
    named = {
        number: sum(satisfies(held.naming, group, held.every) for group in words) for number, held in catalogue.items()
    }
    whole = {number: tier for number, tier in tiers.items() if tier == len(wanted)}
    if sum(named[number] == len(words) for number in whole) >= ENOUGH_HITS:
        return whole, False
    needed = len(words)
    while needed > 1 and sum(count >= needed for count in named.values()) < ENOUGH_HITS:
        needed -= 1
    if needed == 1 and any(group.counted > 1 for group in groups) and sum(map(bool, said.values())) < ENOUGH_HITS:
        found = {number: tier for number, tier in tiers.items() if touches(catalogue[number].every, groups)}
        return found, True
    found = {number: tier for number, tier in tiers.items() if said[number] >= needed}
    return found, needed < len(words) or len(words) < len(wanted)


def levels(catalogue: Mapping[int, Held], groups: Sequence[Group]) -> dict[int, int]:
    """Return for each document how far it is what was meant: 2 by its name, 1 by what is said of it, else 0."""
    wanted = [group for group in groups if not group.optional] or list(groups)
    words = [group for group in wanted if not group.minor] or wanted
    return {
        number: all(satisfies(held.naming, group, held.every) for group in words)
        + all(satisfies(held.every, group, held.every) for group in wanted)
        for number, held in catalogue.items()
    }
