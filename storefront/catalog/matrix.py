"""Options and the variants that they make. Pure.

An option ("Size") has values in the merchant's order; every combination of values may be a variant, of which some exist
and the merchant says which of the others do. A variant that says nothing of an option has its first value: so a product
that was sold in one colour gets a second one, and a product without options becomes the first combination.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product as combined
from math import prod
from typing import Any, Protocol

from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import code_key, fold, slugify, squeeze

MOST_OPTIONS, MOST_VARIANTS = 3, 100
LONGEST_OPTION, LONGEST_VALUE, LONGEST_SKU = 40, 40, 64
LONGEST_VARIANT_NAME = 120
BETWEEN_NAMES = " / "
_SKU = re.compile(r"[\w.+#-]+")
_PLACE = re.compile(r"\{([^{}]*)\}")

Combination = Mapping[str, str]


class Existing(Protocol):
    """What the matrix needs to know of a variant."""

    @property
    def sku(self) -> str: ...
    @property
    def options(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Value:
    """One value of an option, and what it is called in Chinese where it is called something else."""

    text: str
    zh: str = ""

    def __post_init__(self) -> None:
        if not self.text or max(len(self.text), len(self.zh)) > LONGEST_VALUE:
            raise Invalid(N_("A value has 1 to %(count)d characters."), count=LONGEST_VALUE)


@dataclass(frozen=True, slots=True)
class Option:
    """What tells variants apart, with its values in the order in which shoppers see them."""

    name: str
    values: tuple[Value, ...]
    name_zh: str = ""

    def __post_init__(self) -> None:
        if not self.name or max(len(self.name), len(self.name_zh)) > LONGEST_OPTION:
            raise Invalid(N_("The name of an option has 1 to %(count)d characters."), count=LONGEST_OPTION)
        if not self.values:
            raise Invalid(N_("“%(name)s” needs at least one value."), name=self.name)
        if again := _again(value.text for value in self.values):
            raise Invalid(N_("“%(name)s” has the value “%(value)s” twice."), name=self.name, value=again)

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as they are stored with variants."""
        return tuple(value.text for value in self.values)


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination. `sku` is that of the variant that it is already, empty where there is none; `is_completed` says
    that this variant said nothing of some option before.
    """

    options: Combination
    sku: str = ""
    is_completed: bool = False

    @property
    def name(self) -> str:
        return name_of(self.options)


def read_options(data: Iterable[Mapping[str, Any]]) -> tuple[Option, ...]:
    """Return options from what a product's row says."""
    return tuple(
        Option(str(each["name"]), tuple(Value(str(text), str(zh)) for text, zh in each["values"]), str(each["zh"]))
        for each in data
    )


def write_options(options: Iterable[Option]) -> list[dict[str, Any]]:
    """Return options as a product's row says them; the opposite of `read_options`."""
    return [
        {"name": each.name, "zh": each.name_zh, "values": [[value.text, value.zh] for value in each.values]}
        for each in options
    ]


def options_in_use(stored: Sequence[Option], variants: Iterable[Existing]) -> tuple[Option, ...]:
    """Return a product's options, with what its variants have beside those that are stored."""
    found = {option.name: list(option.values) for option in stored}
    for variant in variants:
        for name, text in variant.options.items():
            values = found.setdefault(name, [])
            if text and text not in [value.text for value in values]:
                values.append(Value(text))
    chinese = {option.name: option.name_zh for option in stored}
    return tuple(Option(name, tuple(values), chinese.get(name, "")) for name, values in found.items() if values)


def words_of(options: Iterable[Option], locale: str) -> dict[str, str]:
    """Return what options and their values are called where they are called something else."""
    if locale != "zh":
        return {}
    named = {option.name: option.name_zh for option in options if option.name_zh}
    return named | {value.text: value.zh for option in options for value in option.values if value.zh}


def check_options(options: Sequence[Option], variants: Sequence[Existing]) -> None:
    """Refuse more than the shop can show, one name twice, and options without what variants have; raises Invalid."""
    if len(options) > MOST_OPTIONS:
        raise Invalid(N_("A product has at most %(count)d options."), count=MOST_OPTIONS)
    if again := _again(option.name for option in options):
        raise Invalid(N_("There are two options “%(name)s”."), name=again)
    if (count := prod(len(option.values) for option in options)) > MOST_VARIANTS:
        text = N_("These options make %(count)d combinations. A product has at most %(most)d: leave values out.")
        raise Invalid(text, count=count, most=MOST_VARIANTS)
    texts = {option.name: option.texts for option in options}
    for variant in variants:
        for name, value in variant.options.items():
            if name not in texts:
                raise Invalid(N_("%(sku)s has the option “%(name)s”: it cannot go."), sku=variant.sku, name=name)
            if value and value not in texts[name]:
                text = N_(
                    "%(sku)s has “%(value)s” as its %(name)s: this value cannot go. Withdraw the variant instead."
                )
                raise Invalid(text, sku=variant.sku, value=value, name=name)


