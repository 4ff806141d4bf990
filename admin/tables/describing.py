"""What a list shows and how it may be narrowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PAGE_SIZE = 50
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `sort` names what it sorts by; empty means it does not."""

    label: str
    sort: str = ""
    is_number: bool = False
    is_hidden_label: bool = False
    key: str = ""
    """Names the macro that draws its cells, and the column where somebody leaves it out."""
    value: Callable[[Any], object] | None = None
    """What a file holds of it: text, a number, a moment, Money, or `Words` to be translated; None leaves it out."""
    look: str = ""
    """Classes of its cells."""
    is_only_in_files: bool = False
    is_fixed: bool = False
    """It tells the rows apart, so nobody leaves it out."""


MOST_AT_HAND = 4
"""So many fields to narrow a list by stand above it; of more the last place is for what opens the others."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with a closed set of values."""

    key: str
    label: str
    options: tuple[tuple[str, str], ...]
    """(value, words); the words are untranslated, or a name when `is_data`."""
    is_data: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """What it is called in an address."""
        return (self.key,)


@dataclass(frozen=True, slots=True)
class Days:
    """A filter by day, from and to, both included; in an address either may be a minute ("2026-05-10T14:30"), from
    which on, or until just before which."""

    key: str
    label: str

    @property
    def fields(self) -> tuple[str, ...]:
        """What its two days are called in an address."""
        return (f"{self.key}_from", f"{self.key}_to")


@dataclass(frozen=True, slots=True)
class Table:
    """A list: where it is, what it shows and how it may be narrowed."""

    url: str
    columns: tuple[Column, ...]
    default_sort: str
    """A column's `sort`, with a minus in front for descending."""
    filters: tuple[Choice | Days, ...] = ()
    search_label: str = ""

    @property
    def filters_at_hand(self) -> tuple[Choice | Days, ...]:
        """The first filters, which always stand above the list: all of them, unless that were more than a row."""
        if sum(len(each.fields) for each in self.filters) <= MOST_AT_HAND:
            return self.filters
        return tuple(each for each in self.filters[: MOST_AT_HAND - 1] if isinstance(each, Choice))

    @property
    def more_filters(self) -> tuple[Choice | Days, ...]:
        """The others, which are folded away until somebody wants them."""
        at_hand = self.filters_at_hand
        return tuple(each for each in self.filters if each not in at_hand)


@dataclass(frozen=True, slots=True)
class Words:
    """A word of the shop's own in a file's cell: it is translated as the file is written."""

    text: str
