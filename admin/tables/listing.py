"""A whole list, described."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from admin.tables.describing import Column, Table
from admin.tables.source import Source
from admin.tables.state import ListState
from storefront.accounts.permissions import Permission


@dataclass(frozen=True, slots=True)
class Empty:
    """What stands where no rows are: before the first one, and when nothing matches."""

    icon: str
    title: str
    text: str
    nothing_matches: str
    show_all: str
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """What has to be chosen before an action: (value, words); the words are untranslated, or names when `is_data`."""

    label: str
    options: tuple[tuple[str, str], ...]
    is_data: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """Something that may be done to many rows, each in its own transaction."""

    key: str
    label: str
    says: str
    """What will happen, before it does."""
    permission: Permission
    do: Callable[[str, str, str, datetime], str]
    """Do it to the row with this key, with what was chosen, by whom and when; return what was there before. A
    `ShopError` refuses that row and leaves it as it was."""
    ask: Callable[[], Ask] | None = None
    undo: str = ""
    """The action that takes it back, given what was there before; "" where nothing does."""
    looks: str = "line"
    is_offered: bool = True
    """Only what others are undone with is not."""


@dataclass(frozen=True, slots=True)
class Print:
    """A page about the chosen rows, to be printed or worked on."""

    url: str
    label: str
    icon: str = "printer"
    permissions: tuple[Permission, ...] = ()
    """Whoever has one of these is offered it; everybody where there is none."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the back office. `name` stands in addresses and in what people keep, so it does not change."""

    name: str
    title: str
    caption: str
    permission: Permission
    table: Callable[[], Table]
    source: Callable[[ListState], Source]
    cells: str
    """A template with a macro for each column's key, which draws the cell of a row."""
    empty: Empty
    key: Callable[[Any], str] = lambda row: str(row.id)
    known_as: Callable[[Any], str] = lambda row: str(row.name)
    """What a row is called where it stands alone."""
    page: str = "admin/list.html"
    context: Callable[[Sequence[Any]], Mapping[str, Any]] = lambda _rows: {}
    """What the cells of these rows need besides the rows."""
    actions: tuple[Action, ...] = ()
    prints: tuple[Print, ...] = ()
    is_exported: bool = True

    def action(self, key: str) -> Action | None:
        """Return an action by its key; None for one that there is not."""
        return next((action for action in self.actions if action.key == key), None)


def shown_columns(table: Table, hidden: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of a page: without those that a person leaves out, and those that files alone have."""
    return tuple(column for column in columns_taken(table, hidden) if not column.is_only_in_files)


def columns_taken(table: Table, hidden: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of a file: without those that a person leaves out."""
    return tuple(column for column in table.columns if column.is_fixed or column.key not in hidden)
