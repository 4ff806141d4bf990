"""Reads of curated pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select

from storefront.content.models import Campaign as CampaignRow
from storefront.content.models import Slot as SlotRow
from storefront.content.models import SlotEntry, SlotEntryVersion
from storefront.content.plans import moment_of
from storefront.content.rules import Audience, Entry, Slot
from storefront.content.states import EntryStatus, Stage
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
_COLUMNS = (
    SlotRow.page,
    SlotRow.key,
    SlotRow.kind,
    SlotRow.id,
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
_BY_PLACE = (SlotRow.page, SlotRow.position, SlotRow.id, SlotEntry.id)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A page of its own, as shoppers may ask for it."""

    id: int
    slug: str
    texts: Mapping[str, Mapping[str, str]]
    starts_at: datetime | None
    ends_at: datetime | None
    version: int

    @property
    def page(self) -> str:
        return campaign_page(self.id)

    @property
    def url(self) -> str:
        return f"/campaigns/{self.slug}"

    def words(self, locale: str) -> Mapping[str, str]:
        """Return its texts in a language; what is missing there comes from English."""
        own = {key: text for key, text in self.texts.get(locale, {}).items() if text}
        return {**self.texts.get("en", {}), **own}

    def has_begun(self, at: datetime) -> bool:
        """Say whether its time has come."""
        return self.starts_at is None or self.starts_at <= at

    def is_over(self, at: datetime) -> bool:
        """Say whether its time has gone."""
        return self.ends_at is not None and self.ends_at <= at


def category_page(category_id: int) -> str:
    """Return the name by which slots know a category's first page."""
    return f"category:{category_id}"


def campaign_page(campaign_id: int) -> str:
    """Return the name by which slots know a campaign."""
    return f"campaign:{campaign_id}"


def slots_of(page: str) -> tuple[Slot, ...]:
    """Return a page's active slots with what was let through, in the page's order; the front is never empty."""
    return all_slots().get(page) or (OPENING if page == HOME else ())


def entry_ids_now() -> frozenset[int]:
    """Return the numbers of all entries that are let through."""
    return frozenset(entry.id for slots in all_slots().values() for slot in slots for entry in slot.entries)


def home_slots() -> tuple[Slot, ...]:
    """Return the slots of the front."""
    return slots_of(HOME)


def read_slots(page: str, *, stages: Collection[Stage] = (), hidden: bool = False) -> tuple[Slot, ...]:
    """Return a page's slots with everything that is let through or paused, and with the versions that are worked on in
    these `stages` as if they had been let through; `hidden` ones too if asked.
    """
    shown = () if hidden else (SlotRow.is_active,)
    wanted = SlotEntry.status != EntryStatus.ARCHIVED
    rows = db.session.execute(_statement().where(SlotRow.page == page, wanted, *shown)).all()
    versions = _open_versions([row.entry_id for row in rows], stages)
    slots = []
    for slot, group in groupby(rows, key=lambda row: (row.id, row.key, row.kind)):
        entries = [_entry(row, versions.get(row.entry_id)) for row in group]
        slots.append(Slot(slot[1], slot[2], tuple(entries)))
    return tuple(slots)


def _open_versions(entry_ids: Sequence[int], stages: Collection[Stage]) -> dict[int, Mapping[str, Any]]:
    if not stages:
        return {}
    rows = db.session.execute(
        select(SlotEntryVersion.entry_id, SlotEntryVersion.plan).where(
            SlotEntryVersion.entry_id.in_(entry_ids), SlotEntryVersion.stage.in_(stages)
        )
    )
    return {row.entry_id: row.plan for row in rows}


def _statement() -> Any:
    return select(*_COLUMNS).join(SlotEntry, SlotEntry.slot_id == SlotRow.id).order_by(*_BY_PLACE)


def _entry(row: Any, plan: Mapping[str, Any] | None = None) -> Entry:
    if plan is not None:
        return entry_of(row.entry_id, plan, is_fallback=row.is_fallback)
    return Entry(
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


def entry_of(entry_id: int, plan: Mapping[str, Any], *, is_fallback: bool = False) -> Entry:
    """Return a version as the entry that it would be once it is let through."""
    return Entry(
        id=entry_id,
        content=plan["content"],
        priority=plan["priority"],
        is_fallback=is_fallback,
        starts_at=moment_of(plan["starts_at"]),
        ends_at=moment_of(plan["ends_at"]),
        audience=Audience.of(plan["audience"]),
        name=plan["name"],
    )


def _read_all() -> dict[str, tuple[Slot, ...]]:
    rows = db.session.execute(_statement().where(SlotRow.is_active, SlotEntry.status == EntryStatus.APPROVED)).all()
    pages: dict[str, tuple[Slot, ...]] = {}
    for slot, group in groupby(rows, key=lambda row: (row.page, row.id, row.key, row.kind)):
        page, _, key, kind = slot
        pages[page] = (*pages.get(page, ()), Slot(key, kind, tuple(_entry(row) for row in group)))
    return pages


def _read_campaigns() -> dict[str, Campaign]:
    rows = db.session.scalars(select(CampaignRow).where(CampaignRow.is_published).order_by(CampaignRow.id))
    return {row.slug: Campaign(row.id, row.slug, row.texts, row.starts_at, row.ends_at, row.version) for row in rows}


_slots = Kept(_read_all, seconds=2.0)
all_slots = _slots.get
_campaigns = Kept(_read_campaigns, seconds=2.0)
campaigns_now = _campaigns.get
"""Published campaigns by the last part of their address."""


def forget_slots() -> None:
    """Read slots and campaigns anew: they have just changed."""
    _slots.forget()
    _campaigns.forget()
