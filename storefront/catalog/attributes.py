"""Attributes of products and options of variants as facets: their keys in an address, their values, the order of these.

A facet of an attribute is called "a." and the key of its name, so no attribute, whatever a merchant calls it, can take
the place of another part of an address.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from storefront.kernel.text import squeeze

PREFIX = "a."
LONGEST_KEY = 40
OWN_FACETS = frozenset({"brand", "category", "price"})
"""What has a facet of its own, so an attribute of that name tells nothing new."""

_NOT_KEY = re.compile(r"[\W_]+")
_KEY = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LIST = re.compile(r"\s*[,，、;/]\s*")
_NUMBER = r"\d+(?:[.,]\d+)?(?:/\d+)?"
_UNIT = r"[^\W\d_]+(?: [^\W\d_]+)?|[\"″]"
_MEASURE = re.compile(
    rf"(?:(?P<times>\d+)\s?[x×]\s?)?(?P<amount>{_NUMBER})(?:\s?[-–]\s?{_NUMBER})?\s?(?P<unit>{_UNIT})?"
)
_LETTERS = {size: place for place, size in enumerate(("xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl"))}
_LETTERS |= {"small": 2, "medium": 3, "large": 4, "2xl": 6, "3xl": 7}


def _units(kind: str, **factors: float) -> dict[str, tuple[str, float]]:
    return {name.replace("_", " "): (kind, factor) for name, factor in factors.items()}


_UNITS = {
    **_units("mass", mg=0.001, g=1, kg=1000, oz=28.35, ounce=28.35, lb=453.6, lbs=453.6, 克=1, 千克=1000, 公斤=1000),
    **_units("volume", ml=1, cl=10, l=1000, fl_oz=29.57, pt=473.2, qt=946.4, gal=3785, 毫升=1, 升=1000),
    **_units("length", mm=1, cm=10, m=1000, inch=25.4, inches=25.4, ft=304.8, yd=914.4, 毫米=1, 厘米=10, 英寸=25.4),
    **{"in": ("length", 25.4), '"': ("length", 25.4), "″": ("length", 25.4), "寸": ("length", 25.4)},
    **_units(
        "count", ct=1, count=1, pk=1, pack=1, piece=1, pieces=1, pc=1, pcs=1, pair=1, pairs=1, dozen=12, 个=1, 件=1
    ),
    **_units("memory", kb=1, mb=1e3, gb=1e6, tb=1e9),
    **_units("power", w=1, kw=1000, mah=1),
    **_units("frequency", hz=1, khz=1e3, mhz=1e6, ghz=1e9),
}


@lru_cache(maxsize=4_000)
def attribute_key(name: str) -> str:
    """Return the key of an attribute's name: "Screen size" is "screen-size"; "" for a name without a letter."""
    plain = unicodedata.normalize("NFKC", name[: 2 * LONGEST_KEY]).casefold()
    return _NOT_KEY.sub("-", plain)[:LONGEST_KEY].strip("-")


def is_attribute_facet(name: str) -> bool:
    """Say whether this is the name of an attribute's facet, as one of ours would be written."""
    return name.startswith(PREFIX) and len(name) <= len(PREFIX) + LONGEST_KEY and bool(_KEY.fullmatch(name[2:]))


def attribute_values(value: str) -> tuple[str, ...]:
    """Return the values that a text holds: a list of single words ("white, black") holds each of them."""
    text = value.strip()
    parts = [part for part in _LIST.split(text) if part]
    listed = len(parts) > 1 and all(" " not in part and not any(map(str.isdigit, part)) for part in parts)
    return tuple(dict.fromkeys(parts)) if listed else (text,) if text else ()


def fitting(variants: Sequence[Mapping[str, str] | None], wish: Iterable[tuple[str, tuple[str, ...]]]) -> list[int]:
    """Return which of a product's variants, told by their options, have what is wished for.

    A wish for what none of them has as an option (the product's material, say) does not count.
    """
    having = [
        {PREFIX + attribute_key(name): squeeze(str(value)) for name, value in (options or {}).items()}
        for options in variants
    ]
    known = {key for options in having for key in options}
    counting = [(key, values) for key, values in wish if key in known]
    return [
        place for place, options in enumerate(having) if all(options.get(key) in values for key, values in counting)
    ]


def in_order(values: Iterable[str]) -> list[str] | None:
    """Return values from the smallest to the largest, or None where most of them are no measures."""
    all_values = list(values)
    measured = {value: measure for value in all_values if (measure := measure_of(value))}
    if 3 * len(measured) < 2 * len(all_values):
        return None
    rest = sorted(value for value in all_values if value not in measured)
    return [*sorted(measured, key=lambda value: (measured[value], value)), *rest]


@lru_cache(maxsize=8_000)
def measure_of(value: str) -> tuple[str, float] | None:
    """Return what is measured and how much of it, in one unit: 1 l and 1000 ml are the same; None for no measure."""
    text = unicodedata.normalize("NFKC", value).casefold().strip()
    if text in _LETTERS:
        return "size", float(_LETTERS[text])
    found = _MEASURE.match(text)
    if not found:
        return None
    kind, factor = next(_known(found["unit"] or ""))
    times = float(found["times"] or 1)
    return kind, times * _amount(found["amount"]) * factor


def _known(unit: str) -> Iterator[tuple[str, float]]:
    """Yield what is known of a unit, of its first word alone, and if nothing is, that it measures itself."""
    for name in (unit, unit.partition(" ")[0]):
        if name in _UNITS:
            yield _UNITS[name]
    yield unit.partition(" ")[0], 1.0


def _amount(text: str) -> float:
    whole, _, below = text.replace(",", ".").partition("/")
    return float(whole) / (float(below) if below and float(below) else 1.0)
