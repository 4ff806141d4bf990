"""Reads of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storefront.database.base import db
from storefront.desk.models import BulkItem, BulkRun, ListDesk
from storefront.desk.states import ItemState
from storefront.kernel.errors import NotFound
from storefront.kernel.paging import Page

PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Desk:
    """How somebody likes a list: columns left out, and (name, query) of their views."""

    hidden: tuple[str, ...] = ()
    views: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    waiting: int
    done: int
    refused: int

    @property
    def total(self) -> int:
        """All of its things."""
        return self.waiting + self.done + self.refused


def desk_of(staff_id: int, list_name: str) -> Desk:
    """Return how a person likes a list."""
    row = db.session.execute(
        select(ListDesk.hidden, ListDesk.views).where(ListDesk.staff_id == staff_id, ListDesk.list_name == list_name)
    ).one_or_none()
    return Desk(tuple(row.hidden), tuple((name, query) for name, query in row.views)) if row else Desk()


def get_run(run_id: int, staff_id: int) -> BulkRun:
    """Return a run of this person's, or NotFound."""
    found = db.session.scalar(select(BulkRun).where(BulkRun.id == run_id, BulkRun.staff_id == staff_id))
    if found is None:
        raise NotFound
    return found


def progress_of(run_id: int) -> Progress:
    """Return how far a run is."""
    rows = db.session.execute(
        select(BulkItem.state, func.count().label("things")).where(BulkItem.run_id == run_id).group_by(BulkItem.state)
    )
    counts: dict[str, int] = {row.state: row.things for row in rows}
    return Progress(*(counts.get(state, 0) for state in ItemState))


def page_of_items(run_id: int, state: ItemState, number: int) -> Page[BulkItem]:
    """Return a page of a run's things in this state, in the order in which they were chosen."""
    mine = (BulkItem.run_id == run_id, BulkItem.state == state)
    total = db.session.scalar(select(func.count()).select_from(BulkItem).where(*mine)) or 0
    number = min(number, max(1, -(-total // PER_PAGE)))
    ordered = select(BulkItem).where(*mine).order_by(BulkItem.position).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    return Page(db.session.scalars(ordered).all(), total, number, PER_PAGE)


def undone_by(run_id: int) -> int | None:
    """Return the run that took this one back; None if none did."""
    return db.session.scalar(select(BulkRun.id).where(BulkRun.undoes_id == run_id))


def list_unfinished(before: datetime) -> Sequence[int]:
    """Return the runs that began before a moment and have not come to an end."""
    waiting = select(BulkRun.id).where(BulkRun.finished_at.is_(None), BulkRun.started_at < before)
    return db.session.scalars(waiting.order_by(BulkRun.id)).all()
