"""Facts that the goods of a type have in common: how each is typed, checked and written down. Pure.

What a product's row keeps is what shoppers read ("12.5 cm", "Yes"), by the fact's name in each language: so filters,
lists and the table of details need not know of types. A form reads it back from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from storefront.catalog.states import AttributeKind
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import fold, squeeze

LONGEST_NAME, LONGEST_UNIT, LONGEST_TEXT = 60, 16, 200
MOST_ATTRIBUTES, MOST_CHOICES = 40, 60
MOST_FREE = 40
YES, NO = ("Yes", "是"), ("No", "否")
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?", re.ASCII)
_LINE = re.compile(r"\s*(?P<name>[^:：]+?)\s*[:：]\s*(?P<value>.+?)\s*")

Choice = tuple[str, str]
"""A value in English and in Chinese."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One fact of a type. A number has a unit, if any; a choice has its values."""

    name: str
    kind: AttributeKind
    name_zh: str = ""
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    is_required: bool = False
    is_filter: bool = True

    def __post_init__(self) -> None:
        if not self.name:
            raise Invalid(N_("A fact needs a name."), field="name")
        if max(len(self.name), len(self.name_zh)) > LONGEST_NAME or ":" in self.name + self.name_zh:
            text = N_("The name of a fact has at most %(count)d characters, and no colon.")
            raise Invalid(text, field="name", count=LONGEST_NAME)
        if len(self.unit) > LONGEST_UNIT:
            raise Invalid(N_("Use at most %(count)d characters."), field="unit", count=LONGEST_UNIT)
        if self.kind == AttributeKind.CHOICE and not self.choices:
            raise Invalid(N_("Name the values that can be chosen."), field="choices")
        if len(self.choices) > MOST_CHOICES or any(len(text) > LONGEST_TEXT for pair in self.choices for text in pair):
            raise Invalid(N_("There are too many values, or too long ones."), field="choices")

    @property
    def options(self) -> tuple[Choice, ...]:
        """What can be chosen; empty for what is typed freely."""
        return (YES, NO) if self.kind == AttributeKind.BOOLEAN else self.choices

    def name_in(self, locale: str) -> str:
        """Return what it is called."""
        return (self.name_zh if locale == "zh" else "") or self.name


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields of one fact; Chinese is asked of texts alone."""

    en: str = ""
    zh: str = ""


Facts = dict[str, str]
"""Names and values as shoppers read them."""


def write_fact(attribute: Attribute, typed: Typed) -> Choice | None:
    """Return a typed fact as it is kept, in both languages, None for none; raises Invalid."""
    text = squeeze(typed.en)
    if not text:
        if attribute.is_required:
            raise Invalid(N_("Products of this type need this fact."))
        return None
    if attribute.kind == AttributeKind.NUMBER:
        number = _number(text, attribute)
        written = f"{number} {attribute.unit}".strip()
        return written, written
    if attribute.options:
        found = next((pair for pair in attribute.options if pair[0] == text), None)
        if found is None:
            raise Invalid(N_("Choose one of the values."))
        return found[0], found[1] or found[0]
    if max(len(text), len(typed.zh)) > LONGEST_TEXT:
        raise Invalid(N_("Use at most %(count)d characters."), count=LONGEST_TEXT)
    return text, squeeze(typed.zh) or text


def read_fact(attribute: Attribute, facts: Mapping[str, str], facts_zh: Mapping[str, str]) -> Typed:
    """Return what the fields of a fact show of what is kept; the opposite of `write_fact`."""
    text = str(facts.get(attribute.name, ""))
    if attribute.kind == AttributeKind.NUMBER and attribute.unit:
        return Typed(text.removesuffix(attribute.unit).strip())
    if attribute.kind != AttributeKind.TEXT:
        return Typed(text)
    zh = str(facts_zh.get(attribute.name_in("zh"), ""))
    return Typed(text, zh if zh != text else "")


def join_facts(
    attributes: Sequence[Attribute], written: Mapping[str, Choice], free: Facts, free_zh: Facts
) -> tuple[Facts, Facts]:
    """Return a product's facts in both languages: those of its type in order, then free ones. None in Chinese where
    nothing would be told otherwise than in English.
    """
    facts = {each.name: written[each.name][0] for each in attributes if each.name in written}
    facts_zh = {each.name_in("zh"): written[each.name][1] for each in attributes if each.name in written}
    facts.update((name, value) for name, value in free.items() if name not in facts)
    more = free_zh or (free if facts_zh != {name: facts.get(name, "") for name in facts_zh} else {})
    facts_zh.update((name, value) for name, value in more.items() if name not in facts_zh)
    return facts, (facts_zh if any(facts.get(name) != value for name, value in facts_zh.items()) else {})


def free_facts(facts: Mapping[str, str], names: Iterable[str]) -> Facts:
    """Return the facts that are none of the type's."""
    known = set(names)
    return {name: str(value) for name, value in facts.items() if name not in known}


def in_order(facts: Mapping[str, str], names: Sequence[str]) -> Facts:
    """Return facts with the type's first, in its order: a database may keep them in another one."""
    known = {name: facts[name] for name in names if name in facts}
    return {**known, **{name: value for name, value in facts.items() if name not in known}}


def renamed(facts: Mapping[str, str], names: Mapping[str, str]) -> Facts:
    """Return facts under other names (old name -> new name), in the same order."""
    return {names.get(name, name): value for name, value in facts.items()}


def read_lines(text: str, *, field: str) -> Facts:
    """Read facts written as "Material: Cotton", one on a line; raises Invalid that quotes a line that is none."""
    found: Facts = {}
    for line in filter(None, (squeeze(line) for line in text.splitlines())):
        match = _LINE.fullmatch(line)
        if match is None:
            raise Invalid(N_("“%(line)s” has no colon between name and value."), field=field, line=line[:60])
        name, value = match["name"], match["value"]
        if len(name) > LONGEST_NAME or len(value) > LONGEST_TEXT:
            raise Invalid(N_("“%(line)s…” is too long."), field=field, line=line[:40])
        if fold(name) in {fold(known) for known in found}:
            raise Invalid(N_("“%(name)s” stands there twice."), field=field, name=name)
        found[name] = value
    if len(found) > MOST_FREE:
        raise Invalid(N_("At most %(count)d further facts can be told."), field=field, count=MOST_FREE)
    return found


def write_lines(facts: Mapping[str, str]) -> str:
    """Return facts as lines; the opposite of `read_lines`."""
    return "\n".join(f"{name}: {value}" for name, value in facts.items())


def check_attributes(attributes: Sequence[Attribute]) -> None:
    """Refuse too many facts, and two of one name; raises Invalid."""
    if len(attributes) > MOST_ATTRIBUTES:
        raise Invalid(N_("A type has at most %(count)d facts."), count=MOST_ATTRIBUTES)
    for locale in ("en", "zh"):
        seen: set[str] = set()
        for each in attributes:
            if fold(each.name_in(locale)) in seen:
                raise Invalid(N_("Two facts are called “%(name)s”."), name=each.name_in(locale))
            seen.add(fold(each.name_in(locale)))


def _number(text: str, attribute: Attribute) -> str:
    plain = text.removesuffix(attribute.unit).strip() if attribute.unit else text
    plain = plain.replace(",", ".") if re.fullmatch(r"-?\d+,\d{1,2}", plain) else plain
    try:
        number = Decimal(plain) if _NUMBER.fullmatch(plain) else None
    except InvalidOperation:
        number = None
    if number is None:
        raise Invalid(N_("Enter a number such as 12.5, without the unit."))
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written