def lay_out(options: Sequence[Option], variants: Sequence[Existing]) -> tuple[Cell, ...]:
    """Return every combination in order, with the variants that are there; raises Invalid where two would be one."""
    check_options(options, variants)
    taken: dict[tuple[str, ...], Existing] = {}
    for variant in variants:
        key = tuple(completed(variant.options, options).values())
        if key in taken:
            text = N_("%(first)s and %(second)s would both be “%(name)s”: two variants cannot be the same.")
            name = BETWEEN_NAMES.join(key)
            raise Invalid(text, first=taken[key].sku, second=variant.sku, name=name)
        taken[key] = variant
    names = [option.name for option in options]
    cells = []
    for key in combined(*(option.texts for option in options)):
        there = taken.get(key)
        told = dict(zip(names, key, strict=True))
        cells.append(Cell(told, there.sku if there else "", there is not None and dict(there.options) != told))
    return tuple(cells)


def completed(options: Combination, plan: Sequence[Option]) -> dict[str, str]:
    """Return a variant's options as `plan` has them, the first value where it says nothing."""
    return {option.name: options.get(option.name) or option.texts[0] for option in plan}


def place_of(options: Combination, plan: Sequence[Option]) -> tuple[int, ...]:
    """Return by what variants are ordered: the places of their values."""
    known = completed(options, plan)
    return tuple(
        option.texts.index(known[option.name]) if known[option.name] in option.texts else len(option.values)
        for option in plan
    )


def name_of(options: Combination) -> str:
    """Return what tells a variant from its siblings: "Red / M"."""
    return BETWEEN_NAMES.join(options.values())[:LONGEST_VARIANT_NAME]


def usual_pattern(base: str, options: Iterable[Option]) -> str:
    """Return the pattern that SKUs are proposed by: "MUG-{Size}-{Colour}"."""
    return "-".join([base, *(f"{{{option.name}}}" for option in options)])


def propose_skus(pattern: str, cells: Sequence[Cell], options: Sequence[Option]) -> list[str]:
    """Return a SKU for each cell by a pattern, different ones; raises Invalid for a pattern that names no option.

    A value without a letter or digit of ASCII is told by its number.
    """
    values = {
        option.name: {text: _code(text, number) for number, text in enumerate(option.texts, 1)} for option in options
    }
    for name in _PLACE.findall(pattern):
        if name not in values:
            raise Invalid(N_("There is no option “%(name)s”, which stands in the pattern."), name=name, field="pattern")
    parts = _PLACE.split(pattern)
    found: dict[str, None] = {}
    for cell in cells:
        told = [values[part][cell.options[part]] if place % 2 else part for place, part in enumerate(parts)]
        again = sku = code_key("".join(told))
        number = 2
        while again in found:
            again, number = f"{sku}-{number}", number + 1
        found[again] = None
    return list(found)


def checked_sku(text: str) -> str:
    """Return a SKU as it is stored; raises Invalid."""
    sku = code_key(text)
    if not sku:
        raise Invalid(N_("A variant needs a SKU."), field="sku")
    if len(sku) > LONGEST_SKU:
        raise Invalid(N_("Use at most %(count)d characters."), count=LONGEST_SKU, field="sku")
    if not _SKU.fullmatch(sku):
        raise Invalid(N_("A SKU has letters, digits and . _ + # - only."), field="sku")
    return sku


def split_values(text: str) -> list[str]:
    """Return the values in a text: with commas between them, or one on each line."""
    return [value for part in re.split(r"[,，、;；\n]", text) if (value := squeeze(part))]


def _code(text: str, number: int) -> str:
    return slugify(text, fallback=str(number)).upper().replace("-", "")


def _again(texts: Iterable[str]) -> str:
    seen: set[str] = set()
    for text in texts:
        if fold(text) in seen:
            return text
        seen.add(fold(text))
    return ""
