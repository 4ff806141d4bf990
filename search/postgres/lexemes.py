"""Tokens to `tsvector` and back to counts: the four weights carry the fields, grouped by boost.

A lexeme's positions are only counted: those of weight A come first, then B, C and D. `ts_rank` with a single weight
switched on adds 1 for the first such position and 1 / n**2 for each later one that is the n-th of the lexeme, so the
number of positions of each weight can be read back exactly, without unpacking the vector.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from search.schema import BOOSTS

WEIGHTS = "ABCD"
MOST_POSITIONS = 60
"""Of one weight: PostgreSQL keeps at most 255 positions of a lexeme."""
LONGEST_LEXEME = 2000
LONGEST_VECTOR = 400_000
_RANK_SCALE = 1.64493406685
_SUMS = np.concatenate(([0.0], np.cumsum(1.0 / np.arange(1, len(WEIGHTS) * MOST_POSITIONS + 2) ** 2)))


@cache
def field_groups() -> tuple[tuple[float, tuple[int, ...]], ...]:
    """Return up to four (boost, positions in `FIELDS`), highest boost first: the fields that share a weight.

    When there are more boosts than weights, the two that differ least by ratio are joined under the larger.
    """
    groups = [
        (boost, tuple(place for place, other in enumerate(BOOSTS.values()) if other == boost))
        for boost in sorted(set(BOOSTS.values()), reverse=True)
    ]
    while len(groups) > len(WEIGHTS):
        at = min(range(len(groups) - 1), key=lambda place: groups[place][0] / groups[place + 1][0])
        (boost, fields), (_, more) = groups[at : at + 2]
        groups[at : at + 2] = [(boost, fields + more)]
    return tuple(groups)


def lexeme(token: str) -> str | None:
    """Return what stands for a token in a vector: itself, or a digest when it is longer than PostgreSQL takes. None for
    what no text column can hold.
    """
    try:
        encoded = token.encode()
    except UnicodeEncodeError:
        return None
    if not encoded or 0 in encoded:
        return None
    return token if len(encoded) <= LONGEST_LEXEME else "\N{HORIZONTAL ELLIPSIS}" + hashlib.sha256(encoded).hexdigest()


def quoted(text: str) -> str:
    """Return a lexeme quoted for the text form of `tsvector` and `tsquery`."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def counts_of(tokens: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    """Return for each lexeme of a document how often it occurs in each group of fields."""
    groups = field_groups()
    names = tuple(BOOSTS)
    result: dict[str, list[int]] = {}
    for number, (_, fields) in enumerate(groups):
        found = Counter(token for place in fields for token in tokens[names[place]])
        for token, count in found.items():
            key = lexeme(token)
            if key is not None:
                result.setdefault(key, [0] * len(groups))[number] += count
    return result


def vectors(counts: Mapping[str, Sequence[int]]) -> list[str]:
    """Return the vectors of a document in text form: one, or several with distinct lexemes where one would be too
    large.
    """
    rows: list[list[str]] = [[]]
    size = 0
    for key, by_group in counts.items():
        part = f"{quoted(key)}:{_positions(tuple(by_group))}"
        size += len(part.encode())
        if size > LONGEST_VECTOR:
            rows.append([])
            size = len(part.encode())
        rows[-1].append(part)
    return [" ".join(row) for row in rows]


def counts_from_ranks(ranks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how many positions of each weight a lexeme has, from what `ts_rank` said.

    Parameters
    ----------
    ranks : float32 (groups, documents), row g with the g-th weight alone set to 1 and the others to 0.

    Returns
    -------
    float32 (groups, documents), whole numbers from 0 to `MOST_POSITIONS`.
    """
    counts = np.zeros(ranks.shape, np.float32)
    before = np.zeros(ranks.shape[1], np.int64)
    for number, row in enumerate(ranks):
        present = np.flatnonzero(row > 0)
        first = before[present]
        wanted = row[present].astype(np.float64) * _RANK_SCALE - 1.0 + _SUMS[first + 1]
        last = np.searchsorted(_MIDDLES, wanted)
        counts[number, present] = last - first
        before[present] = last
    return counts


_MIDDLES = (_SUMS[:-1] + _SUMS[1:]) / 2


def rank_weights() -> tuple[str, ...]:
    """Return for each group the weights, as `ts_rank` takes them ({D, C, B, A}), that count it alone."""
    return tuple(
        "{" + ",".join("1" if weight == wanted else "0" for weight in reversed(WEIGHTS)) + "}"
        for wanted in WEIGHTS[: len(field_groups())]
    )


@lru_cache(maxsize=4096)
def _positions(by_group: tuple[int, ...]) -> str:
    weights = [
        weight for weight, count in zip(WEIGHTS, by_group, strict=False) for _ in range(min(count, MOST_POSITIONS))
    ]
    return ",".join(f"{place}{weight}" for place, weight in enumerate(weights, start=1))
