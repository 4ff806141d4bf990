"""Which entry a slot shows: a pure choice by time, audience and priority.

Moments are aware and in UTC, times are [starts_at, ends_at). Nothing here raises. Source: "Homepage slots" in
DOMAIN.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storefront.content.states import EntryStatus


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a slot may ask about who is looking."""

    is_returning: bool = False
    tier: str = ""
    device: str = "desktop"
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom an entry is for; an empty field asks nothing."""

    visitor: str = ""
    tier: str = ""
    device: str = ""
    group: str = ""

    @classmethod
    def of(cls, data: Mapping[str, object] | None) -> Audience:
        known = {key: str(value) for key, value in (data or {}).items() if key in cls.__slots__ and value}
        return cls(**known)

    @property
    def asks_who(self) -> bool:
        """Whether it takes a customer to answer."""
        return bool(self.tier or self.group)

    def admits(self, visitor: Visitor) -> bool:
        """Whether an entry for this audience may be shown to `visitor`."""
        if self.visitor and (self.visitor == "returning") is not visitor.is_returning:
            return False
        if self.tier and self.tier != visitor.tier:
            return False
        if self.group and self.group not in visitor.groups:
            return False
        return not self.device or self.device == visitor.device

    def meets(self, other: Audience) -> bool:
        """Whether somebody may belong to both: one can be in two groups, but not have two tiers or devices."""
        mine, theirs = (self.visitor, self.tier, self.device), (other.visitor, other.tier, other.device)
        return all(not one or not two or one == two for one, two in zip(mine, theirs, strict=True))


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a slot may show, from `starts_at` up to but not including `ends_at`."""

    id: int
    content: Mapping[str, Any]
    priority: int = 0
    is_fallback: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    audience: Audience = field(default_factory=Audience)
    status: str = EntryStatus.APPROVED
    name: str = ""

    def is_live(self, now: datetime) -> bool:
        """Whether it is approved and `now` lies in its time."""
        if self.status != EntryStatus.APPROVED:
            return False
        return (self.starts_at is None or self.starts_at <= now) and (self.ends_at is None or now < self.ends_at)

    def words(self, locale: str) -> Mapping[str, str]:
        """Return its texts in a language; what is missing there comes from English."""
        english = self.content.get("en") or {}
        own = self.content.get(locale) or {}
        return {**english, **{key: text for key, text in own.items() if text}}


@dataclass(frozen=True, slots=True)
class Slot:
    """A place on a page."""

    key: str
    kind: str
    entries: tuple[Entry, ...] = ()


def resolve(slot: Slot, now: datetime, visitor: Visitor) -> Entry | None:
    """Return what `slot` shows: the live entry for this visitor with the highest priority (ties: the newest), else
    the fallback, whoever looks and whenever, else None. A paused fallback shows nothing.
    """
    live = [entry for entry in slot.entries if entry.is_live(now) and entry.audience.admits(visitor)]
    chosen = [entry for entry in live if not entry.is_fallback] or [
        entry for entry in slot.entries if entry.is_fallback and entry.status == EntryStatus.APPROVED
    ]
    return max(chosen, key=rank, default=None)


def rank(entry: Entry) -> tuple[int, int]:
    """Return what entries are compared by where several are due: the higher one is shown."""
    return entry.priority, entry.id


def next_change(slots: Iterable[Slot], now: datetime) -> datetime | None:
    """Return the first moment after `now` at which an entry begins or ends; None if nothing will."""
    times = (time for slot in slots for entry in slot.entries for time in (entry.starts_at, entry.ends_at))
    return min((time for time in times if time is not None and time > now), default=None)


def resolve_all(slots: Iterable[Slot], now: datetime, visitor: Visitor) -> list[tuple[Slot, Entry]]:
    """Return each slot that has something to show, with what it shows, in the page's order."""
    return [(slot, entry) for slot in slots if (entry := resolve(slot, now, visitor)) is not None]
