"""The shop's own words for attributes: how merchants write a name, and what translations of products call it.

A product's attributes and their translation stand in the same order, so the one says what the other is called in
another language. What no product translates is said as the catalogue of messages does, or as it was written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Text, cast, select

from storefront.catalog.attributes import PREFIX, attribute_key, attribute_values
from storefront.catalog.models import Product, Variant
from storefront.database.reading import read
from storefront.kernel.errors import N_
from storefront.kernel.kept import Kept
from storefront.web.locale import DEFAULT, LOCALES, term
from storefront.web.measures import size_words

KEPT_FOR = 600.0
COMMON = (
    *(N_("Color"), N_("Material"), N_("Flavor"), N_("Storage"), N_("Screen size"), N_("Monitor size"), N_("Kind")),
    *(N_("black"), N_("white"), N_("gray"), N_("red"), N_("blue"), N_("green"), N_("yellow"), N_("pink"), N_("brown")),
    *(N_("wood"), N_("metal"), N_("mint"), N_("mustard"), N_("pearl"), N_("orange"), N_("purple"), N_("beige")),
)
"""What many shops say of their goods."""


@dataclass(frozen=True, slots=True)
class Wording:
    """`names` by key as merchants write them; `words` by locale: what a name or a value is called there."""

    names: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def name(self, facet: str, locale: str) -> str:
        """Return what an attribute's facet is called."""
        written = self.names.get(facet, facet.removeprefix(PREFIX).replace("-", " ").capitalize())
        return self.words.get(locale, {}).get(written) or term(written)

    def value(self, value: str, locale: str) -> str:
        """Return what an attribute's value is called."""
        if locale == DEFAULT:
            return value
        return self.words.get(locale, {}).get(value) or (term(value) if value in COMMON else size_words(value))


def _read() -> Wording:
    names: dict[str, str] = {}
    words: dict[str, dict[str, str]] = {}
    for (text,) in read(_OPTIONS):
        for name in _object(text):
            names.setdefault(PREFIX + attribute_key(name), name)
    for row in read(_ATTRIBUTES):
        written = _object(row.attributes)
        for name in written:
            names.setdefault(PREFIX + attribute_key(name), name)
        for locale in LOCALES:
            translated = _object(getattr(row, locale))
            if len(translated) == len(written):
                words.setdefault(locale, {}).update(_pairs(written, translated))
    return Wording(names, words)


_kept = Kept(_read, seconds=KEPT_FOR)
wording = _kept.get


def _pairs(written: Mapping[str, str], translated: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for (name, value), (other_name, other_value) in zip(written.items(), translated.items(), strict=True):
        yield name, other_name
        ours, theirs = attribute_values(value), attribute_values(other_value)
        if len(ours) == len(theirs):
            yield from zip(ours, theirs, strict=True)


def _object(text: Any) -> dict[str, str]:
    found = json.loads(text) if isinstance(text, str) and text.startswith("{") else {}
    return {str(name): str(value) for name, value in found.items()}


_OPTIONS = select(cast(Variant.options, Text)).where(Variant.is_active).distinct()
_ATTRIBUTES = select(
    cast(Product.attributes, Text).label("attributes"),
    *(cast(Product.translations[locale]["attributes"], Text).label(locale) for locale in LOCALES),
).distinct()
