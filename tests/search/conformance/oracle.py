"""Which documents match, worked out the slow and obvious way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from search import Document
from search.parsing import Group
from search.ranking import ENOUGH_HITS
from search.schema import field_tokens


def tokens_of(documents: Iterable[Document]) -> dict[int, set[str]]:
    """Return all tokens of each document by id."""
    return {one.id: {token for line in field_tokens(one).values() for token in line} for one in documents}


def satisfies(tokens: set[str], group: Group) -> bool:
    """Say whether a document with these tokens satisfies a group."""
    if any(tokens.issuperset(phrase) for phrase, _ in group.phrases):
        return True
    if group.share is None:
        return any(token in tokens for token, _ in group.terms)
    counted = sum(token in tokens for token, _ in group.terms[: group.counted])
    return counted >= max(1, math.ceil(group.share * group.counted))


def touches(tokens: set[str], groups: Sequence[Group]) -> bool:
    """Say whether a document has anything at all that a query asks for."""
    return any(
        any(token in tokens for token, _ in group.terms) or any(tokens.issuperset(words) for words, _ in group.phrases)
        for group in groups
    )


def matching(catalogue: dict[int, set[str]], groups: Sequence[Group]) -> tuple[dict[int, int], bool]:
    """Return the tier of each match by id, and whether groups were let go."""
    tiers = {
        number: sum(satisfies(tokens, group) for group in groups)
        for number, tokens in catalogue.items()
        if touches(tokens, groups)
    }
    least = 0 if any(group.share for group in groups) else 1
    for needed in range(len(groups), least - 1, -1):
        found = {number: tier for number, tier in tiers.items() if tier >= needed}
        if len(found) >= ENOUGH_HITS or needed == least:
            return found, needed < len(groups)
    return {}, False
