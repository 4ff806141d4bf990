"""One analyzer for English and Chinese, for documents and for queries alike.

Text is normalised (NFKC, lower case, accents folded, traditional characters to simplified ones, signs such as ®
dropped) and cut into `Piece`s: words, numbers, sizes ("0.5 l", "500ml" and 500毫升 are all `500ml`), compounds
("dv7-1211ea") and runs of Chinese, Japanese or Korean. A document is indexed by every form of a piece: stems, the
compound squeezed and its parts, single characters and pairs of characters.

Conversion goes character by character, through OpenCC's table, because a pair of characters must read the same
in a short query as in the long title around it; OpenCC's phrases would look at the neighbours.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise

import Stemmer
from opencc import OpenCC

VERSION = "3"

_CJK = "\u3005\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_HAN_BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))
_SIGNS = dict.fromkeys(map(ord, "™®©℠"), " ")

# Each unit: what it is written as, and how many of those. Fluid and weight ounces are one: shoppers do not tell them
# apart.
_UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("ml", "milliliter", "milliliters", "millilitre", "millilitres"), ("ml", 1)),
    **dict.fromkeys(("cl",), ("ml", 10)),
    **dict.fromkeys(("l", "lt", "ltr", "liter", "liters", "litre", "litres"), ("ml", 1000)),
    **dict.fromkeys(("g", "gr", "gram", "grams"), ("g", 1)),
    **dict.fromkeys(("mg",), ("mg", 1)),
    **dict.fromkeys(("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms"), ("g", 1000)),
    **dict.fromkeys(("fl oz", "fl. oz", "oz", "ounce", "ounces"), ("oz", 1)),
    **dict.fromkeys(("pt", "pint", "pints"), ("oz", 16)),
    **dict.fromkeys(("qt", "quart", "quarts"), ("oz", 32)),
    **dict.fromkeys(("gal", "gallon", "gallons"), ("oz", 128)),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), ("lb", 1)),
    **dict.fromkeys(("in", "inch", "inches", '"', "″", "”"), ("in", 1)),
    **dict.fromkeys(("mm", "millimeter", "millimeters", "millimetre"), ("mm", 1)),
    **dict.fromkeys(("cm", "centimeter", "centimeters", "centimetre"), ("mm", 10)),
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), ("mm", 1000)),
    **dict.fromkeys(("ct", "count", "pk", "pack", "packs", "pc", "pcs", "piece", "pieces"), ("ct", 1)),
    **dict.fromkeys(("mb",), ("mb", 1)),
    **dict.fromkeys(("gb",), ("gb", 1)),
    **dict.fromkeys(("tb",), ("gb", 1000)),
    **dict.fromkeys(("mhz",), ("mhz", 1)),
    **dict.fromkeys(("ghz",), ("mhz", 1000)),
    **dict.fromkeys(("w", "watt", "watts"), ("w", 1)),
    **dict.fromkeys(("v", "volt", "volts"), ("v", 1)),
    **dict.fromkeys(("mah",), ("mah", 1)),
    **dict.fromkeys(("hz",), ("hz", 1)),
}
_CHINESE_UNITS = {
    **{"毫升": "ml", "公升": "l", "升": "l", "毫克": "mg", "千克": "kg", "公斤": "kg", "克": "g"},
    **{"英寸": "in", "寸": "in", "吋": "in", "毫米": "mm", "厘米": "cm", "公分": "cm", "米": "m"},
    **{"毫安": "mah", "瓦": "w", "伏": "v"},
}
_CHINESE_NAMES = "|".join(sorted(_CHINESE_UNITS, key=len, reverse=True))
_CHINESE_SIZE = re.compile(rf"(\d)\s?({_CHINESE_NAMES})(?![级拉尔])")
_UNIT_NAMES = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_LETTER = rf"(?:(?![{_CJK}])[^\W_])"
_PIECE = re.compile(
    rf"(?P<size>(?P<number>\d+(?:[.,]\d+)?)[ -]?(?P<unit>{_UNIT_NAMES})(?!{_LETTER})(?<!in(?=\s\d)))"
    rf"|(?P<decimal>\d+(?:[.,]\d+)+(?!{_LETTER}))"
    rf"|(?P<cjk>[{_CJK}]+)"
    rf"|(?P<word>{_LETTER}+(?:[-'’.+&]{_LETTER}+)*)"
)
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+$")
_JOINT = re.compile(r"[-'’.+&]")
_APOSTROPHE = re.compile(r"['’]")

_CLAUSE_END = re.compile(r"(?<=[.!?;])\s+|[\n\r。！？；]+")
_PURPOSE = re.compile(r"(?<=\S)\s(?:for|f/|with|w/)(?=\s)", re.IGNORECASE)

FUNCTION_WORDS = frozenset(
    {
        *("a", "an", "and", "at", "by", "for", "from", "in", "is", "it", "my", "of", "on", "or", "our", "the", "this"),
        *("that", "to", "under", "w", "with", "your"),
    }
)
"""Words that hold a phrase together: they are indexed and weigh what they weigh, but nobody asks for them."""

_SAID = frozenset({"word", "compound", "cjk"})
_local = threading.local()


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that was written: `kind` is word, number, size, compound or cjk; `text` its surface, `parts` its
    words.

    For a size, `text` is the canonical form and `parts` the number as written. `span` is where it stands in the
    normalised text.
    """

    kind: str
    text: str
    parts: tuple[str, ...]
    span: tuple[int, int] = field(default=(0, 0), compare=False)


