"""Reads of imports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from storefront.database.base import db
from storefront.imports.models import Import, ImportFile, ImportHabit, ImportRow
from storefront.imports.states import OPEN, RowState, Verdict
from storefront.kernel.errors import Forbidden, NotFound
from storefront.kernel.paging import Page

PER_PAGE = 50
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows there are of each sort."""

    new: int = 0
    changed: int = 0
    bad: int = 0
    waiting: int = 0
    done: int = 0
    refused: int = 0
    """Those that looked good when they were checked."""

    @property
    def planned(self) -> int:
        """Rows that do something."""
        return self.new + self.changed


SHOWN: Mapping[str, tuple[ColumnElement[bool], ...]] = {
    "new": (ImportRow.verdict == Verdict.NEW,),
    "changed": (ImportRow.verdict == Verdict.CHANGED,),
    "bad": (ImportRow.verdict == Verdict.BAD,),
    "done": (ImportRow.state == RowState.DONE,),
    "refused": (ImportRow.verdict != Verdict.BAD, ImportRow.state == RowState.REFUSED),
    "waiting": (ImportRow.state == RowState.WAITING,),
    "wrong": (or_(ImportRow.verdict == Verdict.BAD, ImportRow.state == RowState.REFUSED),),
}
"""Rows that a page shows, by the word in its address."""


def find_import(import_id: int) -> Import | None:
    """Return an import; None for one that there is not."""
    return db.session.get(Import, import_id, populate_existing=True)


def get_import(import_id: int) -> Import:
    """Return an import, or NotFound."""
    found = find_import(import_id)
    if found is None:
        raise NotFound
    return found


def get_own(import_id: int, staff_id: int) -> Import:
    """Return an import that this person brought; NotFound, or Forbidden for somebody else's."""
    found = get_import(import_id)
    if found.staff_id != staff_id:
        raise Forbidden
    return found


def content_of(import_id: int) -> bytes:
    """Return the file as it came, or NotFound."""
    content = db.session.scalar(select(ImportFile.content).where(ImportFile.import_id == import_id))
    if content is None:
        raise NotFound
    return bytes(content)


def habits_of(staff_id: int) -> dict[str, str]:
    """Return what columns meant when this person last imported, by their folded names."""
    mine = select(ImportHabit.header, ImportHabit.field).where(ImportHabit.staff_id == staff_id)
    return {row.header: row.field for row in db.session.execute(mine)}


def counts_of(import_id: int) -> Counts:
    """Return how many rows there are of each sort."""
    rows = db.session.execute(
        select(ImportRow.verdict, ImportRow.state, func.count().label("rows"))
        .where(ImportRow.import_id == import_id)
        .group_by(ImportRow.verdict, ImportRow.state)
    ).all()

    def count(*, verdict: str = "", state: str = "") -> int:
        wanted = [row for row in rows if verdict in ("", row.verdict) and state in ("", row.state)]
        return sum(row.rows for row in wanted)

    bad = count(verdict=Verdict.BAD)
    return Counts(
        new=count(verdict=Verdict.NEW),
        changed=count(verdict=Verdict.CHANGED),
        bad=bad,
        waiting=count(state=RowState.WAITING),
        done=count(state=RowState.DONE),
        refused=count(state=RowState.REFUSED) - bad,
    )


def page_of_rows(import_id: int, wanted: str, number: int) -> Page[ImportRow]:
    """Return a page of an import's rows of one sort, in the order of the file."""
    mine = (ImportRow.import_id == import_id, *SHOWN[wanted])
    total = db.session.scalar(select(func.count()).select_from(ImportRow).where(*mine)) or 0
    number = min(number, max(1, -(-total // PER_PAGE)))
    ordered = select(ImportRow).where(*mine).order_by(ImportRow.position)
    return Page(
        db.session.scalars(ordered.limit(PER_PAGE).offset((number - 1) * PER_PAGE)).all(), total, number, PER_PAGE
    )


def each_row(import_id: int, wanted: str) -> Iterator[ImportRow]:
    """Yield an import's rows of one sort, some hundred in memory at a time."""
    last = -1
    while True:
        mine = (ImportRow.import_id == import_id, ImportRow.position > last, *SHOWN[wanted])
        some = db.session.scalars(select(ImportRow).where(*mine).order_by(ImportRow.position).limit(AT_ONCE)).all()
        if not some:
            return
        yield from some
        last = some[-1].position


def undone_by(import_id: int) -> int | None:
    """Return the import that took this one back; None if none did."""
    return db.session.scalar(select(Import.id).where(Import.undoes_id == import_id))


def list_stuck(before: datetime) -> Sequence[int]:
    """Return the imports that somebody should be working on, and nobody has since a moment."""
    waiting = select(Import.id).where(Import.state.in_(OPEN), Import.touched_at < before)
    return db.session.scalars(waiting.order_by(Import.id)).all()
