"""Notes of the staff on an order: what one tells the others, and no customer reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, union

from storefront.audit import services as audit
from storefront.database.base import db
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.orders.models import Order, OrderNote

LONGEST = 2_000
MOST_FOUND = 500


class NoteEmpty(Invalid):
    """Nothing was written."""

    message = N_("Please write something.")


class NoteTooLong(Invalid):
    """More than a note holds."""

    message = N_("A note has at most %(most)s characters.")


def list_notes(order_id: int) -> Sequence[OrderNote]:
    """Return an order's notes: pinned ones first, then the newest."""
    mine = select(OrderNote).where(OrderNote.order_id == order_id)
    return db.session.scalars(mine.order_by(OrderNote.is_pinned.desc(), OrderNote.id.desc())).all()


def add_note(*, order: Order, text: str, by: str, at: datetime) -> OrderNote:
    """Write a note on an order; lines stay lines."""
    words = text.strip().replace("\r\n", "\n")
    if not words:
        raise NoteEmpty(field="text")
    if len(words) > LONGEST:
        raise NoteTooLong(field="text", most=LONGEST)
    note = OrderNote(order_id=order.id, text=words, actor=by, at=at, is_pinned=False)
    db.session.add(note)
    db.session.flush()
    _tell(order, "order.note", {"note": (None, words)}, by, at)
    return note


def pin_note(*, order: Order, note_id: int, is_pinned: bool, by: str, at: datetime) -> OrderNote:
    """Let a note stand before the others, or among them."""
    note = _get(order, note_id)
    _tell(order, "order.note_edit", {"pinned": (note.is_pinned, is_pinned), "note": (None, note.text)}, by, at)
    note.is_pinned = is_pinned
    db.session.flush()
    return note


def remove_note(*, order: Order, note_id: int, by: str, at: datetime) -> None:
    """Take a note away; the ledger of changes goes on saying what it was."""
    note = _get(order, note_id)
    _tell(order, "order.note_edit", {"note": (note.text, None)}, by, at)
    db.session.execute(delete(OrderNote).where(OrderNote.id == note.id))


def orders_noted(words: str) -> Sequence[int]:
    """Return ids of orders on which staff or the customer wrote these words, the newest first; not more than some."""
    by_staff = select(OrderNote.order_id.label("id")).where(OrderNote.text.icontains(words, autoescape=True))
    by_customer = select(Order.id).where(Order.note != "", Order.note.icontains(words, autoescape=True))
    both = union(by_staff, by_customer).subquery()
    return db.session.scalars(select(both.c.id).order_by(both.c.id.desc()).limit(MOST_FOUND)).all()


def _get(order: Order, note_id: int) -> OrderNote:
    found = db.session.scalar(select(OrderNote).where(OrderNote.order_id == order.id, OrderNote.id == note_id))
    if found is None:
        raise NotFound
    return found


def _tell(order: Order, action: str, changes: dict[str, audit.Change], by: str, at: datetime) -> None:
    audit.record(actor=by, action=action, about=("order", order.number), changes=changes, at=at)
