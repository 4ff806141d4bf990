"""Reads of curated pages."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from sqlalchemy import select

from storefront.content.models import Slot as SlotRow
from storefront.content.models import SlotEntry
from storefront.content.rules import Audience, Entry, Slot
from storefront.database.base import db
from storefront.kernel.kept import Kept

HOME = "home"

OPENING = (
    Slot("hero", "banner", (Entry(0, {}, is_fallback=True),)),
    Slot("categories", "categories", (Entry(0, {}, is_fallback=True),)),
    Slot("best-sellers", "product_grid", (Entry(0, {"source": "best-sellers"}, is_fallback=True),)),
    Slot("new-arrivals", "product_grid", (Entry(0, {"source": "new-arrivals"}, is_fallback=True),)),
)
"""What the front shows before anybody has arranged it."""


def list_slots(page: str) -> tuple[Slot, ...]:
    """Return a page's active slots with all their entries, in the page's order."""
    rows = db.session.execute(
        select(
            SlotRow.id,
            SlotRow.key,
            SlotRow.kind,
            SlotEntry.id.label("entry_id"),
            SlotEntry.content,
            SlotEntry.priority,
            SlotEntry.is_fallback,
            SlotEntry.starts_at,
            SlotEntry.ends_at,
            SlotEntry.audience,
            SlotEntry.status,
            SlotEntry.name,
        )
        .join(SlotEntry, SlotEntry.slot_id == SlotRow.id)
        .where(SlotRow.page == page, SlotRow.is_active)
        .order_by(SlotRow.position, SlotRow.id, SlotEntry.id)
    )
    slots = []
    for (key, kind, _number), group in groupby(rows, key=lambda row: (row.key, row.kind, row.id)):
        entries = tuple(
            Entry(
                row.entry_id,
                row.content or {},
                row.priority,
                row.is_fallback,
                row.starts_at,
                row.ends_at,
                Audience.of(row.audience),
                row.status,
                row.name,
            )
            for row in group
        )
        slots.append(Slot(key, kind, entries))
    return tuple(slots)


def list_live_entries(at: datetime) -> tuple[int, ...]:
    """Return the entries of the front whose time it is; the front changes when this does."""
    return tuple(entry.id for slot in home_slots() for entry in slot.entries if entry.is_live(at))


_home = Kept(lambda: list_slots(HOME) or OPENING, seconds=2.0)
home_slots = _home.get
forget_slots = _home.forget
