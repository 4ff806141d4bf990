"""The life of an entry: drafted, looked at by somebody else, shown, changed, paused, brought back.

What is shown is the entry's own row. A version that is worked on lies beside it until it is let through; then the row
takes it over. Every write takes the row's `version` as it was seen, and whoever was slower gets StaleEntry.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from storefront.audit import services as audit
from storefront.content.errors import NeedsSecondPerson, StaleEntry
from storefront.content.models import Slot, SlotEntry, SlotEntryVersion
from storefront.content.plans import EntryPlan, moment_of
from storefront.content.queries import forget_slots
from storefront.content.states import ENTRY, OPEN, VERSION, EntryAction, EntryStatus, Stage, VersionAction
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.states import NotAllowed
from storefront.kernel.text import squeeze
from storefront.shop.queries import get_settings

LONGEST_NOTE = 500
SET_UP = "system"
"""Who made what was there before there were versions."""


def add_entry(*, slot_id: int, plan: EntryPlan, by: str, at: datetime) -> SlotEntry:
    """Draft another entry for a slot."""
    slot = db.session.get(Slot, slot_id)
    if slot is None:
        raise NotFound
    _refuse_empty(slot, plan)
    entry = SlotEntry(slot_id=slot_id, is_fallback=False, status=EntryStatus.DRAFT, updated_at=at)
    _take(entry, plan.stored())
    db.session.add(entry)
    db.session.flush()
    version = _begin(entry, 1, plan.stored(), by, at)
    changes = {"slot": (None, slot.known_as), **{key: (None, value) for key, value in _told(version.plan).items()}}
    _note(entry, "slot_entry.add", changes, by, at)
    return entry


def change_entry(*, entry_id: int, version: int, plan: EntryPlan, by: str, at: datetime) -> SlotEntry:
    """Write a change down as a draft; what was sent to be looked at becomes one again."""
    entry = _locked(entry_id, version)
    if entry.is_fallback and (plan.starts_at or plan.ends_at):
        raise Invalid(N_("The fallback has no dates: it is there whenever nothing else is."), field="starts_at")
    if entry.is_fallback and plan.audience:
        raise Invalid(N_("The fallback is for everybody."), field="visitor")
    if not entry.is_fallback:
        _refuse_empty(db.session.get(Slot, entry.slot_id), plan)
    worked = find_open(entry_id)
    before = worked.plan if worked else state_of(entry)
    after = plan.stored()
    if before == after:
        return entry
    if worked is None:
        worked = _begin(entry, _last_number(entry) + 1, after, by, at)
    else:
        worked.stage = VERSION.next(Stage(worked.stage), VersionAction.CHANGE)
        worked.plan, worked.made_by, worked.made_at = after, by, at
    if entry.status == EntryStatus.DRAFT:
        _take(entry, after)
    _touch(entry, at)
    _note(entry, "slot_entry.change", _compared(before, after), by, at)
    return entry


def submit_entry(*, entry_id: int, version: int, by: str, at: datetime) -> SlotEntry:
    """Send what is drafted to be looked at."""
    entry = _locked(entry_id, version)
    worked = _open_of(entry_id)
    worked.stage = VERSION.next(Stage(worked.stage), VersionAction.SUBMIT)
    worked.note = ""
    _touch(entry, at)
    _note(entry, "slot_entry.submit", {"version": (None, worked.number)}, by, at)
    return entry


def approve_entry(*, entry_id: int, version: int, by: str, at: datetime) -> SlotEntry:
    """Let through what somebody else has sent; a shop of one person may do without the other (a setting)."""
    entry = _locked(entry_id, version)
    worked = _open_of(entry_id)
    stage = VERSION.next(Stage(worked.stage), VersionAction.APPROVE)
    if worked.made_by == by and get_settings().slots_need_second_person:
        raise NeedsSecondPerson
    before = {**_told(state_of(entry)), "status": entry.status}
    entry.status = ENTRY.next(EntryStatus(entry.status), EntryAction.APPROVE)
    for row in _versions_in(entry_id, Stage.APPROVED):
        row.stage = Stage.REPLACED
    _decide(worked, stage, by, at)
    _take(entry, worked.plan)
    _touch(entry, at)
    after = {**_told(worked.plan), "status": entry.status}
    _note(entry, "slot_entry.approve", {key: (before[key], after[key]) for key in after}, by, at)
    return entry


def send_back_entry(*, entry_id: int, version: int, note: str, by: str, at: datetime) -> SlotEntry:
    """Give what was sent back to whoever wrote it, and say why."""
    if not squeeze(note):
        raise Invalid(N_("Say what should be different."), field="note")
    if len(note) > LONGEST_NOTE:
        raise Invalid(N_("Use at most %(count)d characters."), field="note", count=LONGEST_NOTE)
    entry = _locked(entry_id, version)
    worked = _open_of(entry_id)
    _decide(worked, VERSION.next(Stage(worked.stage), VersionAction.SEND_BACK), by, at)
    worked.note = note.strip()
    _touch(entry, at)
    _note(entry, "slot_entry.send_back", {"note": (None, worked.note)}, by, at)
    return entry


def drop_draft(*, entry_id: int, version: int, by: str, at: datetime) -> SlotEntry:
    """Give up what is worked on; of an entry of which nothing was ever shown, the whole entry is put away."""
    entry = _locked(entry_id, version)
    worked = _open_of(entry_id)
    _decide(worked, VERSION.next(Stage(worked.stage), VersionAction.DROP), by, at)
    if entry.status == EntryStatus.DRAFT:
        entry.status = ENTRY.next(EntryStatus.DRAFT, EntryAction.ARCHIVE)
    _touch(entry, at)
    _note(entry, "slot_entry.drop", {"version": (worked.number, None)}, by, at)
    return entry


def restore_version(*, entry_id: int, version: int, number: int, by: str, at: datetime) -> SlotEntry:
    """Draft anew what an older version said; what is worked on has to be finished or given up before."""
    entry = _locked(entry_id, version)
    if find_open(entry_id) is not None:
        raise NotAllowed(state="draft", action="restore")
    last = _last_number(entry)
    wanted = SlotEntryVersion.entry_id == entry_id, SlotEntryVersion.number == number
    old = db.session.scalar(select(SlotEntryVersion).where(*wanted))
    if old is None:
        raise NotFound
    _begin(entry, last + 1, old.plan, by, at)
    _touch(entry, at)
    _note(entry, "slot_entry.restore", {"version": (None, number)}, by, at)
    return entry


def switch_entry(*, entry_id: int, version: int, action: EntryAction, by: str, at: datetime) -> SlotEntry:
    """Pause an entry, go on with it, put it away or fetch it back; the fallback stays."""
    entry = _locked(entry_id, version)
    if entry.is_fallback:
        raise Invalid(N_("This is the fallback: the slot shows it when nothing else is due, so it stays."))
    before = entry.status
    entry.status = ENTRY.next(EntryStatus(before), action)
    if entry.status == EntryStatus.PAUSED and not _was_let_through(entry):
        entry.status = EntryStatus.DRAFT
    _touch(entry, at)
    _note(entry, f"slot_entry.{action.value}", {"status": (before, entry.status)}, by, at)
    return entry


def find_open(entry_id: int) -> SlotEntryVersion | None:
    """Return the version of an entry that is worked on, if any."""
    wanted = SlotEntryVersion.entry_id == entry_id, SlotEntryVersion.stage.in_(OPEN)
    return db.session.scalar(select(SlotEntryVersion).where(*wanted))


def state_of(entry: SlotEntry) -> dict[str, Any]:
    """Return what an entry holds, as a version keeps it."""
    return {
        "name": entry.name,
        "priority": entry.priority,
        "starts_at": entry.starts_at.isoformat() if entry.starts_at else None,
        "ends_at": entry.ends_at.isoformat() if entry.ends_at else None,
        "audience": entry.audience or {},
        "content": entry.content or {},
    }


def _locked(entry_id: int, version: int) -> SlotEntry:
    entry = db.session.get(SlotEntry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None:
        raise NotFound
    if entry.version != version:
        raise StaleEntry
    return entry


def _open_of(entry_id: int) -> SlotEntryVersion:
    worked = find_open(entry_id)
    if worked is None:
        raise NotAllowed(state="approved", action="version")
    return worked


def _versions_in(entry_id: int, stage: Stage) -> list[SlotEntryVersion]:
    wanted = SlotEntryVersion.entry_id == entry_id, SlotEntryVersion.stage == stage
    return list(db.session.scalars(select(SlotEntryVersion).where(*wanted)))


def _was_let_through(entry: SlotEntry) -> bool:
    return not _count(entry) or bool(_versions_in(entry.id, Stage.APPROVED))


def _last_number(entry: SlotEntry) -> int:
    """Return the number of the last version; what there was before there were versions becomes the first."""
    last = db.session.scalar(select(func.max(SlotEntryVersion.number)).where(SlotEntryVersion.entry_id == entry.id))
    if last is not None:
        return last
    first = _begin(entry, 1, state_of(entry), SET_UP, entry.updated_at)
    _decide(first, Stage.APPROVED, SET_UP, entry.updated_at)
    db.session.flush()
    return 1


def _count(entry: SlotEntry) -> int:
    counted = select(func.count()).select_from(SlotEntryVersion).where(SlotEntryVersion.entry_id == entry.id)
    return db.session.scalar(counted) or 0


def _begin(entry: SlotEntry, number: int, plan: Mapping[str, Any], by: str, at: datetime) -> SlotEntryVersion:
    row = SlotEntryVersion(
        entry_id=entry.id, number=number, stage=Stage.DRAFT, plan=dict(plan), made_by=by, made_at=at, note=""
    )
    db.session.add(row)
    db.session.flush()
    return row


def _decide(row: SlotEntryVersion, stage: Stage, by: str, at: datetime) -> None:
    row.stage, row.decided_by, row.decided_at = stage, by, at


def _take(entry: SlotEntry, plan: Mapping[str, Any]) -> None:
    entry.name, entry.priority = plan["name"], plan["priority"]
    entry.starts_at, entry.ends_at = moment_of(plan["starts_at"]), moment_of(plan["ends_at"])
    entry.audience, entry.content = dict(plan["audience"]), dict(plan["content"])


def _touch(entry: SlotEntry, at: datetime) -> None:
    """Make the row a new version of itself, whatever of it changed, and let the shop see it."""
    entry.updated_at = at
    db.session.flush()
    after_commit(forget_slots)


def _refuse_empty(slot: Slot | None, plan: EntryPlan) -> None:
    """Refuse a banner that says and shows nothing: shoppers would read the shop's own words in its place."""
    says = any(words.get("title") for words in plan.texts.values())
    if slot is not None and slot.kind == "banner" and not (says or plan.picture):
        raise Invalid(N_("Give the banner a title or a picture; it is empty otherwise."), field="title_en")


def _told(plan: Mapping[str, Any]) -> dict[str, Any]:
    content = plan["content"]
    told = {key: value for key, value in plan.items() if key != "content"}
    return {**told, **{key: content.get(key) for key in ("en", "zh", "picture", "source", "product_ids")}}


def _compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[object, object]]:
    old, new = _told(before), _told(after)
    return {key: (old[key], new[key]) for key in new}


def _note(entry: SlotEntry, action: str, changes: Mapping[str, tuple[object, object]], by: str, at: datetime) -> None:
    audit.record(actor=by, action=action, about=("slot_entry", str(entry.id)), changes=changes, at=at)
