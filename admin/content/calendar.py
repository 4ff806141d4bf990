"""A month of a page: what each slot shows when, where entries stand in each other's way, and where nothing is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from admin.content.queries import plain_slots
from admin.months import Bar, Month, bar_of
from storefront.content.models import Slot
from storefront.content.rules import Entry, Visitor
from storefront.content.schedule import Overlap, Stretch, gaps, overlaps
from storefront.content.states import EntryStatus

SHOWN_STATES = {EntryStatus.APPROVED: "running", EntryStatus.PAUSED: "paused", EntryStatus.DRAFT: "draft"}


@dataclass(frozen=True, slots=True)
class Row:
    """An entry whose time touches the month; `look` is how its bar is drawn."""

    entry: Entry
    bar: Bar
    look: str
    under: tuple[Overlap, ...]
    """When others are shown instead of it."""


@dataclass(frozen=True, slots=True)
class SlotMonth:
    """One slot in a month."""

    slot: Slot
    rows: tuple[Row, ...]
    gaps: tuple[Stretch, ...]
    overlaps: tuple[Overlap, ...]

    @property
    def is_quiet(self) -> bool:
        """Whether it shows its fallback all the time, and nothing is planned in it."""
        return all(row.entry.is_fallback for row in self.rows) and not self.gaps


def month_of(page: str, month: Month, visitor: Visitor) -> Sequence[SlotMonth]:
    """Return a page's active slots in a month, as this visitor meets them."""
    found = []
    for slot, plain in plain_slots(page):
        if not slot.is_active:
            continue
        crossing = overlaps(plain, month.starts, month.ends)
        rows = [
            Row(
                entry,
                bar_of(month, entry.starts_at, entry.ends_at),
                SHOWN_STATES[EntryStatus(entry.status)],
                tuple(each for each in crossing if each.under.id == entry.id),
            )
            for entry in plain.entries
            if entry.status != EntryStatus.ARCHIVED and _touches(entry, month.starts, month.ends)
        ]
        rows.sort(key=lambda row: (row.entry.is_fallback, -row.entry.priority, row.entry.id))
        free = tuple(gaps(plain, month.starts, month.ends, visitor))
        found.append(SlotMonth(slot, tuple(rows), free, tuple(crossing)))
    return found


def _touches(entry: Entry, starts_at: datetime, ends_at: datetime) -> bool:
    return (entry.starts_at is None or entry.starts_at < ends_at) and (
        entry.ends_at is None or entry.ends_at > starts_at
    )
