"""Text as people type it, made comparable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from itertools import count

_SPACES = re.compile(r"\s+")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def squeeze(text: str) -> str:
    """Drop control characters and fold every run of white space into one space."""
    return _SPACES.sub(" ", _CONTROL.sub("", text)).strip()


def fold(text: str) -> str:
    """Return `text` with full-width forms narrowed, accents kept, case and spaces folded."""
    return squeeze(unicodedata.normalize("NFKC", text)).casefold()


def code_key(text: str) -> str:
    """Return a coupon code or SKU as it is stored: narrow, upper case, without spaces."""
    return _SPACES.sub("", _CONTROL.sub("", unicodedata.normalize("NFKC", text))).upper()


def is_id(text: str) -> bool:
    """Say whether typed text can be the id of a row: up to nine ASCII digits, which every database's integer holds."""
    return text.isascii() and text.isdecimal() and len(text) < 10


def is_path_here(target: str) -> bool:
    """Say whether a link stays on this site: a path, and nothing that a browser takes for another host."""
    if not target.startswith("/") or target.startswith("//"):
        return False
    return not any(ord(character) < 32 or character == "\\" for character in target)


def slugify(text: str, *, fallback: str = "item", longest: int = 80) -> str:
    """Return an ASCII, kebab-case slug; text without any ASCII letter or digit gives `fallback`."""
    ascii_text = unicodedata.normalize("NFKD", text.replace("&", " and ")).encode("ascii", "ignore").decode()
    slug = _NOT_SLUG.sub("-", ascii_text.lower()).strip("-")
    return slug[:longest].strip("-") or fallback


def first_free(wanted: str, taken: Container[str]) -> str:
    """Return `wanted`, or the first of "wanted-2", "wanted-3", ... that is not taken."""
    if wanted not in taken:
        return wanted
    return next(name for number in count(2) if (name := f"{wanted}-{number}") not in taken)
