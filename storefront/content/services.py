"""Writes of slots by staff: which there are on a page, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from storefront.audit import services as audit
from storefront.content.errors import SlotsMoved
from storefront.content.models import Slot, SlotEntry
from storefront.content.plans import SlotPlan
from storefront.content.queries import forget_slots
from storefront.content.states import EntryStatus
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.kernel.errors import NotFound
from storefront.kernel.text import first_free, slugify, squeeze


def add_slot(*, plan: SlotPlan, by: str, at: datetime) -> Slot:
    """Add a slot at the end of its page, with an empty fallback in it, so that it always has something to show."""
    last = db.session.scalar(select(func.max(Slot.position)).where(Slot.page == plan.page))
    slot = Slot(
        page=plan.page,
        key=_free_key(plan),
        name=squeeze(plan.name),
        kind=plan.kind,
        position=0 if last is None else last + 1,
    )
    slot.entries = [
        SlotEntry(name="Always", is_fallback=True, status=EntryStatus.APPROVED, audience={}, content={}, updated_at=at)
    ]
    db.session.add(slot)
    db.session.flush()
    changes = {"page": (None, slot.page), "name": (None, slot.name), "kind": (None, slot.kind)}
    audit.record(actor=by, action="slot.add", about=("slot", slot.known_as), changes=changes, at=at)
    after_commit(forget_slots)
    return slot


def remove_slot(*, slot_id: int, by: str, at: datetime) -> str:
    """Remove a slot with all that was in it, and return the page that it was on."""
    slot = _get_slot(slot_id)
    names = db.session.scalars(select(SlotEntry.name).where(SlotEntry.slot_id == slot_id).order_by(SlotEntry.id)).all()
    page, known_as = slot.page, slot.known_as
    db.session.execute(Slot.__table__.delete().where(Slot.id == slot_id))  # type: ignore[attr-defined]
    db.session.expire_all()
    changes = {"page": (page, None), "entries": (list(names), None)}
    audit.record(actor=by, action="slot.remove", about=("slot", known_as), changes=changes, at=at)
    after_commit(forget_slots)
    return page


def move_slot(*, slot_id: int, step: int, by: str, at: datetime) -> Slot:
    """Move a slot up (-1) or down (+1) on its page; at the end of the page it stays."""
    slot = _get_slot(slot_id)
    slots = _locked(slot.page)
    was = slots.index(slot)
    goes = min(max(was + step, 0), len(slots) - 1)
    slots.insert(goes, slots.pop(was))
    _place(slots)
    changes = {"position": (was + 1, goes + 1)}
    audit.record(actor=by, action="slot.move", about=("slot", slot.known_as), changes=changes, at=at)
    return slot


def order_slots(*, page: str, slot_ids: Sequence[int], by: str, at: datetime) -> None:
    """Put a page's slots into this order; raises SlotsMoved when they are not the page's slots any more."""
    slots = {slot.id: slot for slot in _locked(page)}
    if sorted(slot_ids) != sorted(slots):
        raise SlotsMoved
    before = [slot.key for slot in slots.values()]
    ordered = [slots[number] for number in slot_ids]
    _place(ordered)
    changes = {"order": (before, [slot.key for slot in ordered])}
    audit.record(actor=by, action="slot.order", about=("page", page), changes=changes, at=at)


def switch_slot(*, slot_id: int, is_active: bool, by: str, at: datetime) -> Slot:
    """Show or hide a slot."""
    slot = _get_slot(slot_id)
    changes = {"shown": (slot.is_active, is_active)}
    slot.is_active = is_active
    db.session.flush()
    audit.record(actor=by, action="slot.switch", about=("slot", slot.known_as), changes=changes, at=at)
    after_commit(forget_slots)
    return slot


def _get_slot(slot_id: int) -> Slot:
    slot = db.session.get(Slot, slot_id)
    if slot is None:
        raise NotFound
    return slot


def _locked(page: str) -> list[Slot]:
    statement = select(Slot).where(Slot.page == page).order_by(Slot.position, Slot.id).with_for_update()
    return list(db.session.scalars(statement))


def _place(slots: Sequence[Slot]) -> None:
    for position, each in enumerate(slots):
        each.position = position
    db.session.flush()
    after_commit(forget_slots)


def _free_key(plan: SlotPlan) -> str:
    taken = set(db.session.scalars(select(Slot.key).where(Slot.page == plan.page)))
    return first_free(slugify(plan.name, fallback=plan.kind.replace("_", "-"), longest=36), taken)
