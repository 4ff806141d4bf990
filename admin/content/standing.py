"""Pure: how each entry of a slot stands for somebody at a moment, by the same rule that the page uses."""

from __future__ import annotations

from datetime import datetime

from storefront.content.rules import Entry, Slot, Visitor, resolve
from storefront.content.states import EntryStatus

ANYBODY = Visitor()


def standing_of(entry: Entry, slot: Slot, now: datetime, visitor: Visitor = ANYBODY) -> str:
    """Return a key of `words.STANDINGS`: what becomes of `entry`; by itself for a visitor of whom nothing is known."""
    if entry.status != EntryStatus.APPROVED:
        return entry.status
    chosen = resolve(slot, now, visitor)
    if chosen is not None and chosen.id == entry.id:
        return "shown"
    if entry.is_fallback:
        return "waiting"
    if entry.starts_at is not None and now < entry.starts_at:
        return "planned"
    if entry.ends_at is not None and entry.ends_at <= now:
        return "ended"
    return "covered" if entry.audience.admits(visitor) else "aimed"
