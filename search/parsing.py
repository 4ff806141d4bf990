"""From what was typed to groups of tokens: a group is one thing the shopper wants, with the forms it may take.

Shoppers type words, not a query language: `NOT`, `(` and `title:x*` mean nothing special, and every text has an
answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Protocol

from search import analysis, pinyin
from search.analysis import Piece
from search.documents import LONGEST_QUERY
from search.synonyms import MOST_WORDS, NO_SYNONYMS, Stems, Synonyms

MOST_GROUPS = 24
SHARE = 0.6
NUMBER_OF_SIZE = 0.4
SHORTEST_CORRECTED = 3
WEIGHT_OF_SYNONYM = 0.7
MOST_VARIANTS = 8


class Lexicon(pinyin.Sounds, Protocol):
    """What the parser asks of an index."""

    has_sounds: bool
    """Whether any document can be found by its sound."""

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
    the sum of its tokens' scores. The best of terms and phrases counts. An `optional` group only adds to the score;
    a `minor` one, a number or a size, is the first to be let go.
    """

    terms: tuple[tuple[str, float], ...]
    share: float | None = None
    counted: int = 0
    phrases: tuple[tuple[tuple[str, ...], float], ...] = ()
    optional: bool = False
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. `stems` are its words in order, for recognising brands and categories, and `variants` the same
    with a synonym in place; `words` are to be highlighted.
    """

    groups: tuple[Group, ...]
    stems: Stems = ()
    variants: tuple[Stems, ...] = ()
    words: tuple[str, ...] = ()
    corrected: str | None = None


def parse(
    text: str,
    lexicon: Lexicon,
    *,
    correct: bool = True,
    by_sound: bool = False,
    synonyms: Synonyms = NO_SYNONYMS,
    language: str = "",
) -> Query:
    """Return the groups of a query; at most the first 200 characters and 24 groups are read.

    Latin letters that name no word of the catalogue may be Chinese by its sound (`pinyin`); `by_sound` reads all of
    them so where it can. Other unknown words of at least three letters are cut in two when that is a known phrase, and
    otherwise corrected when `correct` is set and a near word is known; then `corrected` holds the text that was
    searched instead.
    """
    normal = analysis.normalise(text, LONGEST_QUERY)
    pieces: list[Piece] = []
    mended: list[str] = []
    read_to = 0
    found = _read_sounds(list(analysis.pieces(normal)), lexicon, by_sound)
    joined = _joined(found, lexicon)
    for piece in found:
        other = [piece] if piece.span in joined else _amend(piece, lexicon, correct, synonyms)
        pieces += other
        if len(other) == 1 and other[0] is not piece:
            mended += (normal[read_to : piece.span[0]], other[0].text)
            read_to = piece.span[1]
    groups, variants = _groups(pieces, lexicon, synonyms, language)
    stems = tuple(analysis.stem(part) for piece in pieces for part in _stem_parts(piece))
    words = tuple(dict.fromkeys(part for piece in pieces for part in (piece.text, *piece.parts)))
    corrected = " ".join("".join((*mended, normal[read_to:])).split()) if mended else None
    return Query(tuple(groups), stems, variants, words, corrected)


def sounds_like_more(text: str, lexicon: Lexicon) -> bool:
    """Say whether `parse` reads anything in another way when it is told to read by sound. Nobody puts a space into a
    syllable: unless some word is made of whole ones, there is nothing to hear.
    """
    if not any(map(pinyin.is_spelled, _LETTERS.findall(text[:LONGEST_QUERY].lower()))):
        return False
    pieces = list(analysis.pieces(analysis.normalise(text, LONGEST_QUERY)))
    return any(piece.kind == "sound" for piece in _read_sounds(pieces, lexicon, by_sound=True))


def _read_sounds(pieces: list[Piece], lexicon: Lexicon, by_sound: bool) -> list[Piece]:
    """Join neighbouring Latin words into one piece of kind "sound" where they are Chinese by its sound."""
    result: list[Piece] = []
    if not lexicon.has_sounds:
        return pieces
    for is_latin, run in groupby(pieces, key=lambda piece: piece.kind in {"word", "number"} and piece.text.isascii()):
        neighbours = list(run)
        if is_latin and (by_sound or any(not lexicon.knows(analysis.stem(piece.text)) for piece in neighbours)):
            letters = "".join(piece.text for piece in neighbours)
            parts = pinyin.split(letters, lexicon)
            neighbours = [Piece("sound", letters, parts)] if parts else neighbours
        result += neighbours
    return result


def _joined(pieces: Sequence[Piece], lexicon: Lexicon) -> set[tuple[int, int]]:
    """Return where words stand that are known as one with a neighbour ("tooth paste"): none of them is mended."""
    return {
        span
        for first, second in pairwise(pieces)
        if first.kind == second.kind == "word" and lexicon.knows(analysis.stem(first.text + second.text))
        for span in (first.span, second.span)
    }


def _amend(piece: Piece, lexicon: Lexicon, correct: bool, synonyms: Synonyms) -> list[Piece]:
    word = piece.text
    if piece.kind != "word" or len(word) < SHORTEST_CORRECTED or lexicon.knows(analysis.stem(word)):
        return [piece]
    if synonyms.knows(analysis.stem(word)):
        return [piece]
    for cut in range(2, len(word) - 1):
        if lexicon.is_phrase(word[:cut], word[cut:]):
            return [Piece("word", part, (part,)) for part in (word[:cut], word[cut:])]
    meant = lexicon.nearest(word) if correct and word.isascii() else None
    return [Piece("word", meant, (meant,))] if meant else [piece]


@dataclass(slots=True)
class _Draft:
    """A group in the making: its piece, its stem, and what else may stand for it."""

    piece: Piece
    stem: str
    terms: dict[str, float]
    phrases: dict[tuple[str, ...], float]

    def group(self) -> Group:
        phrases = tuple(self.phrases.items())
        if self.piece.kind in _RUNS:
            return replace(_RUNS[self.piece.kind](self.piece), phrases=phrases)
        return Group(
            tuple(self.terms.items()),
            phrases=phrases,
            optional=self.stem in analysis.FUNCTION_WORDS,
            minor=self.piece.kind == "size" or (self.piece.kind == "number" and not _LETTER.search(self.stem)),
        )


def _groups(
    pieces: Sequence[Piece], lexicon: Lexicon, synonyms: Synonyms, language: str
) -> tuple[list[Group], tuple[Stems, ...]]:
    """Give each word its group, and return with them the query's stems with synonyms in place.

    Neighbours that are also known as one word ("note book") accept that word too. A synonym of several words accepts
    for each of them, and gives each its part.
    """
    drafts = [draft for piece in pieces for draft in _drafts(piece)][:MOST_GROUPS]
    for first, second in pairwise(drafts):
        joined = analysis.stem(first.stem + second.stem)
        if not {first.piece.kind, second.piece.kind} & _RUNS.keys() and lexicon.knows(joined):
            first.terms.setdefault(joined, 1.0)
            second.terms.setdefault(joined, 1.0)
    stems = tuple(draft.stem for draft in drafts)
    variants: dict[Stems, None] = {}
    for start in range(len(drafts)):
        for end in range(start + 1, min(start + MOST_WORDS, len(drafts)) + 1):
            for other in synonyms.of(stems[start:end], language):
                variants[*stems[:start], *other, *stems[end:]] = None
                for draft in drafts[start:end]:
                    _accept(draft, other, WEIGHT_OF_SYNONYM / (end - start))
        if drafts[start].piece.kind == "cjk":
            _accept_within(drafts[start], synonyms, language)
    return [draft.group() for draft in drafts], tuple(variants)[:MOST_VARIANTS]


def _drafts(piece: Piece) -> list[_Draft]:
    if piece.kind in _RUNS:
        return [_Draft(piece, piece.text, {}, {})]
    result = []
    for part in _stem_parts(piece):
        terms = {analysis.stem(part): 1.0}
        if piece.kind == "size":
            terms.setdefault(piece.parts[0], NUMBER_OF_SIZE)
        if piece.kind == "compound":
            terms.setdefault(piece.text, 1.0)
        result.append(_Draft(piece, analysis.stem(part), terms, {}))
    return result


def _accept(draft: _Draft, stems: Stems, weight: float) -> None:
    """Let other words stand for a group: all of them together, and for no more because they are many."""
    weight /= math.sqrt(len(stems))
    tokens = tuple(token for stem in stems for token in _tokens_of(stem))
    if len(tokens) == 1 and draft.piece.kind not in _RUNS:
        draft.terms.setdefault(tokens[0], weight)
    else:
        draft.phrases.setdefault(tokens, weight)


def _accept_within(draft: _Draft, synonyms: Synonyms, language: str) -> None:
    """Let a run of Chinese be said with a synonym in place of a part of it."""
    run = draft.piece.text
    for part, other in synonyms.within(run, language):
        if part != run:
            kept = [rest for rest in run.split(part) if rest]
            tokens = tuple(dict.fromkeys(token for text in (*kept, other) for token in _tokens_of(text)))
            draft.phrases.setdefault(tokens, WEIGHT_OF_SYNONYM)


def _tokens_of(stem: str) -> list[str]:
    """Return the tokens that a document with this stem or run surely has."""
    return [stem] if stem.isascii() or len(stem) == 1 else analysis.bigrams(stem)


def run_group(run: Piece) -> Group:
    """Return the group of a run of Chinese, Japanese or Korean: a share of its pairs must match, single characters
    help.
    """
    return _shared(analysis.bigrams(run.text), run.parts)


def sound_group(run: Piece) -> Group:
    """Return the group of Chinese by its sound: a share of the pairs of syllables must match, single ones help."""
    words = [pinyin.MARK + part if part in pinyin.SYLLABLES else part for part in run.parts]
    return _shared(pinyin.pairs(run.parts), words)


def _shared(pairs: Sequence[str], singles: Sequence[str]) -> Group:
    counted = list(dict.fromkeys(pairs))
    if not counted:
        return Group(((singles[0], 1.0),))
    terms = [(token, 1.0) for token in (*counted, *dict.fromkeys(singles))]
    return Group(tuple(terms), share=SHARE, counted=len(counted))


_LETTER = re.compile(r"[^\d.]")
_LETTERS = re.compile(r"[a-z]+")
_RUNS: dict[str, Callable[[Piece], Group]] = {"cjk": run_group, "sound": sound_group}


def _stem_parts(piece: Piece) -> tuple[str, ...]:
    return (piece.text,) if piece.kind == "size" else piece.parts if piece.kind == "compound" else (piece.text,)
