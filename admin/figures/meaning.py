"""Pure: a figure beside that of another time, with the words that say how it differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.figures.rules import DEFINITIONS, Definition, Key, Kind, Sums, change_of


@dataclass(frozen=True, slots=True)
class Past:
    """A figure of another time, and how far now is from it; `change` is None where they cannot be compared."""

    label: str
    value: int | float | None
    change: float | None
    is_better: bool | None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure now, beside those of other times; `url` leads to the rows behind it."""

    definition: Definition
    value: int | float | None
    pasts: tuple[Past, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Time:
    """What was counted at some time, what that time is called, and the rows behind each figure."""

    label: str
    sums: Sums | None
    urls: dict[Key, str]


def figure_of(key: Key, now: Time, pasts: Sequence[Time]) -> Figure:
    """Return a figure beside those of other times; a time without sums was before the shop."""
    definition, value = DEFINITIONS[key], now.sums.value(key) if now.sums else None
    return Figure(definition, value, tuple(_past(definition, value, past) for past in pasts), now.urls.get(key, ""))


def _past(definition: Definition, value: int | float | None, past: Time) -> Past:
    before = past.sums.value(definition.key) if past.sums else None
    change = change_of(value, before, Kind(definition.kind))
    better = None if not change or not definition.sign else (change > 0) == (definition.sign > 0)
    return Past(past.label, before, change, better, past.urls.get(definition.key, ""))
