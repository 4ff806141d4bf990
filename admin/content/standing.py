"""Pure: how each entry of a slot stands at a moment, by the same rule that the page uses."""

from __future__ import annotations

from datetime import datetime

from storefront.content.rules import APPROVED, Entry, Slot, Visitor, resolve

ANYBODY = Visitor()


def standing_of(entry: Entry, slot: Slot, now: datetime) -> str:
    """Return a key of `words.STANDINGS`: what becomes of `entry` for a visitor of whom nothing is known."""
    if entry.status != APPROVED:
        return entry.status
    chosen = resolve(slot, now, ANYBODY)
    if chosen is not None and chosen.id == entry.id:
        return "shown"
    if entry.is_fallback:
        return "waiting"
    if entry.starts_at is not None and now < entry.starts_at:
        return "planned"
    if entry.ends_at is not None and entry.ends_at <= now:
        return "ended"
    return "covered" if entry.audience.admits(ANYBODY) else "aimed"
