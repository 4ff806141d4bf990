"""The shop's own words for attributes: how merchants write a name, and what translations of products call it.

A product's attributes and their translation stand in the same order, so the one says what the other is called in
another language. What no product translates is said as the catalogue of messages does, or as it was written.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, select

from storefront.catalog.attributes import PREFIX, attribute_key, attribute_values
from storefront.catalog.matrix import read_options, words_of
from storefront.catalog.models import Product, Variant
from storefront.database.reading import read
from storefront.discovery import live
from storefront.discovery.searching import find_searcher
from storefront.kernel.clock import now
from storefront.kernel.errors import N_
from storefront.kernel.kept import Kept
from storefront.web.beside import Beside
from storefront.web.locale import DEFAULT, LOCALES, term
from storefront.web.measures import size_words

WHOLE_AFTER = timedelta(minutes=10)
"""Bulk writes may leave `updated_at` alone."""
OVERLAP = timedelta(seconds=10)
"""A transaction may commit a while after the moment that it wrote into its rows."""
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


class _Table:
    """The wording of this process: read whole now and then, and after each change of the index what was written since.

    Attributes become facets with the next generation of the index, so their words are looked for just then. While one
    thread reads, the others go on with what is known, and the whole is read beside them. Of a small shop the very first
    waits for it; in a large one attributes are called what their keys say, until it was read.
    """

    def __init__(self) -> None:
        self._wording = Wording()
        self._whole_at: datetime | None = None
        self._read_at: datetime | None = None
        self._seen: object = None
        self._reading = threading.Lock()
        self._beside = Beside("wording")

    @property
    def is_read(self) -> bool:
        return self._whole_at is not None

    def get(self) -> Wording:
        searcher = find_searcher()
        seen = searcher.generation if searcher else None
        known = self._wording
        if self._whole_at is None and seen and seen.documents > live.MOST_AT_ONCE:
            self._beside.start(self._read_again)
            return known
        if self._whole_at is None:
            with self._reading:
                if self._whole_at is None:
                    at = now()
                    self._take(_read(Wording(), None), at, seen)
                    self._whole_at = at
        elif seen is not self._seen and self._reading.acquire(blocking=False):
            try:
                since, at = self._read_at, now()
                self._take(_read(self._wording, since and since - OVERLAP), at, seen)
            finally:
                self._reading.release()
        elif now() - self._whole_at > WHOLE_AFTER:
            self._beside.start(self._read_again)
            return known
        return self._wording

    def _read_again(self) -> None:
        """Read the whole; what was written meanwhile is read after it."""
        at = now()
        fresh = _read(Wording(), None)
        with self._reading:
            self._take(fresh, at, None)
            self._whole_at = at

    def _take(self, wording: Wording, at: datetime, seen: object) -> None:
        if wording != self._wording:
            self._wording = wording
        self._read_at, self._seen = at, seen


def wording() -> Wording:
    """Return the shop's words, not older than the index in use."""
    return _kept.get().get()


def is_worded() -> bool:
    """Say whether the shop's words were read."""
    return _kept.get().is_read


_kept = Kept(_Table, seconds=24 * 3600.0)


def _read(known: Wording, since: datetime | None) -> Wording:
    """Return what was `known` with the words of whatever was written since then; None is always."""
    names, words = dict(known.names), {locale: dict(told) for locale, told in known.words.items()}
    for (text,) in read(_options(since)):
        names.update((PREFIX + attribute_key(name), name) for name in _object(text))
    seen = set[object]()
    for row in read(_attributes(since)):
        _learn(row, names, words, seen)
    for (options,) in read(_named_options(since)):
        for locale in LOCALES:
            words.setdefault(locale, {}).update(words_of(read_options(json.loads(options)), locale))
    return Wording(names, words)


def _learn(row: Any, names: dict[str, str], words: dict[str, dict[str, str]], seen: set[object]) -> None:
    """Take in the attributes of a product, and what its translations call them; what was `seen` is known."""
    written = _object(row.attributes)
    for name in written:
        if name not in seen:
            seen.add(name)
            names[PREFIX + attribute_key(name)] = name
    for locale in LOCALES:
        translated, known = _object(getattr(row, locale)), words.setdefault(locale, {})
        if len(translated) != len(written):
            continue
        for pair in zip(written.items(), translated.items(), strict=True):
            if (locale, pair) not in seen:
                seen.add((locale, pair))
                known.update(_pairs(*pair))


def _pairs(ours: tuple[str, str], theirs: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what a name, and each value where there are as many, is called."""
    yield ours[0], theirs[0]
    values, called = attribute_values(ours[1]), attribute_values(theirs[1])
    if len(values) == len(called):
        yield from zip(values, called, strict=True)


def _object(text: Any) -> dict[str, str]:
    found = json.loads(text) if isinstance(text, str) and text.startswith("{") else {}
    return {str(name): str(value) for name, value in found.items()}


def _options(since: datetime | None) -> Select[Any]:
    found = select(cast(Variant.options, Text)).where(Variant.is_active).distinct()
    return found.where(Variant.updated_at >= since) if since else found


def _named_options(since: datetime | None) -> Select[Any]:
    written = cast(Product.options, Text)
    found = select(written).where(written != "[]").distinct()
    return found.where(Product.updated_at >= since) if since else found


def _attributes(since: datetime | None) -> Select[Any]:
    columns: list[ColumnElement[Any]] = [cast(Product.attributes, Text).label("attributes")]
    columns += [cast(Product.translations[locale]["attributes"], Text).label(locale) for locale in LOCALES]
    found = select(*columns).distinct()
    return found.where(Product.updated_at >= since) if since else found
