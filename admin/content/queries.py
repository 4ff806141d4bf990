"""Reads of the home page's slots with their entries, as they stand now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from admin.content.standing import standing_of
from storefront.content.models import Slot, SlotEntry
from storefront.content.queries import HOME
from storefront.content.rules import Audience, Entry
from storefront.content.rules import Slot as PlainSlot
from storefront.database.base import db
from storefront.kernel.errors import NotFound

WITH_ENTRIES = selectinload(Slot.entries)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry in the list; `standing` is a key of `words.STANDINGS`."""

    id: int
    name: str
    priority: int
    is_fallback: bool
    starts_at: datetime | None
    ends_at: datetime | None
    standing: str


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A slot in the list, its entries by priority, the fallback last."""

    id: int
    key: str
    kind: str
    is_active: bool
    entries: tuple[EntryRow, ...]

    @property
    def has_fallback(self) -> bool:
        return any(entry.is_fallback and entry.standing in {"shown", "waiting"} for entry in self.entries)


def list_slots(at: datetime) -> Sequence[SlotRow]:
    """Return the home page's slots in the page's order."""
    statement = select(Slot).where(Slot.page == HOME).order_by(Slot.position, Slot.id).options(WITH_ENTRIES)
    return [_slot_row(slot, at) for slot in db.session.scalars(statement)]


def get_slot(slot_id: int, at: datetime) -> SlotRow:
    """Return one slot of the home page, or NotFound."""
    slot = db.session.scalar(select(Slot).where(Slot.id == slot_id, Slot.page == HOME).options(WITH_ENTRIES))
    if slot is None:
        raise NotFound
    return _slot_row(slot, at)


def get_entry(slot_id: int, entry_id: int) -> SlotEntry:
    """Return an entry through its slot, or NotFound."""
    entry = db.session.scalar(
        select(SlotEntry)
        .where(SlotEntry.id == entry_id, SlotEntry.slot_id == slot_id)
        .execution_options(populate_existing=True)
    )
    if entry is None:
        raise NotFound
    return entry


def _slot_row(slot: Slot, at: datetime) -> SlotRow:
    entries = tuple(_plain(entry) for entry in slot.entries)
    plain = PlainSlot(slot.key, slot.kind, entries)
    rows = [
        EntryRow(
            id=row.id,
            name=row.name,
            priority=row.priority,
            is_fallback=row.is_fallback,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            standing=standing_of(entry, plain, at),
        )
        for row, entry in zip(slot.entries, entries, strict=True)
    ]
    rows.sort(key=lambda row: (row.is_fallback, -row.priority, row.id))
    return SlotRow(slot.id, slot.key, slot.kind, slot.is_active, tuple(rows))


def _plain(row: SlotEntry) -> Entry:
    return Entry(
        id=row.id,
        content=row.content or {},
        priority=row.priority,
        is_fallback=row.is_fallback,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        audience=Audience.of(row.audience),
        status=row.status,
    )
