"""A report as a value: its columns, which are those of its file too, and its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from admin.figures.asking import Asked
from admin.figures.meaning import Figure
from admin.figures.plots import Plot
from admin.tables.describing import Column
from storefront.accounts.permissions import Permission


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads somewhere."""

    text: str
    url: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Share:
    """A cell that is a share; None is unknown. A change has a sign."""

    value: float | None
    is_change: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What a report has to show: figures, charts, and the rows of its table, each a tuple as long as the columns."""

    columns: Sequence[Column]
    rows: Sequence[tuple[Any, ...]]
    caption: str
    asked: Asked
    figures: Sequence[Figure] = ()
    plots: Sequence[Plot] = ()
    notes: Sequence[str] = ()
    """Sentences about what the numbers are, below the table."""
    tabs: Sequence[tuple[str, str, bool]] = ()
    """(words, address, whether it is shown)"""
    compared: Asked | None = None
    is_empty: bool = False
    size: int = 1
    """How many days a point of a chart stands for."""
    without_days: bool = False
    """It is about now, so no days are asked for."""
    table_open: bool = True
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """One report: where it is, what it is called, who may see it, and how it is made."""

    key: str
    title: str
    says: str
    permission: Permission
    make: Callable[[Asked, dict[str, str]], Made]

    @property
    def url(self) -> str:
        return f"/admin/reports/{self.key}"


def cell(place: int) -> Callable[[tuple[Any, ...]], object]:
    """Return what reads one cell of a row for a file: text, a number, a day, an amount; a share as a fraction."""

    def read(row: tuple[Any, ...]) -> object:
        value = row[place]
        if isinstance(value, Link):
            return value.text
        if isinstance(value, Share):
            return None if value.value is None else round(value.value, 4)
        return value

    return read


def columns(*labels: tuple[str, bool]) -> tuple[Column, ...]:
    """Return columns of (label, whether it is a number)."""
    return tuple(Column(label, is_number=number, value=cell(place)) for place, (label, number) in enumerate(labels))
