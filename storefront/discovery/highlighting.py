"""Which parts of a name were searched for: whole words and their inflections, or the characters of Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from search import analysis

LONGEST = 400

_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’][^\W_]+)*")
_CHINESE = re.compile(r"[\u3005\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a text as it was written, and whether it was searched for."""

    text: str
    is_found: bool


def highlight(text: str, words: Sequence[str]) -> tuple[Segment, ...]:
    """Cut a text into segments; `words` are normalised words, stems, sizes and runs or pairs of Chinese characters.

    Single Chinese characters count only where nothing longer was searched: alone they are found in half of all names.
    """
    if not words:
        return _segments(text, ())
    comparable, places = _comparable(text)
    latin = {form for word in words for form in (word, analysis.stem(word))}
    chinese = [word for word in words if _CHINESE.match(word)]
    longest = max(map(len, chinese), default=0)
    chinese = [word for word in chinese if len(word) > 1 or longest == 1]
    spans = [*_word_spans(comparable, latin), *_run_spans(comparable, chinese)]
    return _segments(text, ((places[first], places[last - 1] + 1) for first, last in spans))


def mark_typed(text: str, typed: str) -> tuple[Segment, ...]:
    """Cut a suggestion into segments: found are the words typed, the last of which may be unfinished."""
    comparable, places = _comparable(text)
    parts = _comparable(typed)[0].split()
    spans = []
    for part in parts:
        start = r"" if _CHINESE.match(part) else r"(?<![^\W_])"
        spans += [found.span() for found in re.finditer(start + re.escape(part), comparable)]
    return _segments(text, ((places[first], places[last - 1] + 1) for first, last in spans))


def _word_spans(text: str, wanted: set[str]) -> Iterator[tuple[int, int]]:
    found = [match for match in _WORD.finditer(text) if not _CHINESE.match(match.group())]
    for place, match in enumerate(found):
        word = match.group().replace("'", "").replace("’", "")
        if word in wanted or analysis.stem(word) in wanted:
            yield match.span()
        if word[0].isdigit() and (size := _size_at(text, match, found[place + 1 : place + 2])) and size[0] in wanted:
            yield match.start(), size[1]


def _size_at(text: str, number: re.Match[str], after: Sequence[re.Match[str]]) -> tuple[str, int] | None:
    """Return the size that begins with a number, as the index writes it, and where it ends."""
    for end in (number.end(), *(one.end() for one in after if one.start() - number.end() <= 1)):
        piece = next(analysis.pieces(text[number.start() : end]), None)
        if piece is not None and piece.kind == "size":
            return piece.text, end
    return None


def _run_spans(text: str, wanted: Iterable[str]) -> Iterator[tuple[int, int]]:
    for word in wanted:
        start = text.find(word)
        while start >= 0:
            yield start, start + len(word)
            start = text.find(word, start + 1)


def _comparable(text: str) -> tuple[str, list[int]]:
    """Return a text as the index compares it, and for each of its characters the place of the one it came from."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text[:LONGEST]):
        for plain in _plain(character):
            characters.append(plain)
            places.append(place)
    return "".join(characters), places


@lru_cache(maxsize=16_384)
def _plain(character: str) -> str:
    """Return a character narrow, lower, without its accent and simplified; nothing for an accent of its own."""
    if unicodedata.combining(character):
        return ""
    return analysis.normalise(character)


def _segments(text: str, spans: Iterable[tuple[int, int]]) -> tuple[Segment, ...]:
    """Join spans that touch or overlap, and return the text cut at their ends."""
    result: list[Segment] = []
    done = 0
    for first, last in _joined(spans):
        result += [Segment(text[done:first], False), Segment(text[first:last], True)]
        done = last
    result.append(Segment(text[done:], False))
    return tuple(segment for segment in result if segment.text)


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    result: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if result and first <= result[-1][1]:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result
