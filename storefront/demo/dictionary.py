"""The demo's words: what the till roll calls a thing, and what a shopper does.

Each file of `words/` is one department. Its first line is `@ slug | English | Chinese | emoji`; a section
`[RAW CATEGORY] English | Chinese | emoji` (or `[RAW DEPARTMENT/RAW CATEGORY]`) names a category, and each line below it
`RAW TYPE = English | Chinese | emoji` a type, the last two optional. Sections with one English name are one category.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from storefront.demo.shorthand import sentence, spelled_out

FOLDER = Path(__file__).parent / "words"
NOT_GOODS = frozenset(
    {
        *("MISC SALES TRANS", "PEYTON/GM EXPENSE ITEMS", "DONATIONS", "FTD SERVICE CHARGES", "OUTGOING/INCOMING FTD"),
        *("CRV DEPOSIT NT/F", "CRV DEPOSIT T/NF", "VIDEO RENTALS"),
    }
)
"""Types that the till knows but no shopper buys."""
NOT_GOODS_CATEGORIES = frozenset({"COUPON/MISC ITEMS", "BOTTLE DEPOSITS", "PROD SUPPLIES"})


class BadWords(ValueError):
    """A line of `words/` that cannot be read."""


@dataclass(frozen=True, slots=True)
class Words:
    """A name in both languages with the emoji of its picture; `zh` may be empty."""

    en: str
    zh: str
    emoji: str

    @property
    def title(self) -> str:
        """The English name as a heading."""
        return sentence(self.en)


@dataclass(frozen=True, slots=True)
class Place:
    """Where goods of one raw type belong: department, category and type, each in words."""

    slug: str
    department: Words
    category: Words
    kind: Words


@dataclass(frozen=True, slots=True)
class Dictionary:
    """All of `words/`, looked up by what the data set calls things."""

    departments: dict[str, Words]
    categories: dict[str, tuple[str, Words]]
    """Raw category (or department/category) -> department slug, words."""
    kinds: dict[tuple[str, str], Words]
    """Raw section, raw type -> words."""
    sections_of: dict[str, tuple[str, ...]]
    """Raw type -> the sections that name it, in reading order."""

    def place(self, department: str, category: str, kind: str) -> Place | None:
        """Say where goods belong; None for what is no goods.

        A type that its own section does not name, but another does, was filed in the wrong place and goes there;
        a type that nobody names is spelled out by rule.
        """
        if kind in NOT_GOODS or category in NOT_GOODS_CATEGORIES:
            return None
        section = f"{department}/{category}" if f"{department}/{category}" in self.categories else category
        if (section, kind) not in self.kinds and kind in self.sections_of:
            section = self.sections_of[kind][0]
        if section not in self.categories:
            return None
        slug, words = self.categories[section]
        found = self.kinds.get((section, kind))
        return Place(slug, self.departments[slug], words, found or self._by_rule(kind, words))

    def _by_rule(self, kind: str, category: Words) -> Words:
        text = spelled_out(kind, category.en)
        chinese = category.zh if text == category.en.lower() else ""
        return Words(text, chinese, category.emoji)


@lru_cache(maxsize=1)
def read_dictionary() -> Dictionary:
    """Read every file of `words/`; raises BadWords with the file and line."""
    departments: dict[str, Words] = {}
    categories: dict[str, tuple[str, Words]] = {}
    kinds: dict[tuple[str, str], Words] = {}
    sections_of: dict[str, tuple[str, ...]] = {}
    for path in _files():
        slug, section, words = "", "", Words("", "", "")
        for number, line in _lines(path):
            try:
                if line.startswith("@ "):
                    slug, rest = (part.strip() for part in line[2:].split("|", 1))
                    departments[slug] = _words(rest, "")
                elif line.startswith("["):
                    section, rest = line[1:].split("]", 1)
                    words = _words(rest, departments[slug].emoji)
                    categories[section] = (slug, words)
                else:
                    kind, rest = line.split(" = ", 1)
                    kinds[section, kind] = _words(rest, words.emoji)
                    sections_of[kind] = (*sections_of.get(kind, ()), section)
            except (ValueError, KeyError) as error:
                raise BadWords(f"{path.name}:{number}: {line!r}") from error
    return Dictionary(departments, categories, kinds, sections_of)


def words_hash() -> str:
    """Return a hash of all the words; the same words are the same catalogue."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in _files())).hexdigest()[:16]


def _files() -> list[Path]:
    return sorted(FOLDER.glob("*.txt"))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            yield number, line.rstrip()


def _words(text: str, emoji: str) -> Words:
    en, zh, own = (part.strip() for part in (text + "||").split("|")[:3])
    if not en:
        raise ValueError("no English name")
    return Words(en, zh, own or emoji)
