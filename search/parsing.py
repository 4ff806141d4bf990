"""From what was typed to groups of tokens: a group is one thing the shopper wants, with the forms it may take.

Shoppers type words, not a query language: `NOT`, `(` and `title:x*` mean nothing special, and every text has an
answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from search import analysis
from search.analysis import Piece
from search.documents import LONGEST_QUERY

MOST_GROUPS = 24
SHARE = 0.4
NUMBER_OF_SIZE = 0.4
SHORTEST_CORRECTED = 4


class Lexicon(Protocol):
    """What the parser asks of an index."""

    def knows(self, token: str) -> bool:
        """Say whether any document has this token."""

    def is_phrase(self, first: str, second: str) -> bool:
        """Say whether these two words often stand side by side."""

    def nearest(self, word: str) -> str | None:
        """Return the known word that was probably meant, or None."""


@dataclass(frozen=True, slots=True)
class Group:
    """Tokens with weights. `share` None: any one of them satisfies the group, the best one counts.

    With a `share`, the group is satisfied by that part of its `counted` first tokens, and all that match add up
    (a run of Chinese: the pairs are counted, the single characters only score).

    Each of the `phrases` satisfies the group as well, where all of its tokens occur; what it gives is its weight times
    the sum of its tokens' scores. The best of terms and phrases counts.
    """

    terms: tuple[tuple[str, float], ...]
    share: float | None = None
    counted: int = 0
    phrases: tuple[tuple[tuple[str, ...], float], ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. `stems` are its words in order, for recognising brands and categories; `words` are to be
    highlighted.
    """

    groups: tuple[Group, ...]
    stems: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    corrected: str | None = None


def parse(text: str, lexicon: Lexicon, *, correct: bool = True) -> Query:
    """Return the groups of a query; at most the first 200 characters and 24 groups are read.

    Unknown words of at least four letters are cut in two when that is a known phrase, and otherwise corrected when
    `correct` is set and a near word is known; then `corrected` holds the text that was searched instead.
    """
    normal = analysis.normalise(text, LONGEST_QUERY)
    pieces: list[Piece] = []
    fixed = normal
    for piece in analysis.pieces(normal):
        other = _amend(piece, lexicon, correct)
        pieces += other
        if len(other) == 1 and other[0] is not piece:
            fixed = re.sub(rf"(?<!\w){re.escape(piece.text)}(?!\w)", other[0].text, fixed)
    groups = _groups(pieces[:MOST_GROUPS], lexicon)
    stems = tuple(analysis.stem(part) for piece in pieces for part in _stem_parts(piece))
    words = tuple(dict.fromkeys(part for piece in pieces for part in (piece.text, *piece.parts)))
    return Query(tuple(groups), stems, words, " ".join(fixed.split()) if fixed != normal else None)


def _amend(piece: Piece, lexicon: Lexicon, correct: bool) -> list[Piece]:
    word = piece.text
    if piece.kind != "word" or len(word) < SHORTEST_CORRECTED or lexicon.knows(analysis.stem(word)):
        return [piece]
    for cut in range(2, len(word) - 1):
        if lexicon.is_phrase(word[:cut], word[cut:]):
            return [Piece("word", part, (part,)) for part in (word[:cut], word[cut:])]
    meant = lexicon.nearest(word) if correct and word.isascii() else None
    return [Piece("word", meant, (meant,))] if meant else [piece]


def _groups(pieces: Sequence[Piece], lexicon: Lexicon) -> list[Group]:
    """Give each word its group; neighbours that are also known as one word ("note book") accept that word too."""
    plain: list[tuple[Piece, str]] = []
    for piece in pieces:
        plain += [(piece, part) for part in _stem_parts(piece)] if piece.kind != "cjk" else [(piece, piece.text)]
    groups: list[Group] = []
    for place, (piece, part) in enumerate(plain):
        if piece.kind == "cjk":
            groups.append(run_group(part))
            continue
        terms = {analysis.stem(part): 1.0}
        if piece.kind == "size":
            terms.setdefault(piece.parts[0], NUMBER_OF_SIZE)
        if piece.kind == "compound":
            terms.setdefault(piece.text, 1.0)
        for first, second in pairwise(plain[max(0, place - 1) : place + 2]):
            joined = analysis.stem(first[1] + second[1])
            if "cjk" not in (first[0].kind, second[0].kind) and lexicon.knows(joined):
                terms.setdefault(joined, 1.0)
        groups.append(Group(tuple(terms.items())))
    return groups


def run_group(run: str) -> Group:
    """Return the group of a run of Chinese, Japanese or Korean: a share of its pairs must match, single characters
    help.
    """
    pairs = list(dict.fromkeys(analysis.bigrams(run)))
    if not pairs:
        return Group(((run, 1.0),))
    singles = [(single, 1.0) for single in dict.fromkeys(run)]
    return Group((*((pair, 1.0) for pair in pairs), *singles), share=SHARE, counted=len(pairs))


def _stem_parts(piece: Piece) -> tuple[str, ...]:
    return (piece.text,) if piece.kind == "size" else piece.parts if piece.kind == "compound" else (piece.text,)
