"""Chinese by its sound: what a shopper types with a Latin keyboard and without an input method ("hongcha" for 红茶).

A document is indexed by the syllables of its names, single and in pairs, without tones, under a mark that no word
begins with. A query has no spaces to rely on: `split` finds the likeliest syllables among what the catalogue holds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import import_module
from itertools import pairwise
from typing import Protocol

from search import analysis

MARK = "~"
LONGEST = 12
_INITIALS = ("b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh", "r", "z", "c", "s")
_FINALS = (
    *("a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "ong", "er"),
    *("i", "ia", "ie", "iao", "iu", "ian", "in", "iang", "ing", "iong"),
    *("u", "ua", "uo", "uai", "ui", "uan", "un", "uang", "ue", "v", "ve"),
)
_WITHOUT_INITIAL = (
    *("a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "er"),
    *("yi", "ya", "ye", "yao", "you", "yan", "yin", "yang", "ying", "yong", "yo"),
    *("wu", "wa", "wo", "wai", "wei", "wan", "wen", "wang", "weng", "yu", "yue", "yuan", "yun"),
)
SYLLABLES = frozenset({first + last for first in _INITIALS for last in _FINALS} | set(_WITHOUT_INITIAL))
"""Everything that is spelled like a syllable; the catalogue decides which of them occur."""
_SPELLED = re.compile(f"(?:{'|'.join(sorted(SYLLABLES, key=len, reverse=True))})+")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_MODEL = re.compile(r"[a-z]{0,4}\d+[a-z]{0,3}")
_SEAM = 4.0
_FEW, _SHARE_OF_FEW, _SHARE_OF_MANY = 3, 0.5, 0.25


def tokens(text: str) -> list[str]:
    """Return the marked syllables and pairs of syllables of the Chinese in `text`; none for other scripts.

    Readings come from pypinyin, which knows those of whole phrases; it is loaded when first needed, so that a process
    that only reads the index does without it.
    """
    if text.isascii():
        return []
    result: list[str] = []
    for run in _HAN.findall(analysis.normalise(text)):
        read = readings(run)
        result += [MARK + syllable for syllable in read]
        result += [pair(first, second) for first, second in pairwise(read)]
    return result


def readings(run: str) -> list[str]:
    """Return one toneless syllable for each character of a run of Chinese; ü is written v, the unreadable stands.

    A phrase whose reading differs from that of its characters is read as a phrase, the longest first.
    """
    phrases, longest = _phrases()
    result: list[str] = []
    place = 0
    while place < len(run):
        for length in range(min(longest, len(run) - place), 1, -1):
            if known := phrases.get(run[place : place + length]):
                result += known
                place += length
                break
        else:
            result.append(_reading(run[place]))
            place += 1
    return result


def pair(first: str, second: str) -> str:
    """Return the token of two syllables side by side."""
    return f"{MARK}{first}{MARK}{second}"


class Sounds(Protocol):
    """What splitting asks of an index."""

    def count(self, token: str) -> int:
        """Return how many documents hold a token."""

    def is_word(self, word: str) -> bool:
        """Say whether this is a Latin word of the catalogue."""


def split(letters: str, sounds: Sounds) -> tuple[str, ...] | None:
    """Return the likeliest cut of lower-case ASCII letters into syllables of the catalogue, or None for other words.

    Latin words and models of the catalogue may stand between syllables ("diy" in "diykabao"). The cut maximises the
    sum of ln(1 + documents with each pair of neighbours) - 4 for every part, by dynamic programming over positions and
    last parts (Viterbi, 1967). Letters of which the catalogue holds too few of the pairs are no pinyin to it.
    """
    best: list[dict[str, tuple[float, tuple[str, ...]]]] = [{"": (0.0, ())}, *({} for _ in letters)]
    for start in range(len(letters)):
        if not best[start]:
            continue
        for end in range(start + 1, min(start + LONGEST, len(letters)) + 1):
            part = letters[start:end]
            if not _is_part(part, sounds):
                continue
            for before, (score, path) in best[start].items():
                seen = sounds.count(pair(before, part)) if before in SYLLABLES and part in SYLLABLES else 1
                candidate = score + math.log1p(seen) - _SEAM
                known = best[end].get(part)
                if known is None or candidate > known[0]:
                    best[end][part] = (candidate, (*path, part))
    if not best[-1]:
        return None
    parts = max(best[-1].values())[1]
    return parts if _is_heard(parts, sounds) else None


def is_spelled(word: str) -> bool:
    """Say whether lower-case letters can be cut into syllables, whatever the catalogue holds."""
    return _SPELLED.fullmatch(word) is not None


def pairs(parts: tuple[str, ...]) -> list[str]:
    """Return the tokens of neighbouring syllables; a Latin word between them parts them."""
    return [pair(one, other) for one, other in pairwise(parts) if one in SYLLABLES and other in SYLLABLES]


def _is_part(part: str, sounds: Sounds) -> bool:
    if part in SYLLABLES:
        return sounds.count(MARK + part) > 0
    if part.isalpha():
        return len(part) > 1 and sounds.is_word(part)
    return part.isdigit() or (_MODEL.fullmatch(part) is not None and sounds.count(part) > 0)


def _is_heard(parts: tuple[str, ...], sounds: Sounds) -> bool:
    """Say whether this is Chinese at all: a single syllable, or enough pairs that the catalogue holds."""
    if not any(part in SYLLABLES for part in parts):
        return False
    heard = [sounds.count(token) > 0 for token in pairs(parts)]
    return sum(heard) >= len(heard) * (_SHARE_OF_FEW if len(heard) < _FEW else _SHARE_OF_MANY)


@lru_cache(maxsize=16_384)
def _reading(character: str) -> str:
    return str(import_module("pypinyin").lazy_pinyin(character, errors=lambda unknown: unknown)[0])


@cache
def _phrases() -> tuple[dict[str, list[str]], int]:
    """Return the phrases with a reading of their own, and the length of the longest."""
    toneless = import_module("pypinyin.contrib.tone_convert").to_normal
    plain: Callable[[str], str] = cache(lambda syllable: str(toneless(syllable, v_to_u=False)))
    phrases = import_module("pypinyin.phrases_dict").phrases_dict
    own: dict[str, list[str]] = {}
    for phrase, spelled in phrases.items():
        read = [plain(choices[0]) for choices in spelled]
        if len(read) == len(phrase) and read != [_reading(character) for character in phrase]:
            own[phrase] = read
    return own, max(map(len, own), default=0)
