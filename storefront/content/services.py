"""Writes of the home page by staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from storefront.audit import services as audit
from storefront.content.errors import StaleEntry
from storefront.content.models import Slot, SlotEntry
from storefront.content.queries import forget_slots
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import is_path_here, squeeze

HIGHEST_PRIORITY = 1000


class EntryStatus(StrEnum):
    """Where an entry stands; only an approved one is shown."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PAUSED = "paused"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """What an entry says, when, and how urgently; dates are [starts_at, ends_at)."""

    name: str
    status: EntryStatus = EntryStatus.DRAFT
    priority: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Per language: title, text, label, link."""

    def __post_init__(self) -> None:
        if not squeeze(self.name):
            raise Invalid(N_("Give the entry a name that your colleagues will understand."), field="name")
        if len(self.name) > 120:
            raise Invalid(N_("Use at most %(count)d characters."), field="name", count=120)
        if not 0 <= self.priority <= HIGHEST_PRIORITY:
            raise Invalid(
                N_("The priority is a whole number from 0 to %(highest)d."), field="priority", highest=HIGHEST_PRIORITY
            )
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise Invalid(N_("It ends before it starts. Choose a later end, or an earlier start."), field="ends_at")
        for words in self.texts.values():
            link = words.get("link", "")
            if link and not is_path_here(link):
                raise Invalid(N_("A link leads to a page of this shop and starts with “/”."), field="link")


def move_slot(*, slot_id: int, step: int, by: str, at: datetime) -> Slot:
    """Move a slot up (-1) or down (+1) on its page; at the end of the page it stays."""
    slot = _get_slot(slot_id)
    statement = select(Slot).where(Slot.page == slot.page).order_by(Slot.position, Slot.id).with_for_update()
    slots = list(db.session.scalars(statement))
    was = slots.index(slot)
    goes = min(max(was + step, 0), len(slots) - 1)
    slots.insert(goes, slots.pop(was))
    for position, each in enumerate(slots):
        each.position = position
    db.session.flush()
    changes = {"position": (was + 1, goes + 1)}
    audit.record(actor=by, action="slot.move", about=("slot", slot.key), changes=changes, at=at)
    after_commit(forget_slots)
    return slot


def switch_slot(*, slot_id: int, is_active: bool, by: str, at: datetime) -> Slot:
    """Show or hide a slot."""
    slot = _get_slot(slot_id)
    changes = {"shown": (slot.is_active, is_active)}
    slot.is_active = is_active
    db.session.flush()
    audit.record(actor=by, action="slot.switch", about=("slot", slot.key), changes=changes, at=at)
    after_commit(forget_slots)
    return slot


def add_entry(*, slot_id: int, plan: EntryPlan, by: str, at: datetime) -> SlotEntry:
    """Give a slot another entry."""
    slot = _get_slot(slot_id)
    entry = SlotEntry(slot_id=slot.id, audience={}, content={}, is_fallback=False, updated_at=at)
    _fill(entry, plan)
    db.session.add(entry)
    db.session.flush()
    changes = {key: (None, value) for key, value in _told(entry).items()}
    audit.record(actor=by, action="slot_entry.add", about=("slot_entry", str(entry.id)), changes=changes, at=at)
    after_commit(forget_slots)
    return entry


def change_entry(*, entry_id: int, version: int, plan: EntryPlan, by: str, at: datetime) -> SlotEntry:
    """Change an entry as it was at `version`; a fallback must stay shown, always and for everybody."""
    entry = db.session.get(SlotEntry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None:
        raise NotFound
    if entry.version != version:
        raise StaleEntry
    if entry.is_fallback:
        _check_fallback(plan)
    before = _told(entry)
    _fill(entry, plan)
    entry.updated_at = at
    try:
        db.session.flush()
    except StaleDataError:
        raise StaleEntry from None
    after = _told(entry)
    changes = {key: (before[key], after[key]) for key in after}
    audit.record(actor=by, action="slot_entry.change", about=("slot_entry", str(entry.id)), changes=changes, at=at)
    after_commit(forget_slots)
    return entry


def _get_slot(slot_id: int) -> Slot:
    slot = db.session.get(Slot, slot_id)
    if slot is None:
        raise NotFound
    return slot


def _check_fallback(plan: EntryPlan) -> None:
    if plan.status is not EntryStatus.APPROVED:
        raise Invalid(
            N_("This is the fallback: the slot shows it when nothing else is due, so it stays approved."),
            field="status",
        )
    if plan.starts_at or plan.ends_at:
        raise Invalid(N_("The fallback has no dates: it is there whenever nothing else is."), field="starts_at")


def _fill(entry: SlotEntry, plan: EntryPlan) -> None:
    entry.name, entry.status, entry.priority = squeeze(plan.name), plan.status.value, plan.priority
    entry.starts_at, entry.ends_at = plan.starts_at, plan.ends_at
    content: dict[str, Any] = dict(entry.content or {})
    for language, words in plan.texts.items():
        known = content.get(language)
        merged = {**(known if isinstance(known, dict) else {}), **words}
        content[language] = {key: text for key, text in merged.items() if text}
    entry.content = content


def _told(entry: SlotEntry) -> dict[str, object]:
    return {
        "name": entry.name,
        "status": entry.status,
        "priority": entry.priority,
        "starts_at": entry.starts_at.isoformat() if entry.starts_at else None,
        "ends_at": entry.ends_at.isoformat() if entry.ends_at else None,
        "en": entry.content.get("en"),
        "zh": entry.content.get("zh"),
    }
