"""Carrying an import out: a few rows a transaction, each wholly or not at all."""

from __future__ import annotations

import logging
import time
from datetime import datetime

from flask_babel import force_locale
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from storefront.accounts.queries import find_staff
from storefront.audit import services as audit
from storefront.database.base import db
from storefront.database.sharing import LONGEST, Turns
from storefront.database.transaction import transaction
from storefront.imports import facts, queries
from storefront.imports.changing import Task, change_row, make_row
from storefront.imports.facts import Surroundings
from storefront.imports.models import Import, ImportRow
from storefront.imports.planning import Current
from storefront.imports.rights import rights_of
from storefront.imports.states import ImportState, RowState, Verdict
from storefront.imports.telling import sentence_of
from storefront.kernel.clock import now
from storefront.kernel.errors import N_, ShopError
from storefront.web.locale import BABEL_NAMES

log = logging.getLogger(__name__)
AT_ONCE = 20
"""So many rows share a transaction at most: more would let shoppers wait, fewer take longer."""


class NotStored(ShopError):
    """A row could not be stored for a reason that is no rule's."""

    message = N_("It could not be changed just now; it is as it was.")


def work_off(import_id: int) -> None:
    """Carry out the rows that wait. What is done is never done again; an import that was stopped stops."""
    run = queries.find_import(import_id)
    if run is None or run.state != ImportState.RUNNING:
        return
    around = facts.look_around()
    with force_locale(BABEL_NAMES[run.locale]):
        turns = Turns()
        while _some(import_id, around):
            turns.give()


def _some(import_id: int, around: Surroundings) -> bool:
    """Carry out some rows, for no longer than others may wait; False when there is nothing more to do."""
    at = now()
    with transaction():
        run = queries.find_import(import_id)
        if run is None or run.state != ImportState.RUNNING:
            return False
        waiting = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.state == RowState.WAITING)
        rows = db.session.scalars(waiting.order_by(ImportRow.position).limit(AT_ONCE)).all()
        if not rows:
            _finish(run, at)
            return False
        staff = find_staff(run.staff_id)
        rights, by = rights_of(staff.permissions if staff else frozenset()), f"staff:{run.staff_id}"
        current = facts.current_of([row.sku for row in rows if row.verdict != Verdict.NEW], around)
        enough = time.monotonic() + LONGEST
        for row in rows:
            if row is not rows[0] and time.monotonic() > enough:
                break
            _one(
                row,
                current.get(row.sku),
                Task(row.sku, _changes(row), rights, around, f"#{run.id} {run.file_name}"[:60], by, at),
            )
        run.touched_at = at
    return True


def _one(row: ImportRow, current: Current | None, task: Task) -> None:
    key, verdict = (ImportRow.import_id == row.import_id, ImportRow.position == row.position), row.verdict
    savepoint = db.session.begin_nested()
    try:
        mine = update(ImportRow).where(*key, ImportRow.state == RowState.WAITING).values(state=RowState.DONE)
        claimed = db.session.execute(mine.execution_options(synchronize_session=False))
        if claimed.rowcount:  # type: ignore[attr-defined]
            make_row(task) if verdict == Verdict.NEW else change_row(task, current)
        savepoint.commit()
    except ShopError as refusal:
        savepoint.rollback()
        _refuse(key, refusal)
    except SQLAlchemyError:
        log.exception("An import could not store the row of %s", task.sku)
        savepoint.rollback()
        _refuse(key, NotStored())


def _refuse(key: tuple[object, ...], refusal: ShopError) -> None:
    values = {"state": RowState.REFUSED, "errors": [[-1, "", "", sentence_of(refusal)]]}
    refused = update(ImportRow).where(*key).values(values)  # type: ignore[arg-type]
    db.session.execute(refused.execution_options(synchronize_session=False))


def _finish(run: Import, at: datetime) -> None:
    run.state, run.finished_at, run.touched_at = ImportState.FINISHED, at, at
    counts = queries.counts_of(run.id)
    told = {"done": (0, counts.done), "refused": (0, counts.refused), "bad": (0, counts.bad)}
    told["file"] = (None, run.file_name)  # type: ignore[assignment]
    audit.record(
        actor=f"staff:{run.staff_id}", action="import.finish", about=("import", str(run.id)), changes=told, at=at
    )


def _changes(row: ImportRow) -> dict[str, tuple[str, str]]:
    return {key: (was, text) for key, (was, text) in row.changes.items()}
