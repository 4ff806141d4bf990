"""What a slot will show over a stretch of time. Pure.

Time is cut where an entry begins or ends; within a piece nothing changes. Moments are aware and in UTC, stretches are
[starts_at, ends_at). Nothing here raises.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations, pairwise

from storefront.content.rules import Entry, Slot, Visitor, rank, resolve
from storefront.content.states import EntryStatus


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which a slot shows one thing to one kind of visitor; None is nothing at all."""

    starts_at: datetime
    ends_at: datetime
    shown: Entry | None

    @property
    def is_gap(self) -> bool:
        """Whether nothing is due but the fallback, if there is one."""
        return self.shown is None or self.shown.is_fallback


@dataclass(frozen=True, slots=True)
class Overlap:
    """A time in which two entries are due for somebody, of whom `over` is shown instead of `under`."""

    over: Entry
    under: Entry
    starts_at: datetime
    ends_at: datetime

    @property
    def is_tie(self) -> bool:
        """Whether only the order in which they were made decides."""
        return self.over.priority == self.under.priority


def stretches(slot: Slot, starts_at: datetime, ends_at: datetime, visitor: Visitor) -> list[Stretch]:
    """Return what `slot` shows to `visitor` from one moment to another, in order and without holes."""
    cuts = {starts_at, ends_at}
    for entry in slot.entries:
        cuts |= {moment for moment in (entry.starts_at, entry.ends_at) if moment and starts_at < moment < ends_at}
    found: list[Stretch] = []
    for begin, end in pairwise(sorted(cuts)):
        shown = resolve(slot, begin, visitor)
        if found and found[-1].shown == shown:
            found[-1] = replace(found[-1], ends_at=end)
        else:
            found.append(Stretch(begin, end, shown))
    return found


def gaps(slot: Slot, starts_at: datetime, ends_at: datetime, visitor: Visitor) -> list[Stretch]:
    """Return when nothing but the fallback is due, in a slot for which something is planned at all.

    A slot that lives by its fallback has none, unless it has no fallback: then all of the time is one.
    """
    found = [stretch for stretch in stretches(slot, starts_at, ends_at, visitor) if stretch.is_gap]
    if all(entry.is_fallback for entry in slot.entries if entry.status == EntryStatus.APPROVED):
        return [stretch for stretch in found if stretch.shown is None]
    return found


def overlaps(slot: Slot, starts_at: datetime, ends_at: datetime) -> list[Overlap]:
    """Return which approved entries stand in each other's way, the earliest first."""
    due = [entry for entry in slot.entries if entry.status == EntryStatus.APPROVED and not entry.is_fallback]
    found = []
    for pair in combinations(due, 2):
        under, over = sorted(pair, key=rank)
        begin = max(starts_at, *(entry.starts_at or starts_at for entry in pair))
        end = min(ends_at, *(entry.ends_at or ends_at for entry in pair))
        if begin < end and over.audience.meets(under.audience):
            found.append(Overlap(over, under, begin, end))
    return sorted(found, key=lambda overlap: (overlap.starts_at, rank(overlap.over), rank(overlap.under)))
