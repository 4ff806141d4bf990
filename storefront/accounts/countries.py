"""Countries by name, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from babel import Locale

from storefront.accounts.rules import COUNTRIES


@lru_cache(maxsize=8)
def country_choices(locale: str, first: str = "") -> tuple[tuple[str, str], ...]:
    """Return (code, name) pairs by name, `first` at the top; `locale` is a Babel name such as "zh_Hans_CN"."""
    names = _names(locale)
    pairs = sorted(((code, names.get(code, code)) for code in COUNTRIES), key=lambda pair: (pair[0] != first, pair[1]))
    return tuple(pairs)


def country_name(code: str, locale: str) -> str:
    """Return a country's name; an unknown code stands for itself."""
    return _names(locale).get(code, code)


@lru_cache(maxsize=1)
def countries_by_name() -> Mapping[str, str]:
    """Return the code of every country by its name in English and Chinese, folded and without spaces."""
    found = {"usa": "US", "us": "US", "america": "US", "uk": "GB", "england": "GB", "mainlandchina": "CN", "prc": "CN"}
    for locale in ("en", "zh_Hans_CN"):
        found |= {re.sub(r"[\s.]", "", name).casefold(): code for code, name in _names(locale).items()}
    return found


@lru_cache(maxsize=8)
def _names(locale: str) -> dict[str, str]:
    territories = Locale.parse(locale).territories
    return {code: str(territories[code]) for code in COUNTRIES if code in territories}