def normalise(text: str, longest: int = 20_000) -> str:
    """Return `text` comparable: NFKC, lower case, accents folded, simplified; cut at `longest` characters."""
    text = unicodedata.normalize("NFKC", text[:longest].translate(_SIGNS)).lower()
    if not text.isascii():
        text = text.translate(_folding())
        text = _CHINESE_SIZE.sub(lambda match: match[1] + _CHINESE_UNITS[match[2]] + " ", text)
    return text


def pieces(text: str) -> Iterator[Piece]:
    """Yield the pieces of an already normalised text, in order."""
    for match in _PIECE.finditer(text):
        found, kind = match.group(), match.lastgroup
        if kind == "word":
            yield _word(found, match.span())
        elif kind == "cjk":
            yield Piece("cjk", found, tuple(found), match.span())
        elif kind == "decimal":
            number = found.replace(",", "") if _THOUSANDS.match(found) else found.replace(",", ".")
            yield Piece("number", number, (number,), match.span())
        else:
            yield _size(match["number"], match["unit"], match.span())


def stem(word: str) -> str:
    """Return the English stem of a word of ASCII letters; anything else, and one or two letters, comes back
    unchanged.
    """
    return _stem(word) if len(word) > 2 and word.isascii() and word.isalpha() else word


def tokens(text: str) -> list[str]:
    """Return every token that a document with this text is found by, repeated as often as it occurs.

    Sources: unigrams and bigrams instead of a segmenter, after Nie, Gao, Zhang and Zhou (2000), "On the use of words
    and n-grams for Chinese information retrieval"; Porter's Snowball English stemmer.
    """
    result: list[str] = []
    for piece in pieces(normalise(text)):
        if piece.kind == "cjk":
            result += piece.parts
            result += bigrams(piece.text)
        elif piece.kind == "word":
            result.append(stem(piece.text))
        else:
            result.append(piece.text)
            result += [stem(part) for part in piece.parts if part != piece.text]
    return result


def clauses(text: str) -> list[str]:
    """Return a text cut where sentences and lines end."""
    return [clause for clause in _CLAUSE_END.split(text) if clause]


def split_purpose(text: str) -> tuple[str, str]:
    """Return what is named, and what it is for or comes with: "Charger for phones" -> ("Charger", "for phones").

    Source: in an English noun phrase what follows a preposition modifies the head noun before it.
    """
    match = _PURPOSE.search(text)
    return (text[: match.start()], text[match.start() :]) if match else (text, "")


@lru_cache(maxsize=16_384)
def stems(text: str) -> tuple[str, ...]:
    """Return the stems of a name as a query for it would have them: a run of Chinese is one, a compound its parts."""
    return tuple(
        stem(part)
        for piece in pieces(normalise(text))
        for part in (piece.parts if piece.kind == "compound" else (piece.text,))
    )


def head(text: str) -> list[str]:
    """Return the stem of the word that says what a thing is: the last one of an English noun phrase.

    Sizes and numbers after it do not count: "Falcon Springs milk, 500 ml" is milk. Chinese titles end with whatever
    else was to be said, so they have none.
    """
    last = next((piece for piece in reversed(list(pieces(normalise(text)))) if piece.kind in _SAID), None)
    return [stem(last.parts[-1])] if last and last.kind != "cjk" else []


def words(text: str) -> list[str]:
    """Return the words as written (normalised, not stemmed): what spelling and suggestions offer."""
    return [
        part
        for piece in pieces(normalise(text))
        if piece.kind in {"word", "compound"}
        for part in piece.parts
        if part.isalpha()
    ]


def word_pairs(text: str) -> list[str]:
    """Return the pairs of words that stand side by side, with nothing but space between them."""
    normal = normalise(text)
    return [
        f"{first.text} {second.text}"
        for first, second in pairwise(pieces(normal))
        if first.kind == second.kind == "word" and not normal[first.span[1] : second.span[0]].strip()
    ]


def bigrams(run: str) -> list[str]:
    """Return the overlapping pairs of characters of a run."""
    return [run[i : i + 2] for i in range(len(run) - 1)]


def code_key(text: str) -> str:
    """Return a SKU or barcode as it is compared: letters and digits alone, normalised."""
    return "".join(character for character in normalise(text, 100) if character.isalnum())


def _word(found: str, span: tuple[int, int]) -> Piece:
    if found.isalnum():
        return Piece("word" if found.isalpha() else "number", found, (found,), span)
    plain = _APOSTROPHE.sub("", found)
    parts = tuple(part for part in _JOINT.split(plain) if part)
    if len(parts) == 1:
        return Piece("word", parts[0], parts, span)
    return Piece("compound", "".join(parts), parts, span)


def _size(number: str, unit: str, span: tuple[int, int]) -> Piece:
    name, factor = _UNITS[unit]
    written = number.replace(",", ".")
    amount = f"{float(written) * factor:.4f}".rstrip("0").rstrip(".")
    return Piece("size", amount + name, (written,), span)


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        stemmer = _local.stemmer = Stemmer.Stemmer("english", 0)
    return str(stemmer.stemWord(word))


@cache
def _folding() -> dict[int, str]:
    """Accented Latin letter -> plain letter, traditional -> simplified character, control character -> space."""
    table: dict[int, str] = {code: " " for code in range(0x2000, 0x2070) if chr(code) not in "’″”"}
    for first, last in ((0xC0, 0x250), (0x1E00, 0x1F00)):
        for code in range(first, last):
            plain = unicodedata.normalize("NFD", chr(code))[0]
            if plain.isascii():
                table[code] = plain
    table |= {ord("ß"): "ss", ord("æ"): "ae", ord("œ"): "oe", ord("ø"): "o", ord("ł"): "l"}
    characters = [chr(code) for first, last in _HAN_BLOCKS for code in range(first, last)]
    simplified = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    table |= {ord(old): new for old, new in zip(characters, simplified, strict=True) if old != new}
    return table
