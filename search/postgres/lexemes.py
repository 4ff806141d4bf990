"""Tokens to `tsvector` and back to counts by field: the four weights carry the fields.

A token is two lexemes: as it is for the fields that name the product, and with a stroke behind it for those that say
things about it; each has four weights, A to D, for its fields. Positions are only counted: those of A come first.
`ts_rank` with weights (a, b, c, d) then gives the sum of the weight of the n-th position / n**2 (times a constant),
and the weights are chosen so that no two counts up to `MOST` give the same: one look tells how often each field has
the token, without unpacking the vector.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from search.pinyin import MARK
from search.schema import FIELDS

LONGEST_LEXEME = 2000
LONGEST_VECTOR = 400_000
STROKE = "/"
_LETTERS = "ABCD"
_RANK_SCALE = 1.64493406685


@dataclass(frozen=True)
class Kind:
    """Fields that share a lexeme, in the order of the weights; how many positions of each are kept, and what `ts_rank`
    is told they weigh.
    """

    suffix: str
    fields: tuple[str, ...]
    most: tuple[int, ...]
    ranks: tuple[float, ...]

    @property
    def weights(self) -> str:
        """The weights as `ts_rank` takes them: {D, C, B, A}."""
        return "{" + ",".join(str(rank) for rank in reversed(self.ranks + (0.0,) * (4 - len(self.ranks)))) + "}"

    def counts(self, said: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Return (fields, n): how many positions each field has, from what `ts_rank` said (n,)."""
        middles, counts = said_of_counts(self)
        return np.ascontiguousarray(counts[np.searchsorted(middles, said.astype(np.float64))].T)


@lru_cache
def said_of_counts(kind: Kind) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """What `ts_rank` says of each possible counts, ascending, halfway to the next; and the counts."""
    counts = np.array(list(product(*(range(most + 1) for most in kind.most))), np.int64)
    sums = np.concatenate(([0.0], np.cumsum(1.0 / np.arange(1, sum(kind.most) + 1) ** 2)))
    ends = np.cumsum(counts, axis=1)
    said = ((sums[ends] - sums[ends - counts]) * np.array(kind.ranks)).sum(axis=1) / _RANK_SCALE
    order = np.argsort(said)
    return (said[order][1:] + said[order][:-1]) / 2, counts[order].astype(np.uint8)


# The ranks were found by trying: the least distance between two sums is 4.3e-6 and 4.9e-6, forty times what a
# float4 tells apart.
NAMED = Kind("", ("title", "brand", "model", "category"), (8, 3, 5, 8), (1.0, 0.3318, 0.0622, 0.0593))
SAID = Kind(STROKE, ("description", "attributes", "purpose"), (20, 15, 5), (1.0, 0.0853, 0.0746))
KINDS = (NAMED, SAID)
SHARED = {"pinyin": "category"}
"""A field that has another's weight: its tokens are marked, so nobody mistakes them."""


def key_of(token: str) -> str | None:
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
    """Return for each lexeme of a document how often it occurs in each field of its kind."""
    result: dict[str, list[int]] = {}
    for kind in KINDS:
        for number, field in enumerate(kind.fields):
            lines = [tokens[field], *(tokens[other] for other, host in SHARED.items() if host == field)]
            for token, count in Counter(token for line in lines for token in line).items():
                key = key_of(token)
                if key is not None:
                    result.setdefault(key + kind.suffix, [0] * len(kind.fields))[number] += count
    return result


def keys_in(lexemes: Iterable[str]) -> set[str]:
    """Return the keys of the tokens that these lexemes belong to."""
    return {lexeme.removesuffix(STROKE) for lexeme in lexemes}


def vectors(counts: Mapping[str, Sequence[int]]) -> list[str]:
    """Return the vectors of a document in text form: one, or several with distinct tokens where one would be too
    large.
    """
    rows: list[list[str]] = [[]]
    size = 0
    for key in dict.fromkeys(lexeme.removesuffix(STROKE) for lexeme in counts):
        lexemes = [(key + kind.suffix, kind) for kind in KINDS if key + kind.suffix in counts]
        part = " ".join(f"{quoted(name)}:{_positions(kind.most, tuple(counts[name]))}" for name, kind in lexemes)
        size += len(part.encode())
        if size > LONGEST_VECTOR:
            rows.append([])
            size = len(part.encode())
        rows[-1].append(part)
    return [" ".join(row) for row in rows]


def counts_by_field(key: str, said: Sequence[NDArray[np.float32]]) -> NDArray[np.uint8]:
    """Return (`FIELDS`, n): how often each field has a token, from what `ts_rank` said (n,) for each of `KINDS`."""
    result = np.zeros((len(FIELDS), said[0].size), np.uint8)
    for kind, rank in zip(KINDS, said, strict=True):
        for field, counts in zip(kind.fields, kind.counts(rank), strict=True):
            shared = next((other for other, host in SHARED.items() if host == field and key.startswith(MARK)), field)
            result[FIELDS.index(shared)] = counts
    return result


@lru_cache(maxsize=4096)
def _positions(most: tuple[int, ...], counts: tuple[int, ...]) -> str:
    letters = "".join(letter * min(count, limit) for letter, count, limit in zip(_LETTERS, counts, most, strict=False))
    return ",".join(f"{place}{letter}" for place, letter in enumerate(letters, start=1))
