"""Writes of imports: brought, understood, started, stopped, taken back, forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import delete, insert, select, update

from storefront.accounts.identity import CurrentStaff
from storefront.audit import services as audit
from storefront.database.base import db
from storefront.imports import facts, queries
from storefront.imports.errors import BadFile, NotNow
from storefront.imports.fields import FIELDS, guess, means_something
from storefront.imports.models import Import, ImportFile, ImportHabit, ImportRow
from storefront.imports.reading import look_at
from storefront.imports.shapes import DELIMITERS, ENCODINGS, LARGEST_FILE, Shape, shape_of
from storefront.imports.states import ImportState, RowState, Verdict
from storefront.imports.telling import words_of
from storefront.imports.values import EMPTY
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import fold, squeeze

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as it came."""

    name: str
    content: bytes


def bring(*, brought: Brought, locale: str, by: CurrentStaff, at: datetime) -> Import:
    """Keep a file and guess what its columns mean; raises BadFile."""
    if len(brought.content) > LARGEST_FILE:
        raise BadFile(N_("This file is larger than %(most)d MB. Split it."), most=LARGEST_FILE // 1024**2)
    shape = shape_of(brought.content)
    headers, sample = look_at(brought.content, shape)
    run = Import(
        staff_id=by.id,
        file_name=squeeze(brought.name.replace("\\", "/").rpartition("/")[2])[:255] or "table",
        shape=shape.as_data(),
        headers=headers,
        sample=sample,
        mapping=_guessed(headers, by.id),
        state=ImportState.MAPPING,
        locale=locale,
        created_at=at,
        touched_at=at,
    )
    db.session.add(run)
    db.session.flush()
    db.session.execute(insert(ImportFile), [{"import_id": run.id, "content": brought.content}])
    _note(run, "import.bring", {"file": (None, run.file_name)}, by.actor, at)
    return run


def reread(*, import_id: int, encoding: str, delimiter: str, by: CurrentStaff, at: datetime) -> Import:
    """Read the file of an import in another encoding, or cut its lines elsewhere; raises BadFile."""
    run = _locked(import_id, by, ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED)
    shape = Shape.from_data(run.shape)
    if shape.kind != "csv" or encoding not in ENCODINGS or delimiter not in DELIMITERS:
        raise Invalid
    shape = Shape("csv", encoding, delimiter)
    run.headers, run.sample = look_at(queries.content_of(import_id), shape)
    run.shape, run.mapping = shape.as_data(), _guessed(run.headers, by.id)
    _forget_rows(run)
    run.state, run.touched_at = ImportState.MAPPING, at
    return run


def understand(*, import_id: int, mapping: Sequence[str], by: CurrentStaff, at: datetime) -> Import:
    """Say what the columns mean, remember it for the next file, and let the rows be checked; raises Invalid."""
    run = _locked(import_id, by, ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED)
    meant = [key for key in mapping if key]
    warehouses = facts.look_around().warehouses
    if len(mapping) != len(run.headers) or not all(means_something(key, warehouses) for key in meant):
        raise Invalid
    if twice := next((key for key in meant if meant.count(key) > 1), ""):
        raise Invalid(N_("Two columns are “%(what)s”. Choose one of them."), field="mapping", what=words_of(twice))
    if "sku" not in meant:
        raise Invalid(N_("Say which column is the SKU: rows are found by it."), field="mapping")
    if meant == ["sku"]:
        raise Invalid(N_("Say what at least one more column is."), field="mapping")
    run.mapping = list(mapping)
    _remember(run, by.id)
    _forget_rows(run)
    run.state, run.touched_at, run.problem = ImportState.CHECKING, at, ""
    db.session.flush()
    return run


def start(*, import_id: int, by: CurrentStaff, at: datetime) -> Import:
    """Let what was checked be carried out; refuses an import that is not checked, or has nothing to do."""
    run = _locked(import_id, by, ImportState.CHECKED)
    counts = queries.counts_of(import_id)
    if not counts.waiting:
        raise NotNow(N_("No row of this file changes anything."))
    run.state, run.started_at, run.touched_at = ImportState.RUNNING, at, at
    told: dict[str, tuple[object, object]] = {"file": (None, run.file_name)}
    told |= {"new": (0, counts.new), "changed": (0, counts.changed), "bad": (0, counts.bad)}
    _note(run, "import.start", told, by.actor, at)
    return run


def cancel(*, import_id: int, by: CurrentStaff, at: datetime) -> Import:
    """Stop an import where it is: what is done stays done, the rest is left."""
    run = _locked(import_id, by, ImportState.MAPPING, ImportState.CHECKING, ImportState.CHECKED, ImportState.RUNNING)
    was, run.state, run.finished_at, run.touched_at = run.state, ImportState.CANCELLED, at, at
    done = queries.counts_of(import_id).done
    _note(run, "import.cancel", {"state": (was, run.state), "done": (None, done)}, by.actor, at)
    return run


def undo(*, import_id: int, locale: str, by: CurrentStaff, at: datetime) -> Import:
    """Begin an import that brings back what was; rows that have changed since will be refused."""
    old = _locked(import_id, by, ImportState.FINISHED, ImportState.CANCELLED)
    if queries.undone_by(import_id) is not None or not queries.counts_of(import_id).done:
        raise NotNow
    keys = undone_keys(import_id)
    run = Import(
        staff_id=by.id,
        file_name=old.file_name,
        shape=Shape("undo").as_data(),
        headers=[words_of("sku"), *(words_of(key) for key in keys)],
        sample=[],
        mapping=["sku", *keys],
        state=ImportState.RUNNING,
        locale=locale,
        created_at=at,
        touched_at=at,
        started_at=at,
        undoes_id=import_id,
        read=0,
    )
    db.session.add(run)
    db.session.flush()
    waiting = (_undoing_row(run.id, row, keys) for row in queries.each_row(import_id, "done"))
    while some := list(islice(waiting, AT_ONCE)):
        db.session.execute(insert(ImportRow), some)
        run.read += len(some)
    _note(run, "import.undo", {"undoes": (None, import_id), "rows": (None, run.read)}, by.actor, at)
    return run


def _undoing_row(import_id: int, row: ImportRow, keys: Sequence[str]) -> dict[str, object]:
    return {
        "import_id": import_id,
        "position": row.position,
        "sku": row.sku,
        "cells": undone_cells(row, keys),
        "verdict": Verdict.CHANGED,
        "state": RowState.WAITING,
        "changes": undone(row),
        "errors": [],
    }


def undone(row: ImportRow) -> dict[str, list[str]]:
    """Return what brings back what was before a row was done: what it made is withdrawn, not deleted."""
    if row.verdict != Verdict.NEW:
        return {key: [text, was] for key, (was, text) in row.changes.items()}
    changes = {"active": ["yes", "no"]} if row.changes.get("active", ["", "yes"])[1] == "yes" else {}
    if "name" in row.changes and row.changes.get("published", ["", "no"])[1] == "yes":
        changes["published"] = ["yes", "no"]
    return changes


def undone_keys(import_id: int) -> list[str]:
    """Return the fields that an undoing touches, in the order of files."""
    found: set[str] = set()
    for row in queries.each_row(import_id, "done"):
        found |= undone(row).keys()
    order = [field.key for field in FIELDS]
    return sorted(found, key=lambda key: (order.index(key) if key in order else len(order), key))


def undone_cells(row: ImportRow, keys: Sequence[str]) -> list[str]:
    """Return a row of a file that brings back what was."""
    back = undone(row)
    return [row.sku, *(("" if key not in back else back[key][1] or EMPTY) for key in keys)]


def forget_imports(*, before: datetime) -> None:
    """Delete imports from before a moment on which nobody works. What they changed stands in the ledger of changes."""
    busy = (ImportState.CHECKING, ImportState.RUNNING)
    old = select(Import.id).where(Import.created_at < before, Import.state.not_in(busy))
    for table in (ImportRow, ImportFile):
        db.session.execute(delete(table).where(table.import_id.in_(old)))
    db.session.execute(delete(Import).where(Import.created_at < before, Import.state.not_in(busy)))


def _guessed(headers: Sequence[str], staff_id: int) -> list[str]:
    said = {field.key: words_of(field.key) for field in FIELDS}
    warehouses = facts.look_around().warehouses
    return guess(headers, habits=queries.habits_of(staff_id), warehouses=warehouses, said=said)


def _remember(run: Import, staff_id: int) -> None:
    known = queries.habits_of(staff_id)
    for header, key in zip(run.headers, run.mapping, strict=True):
        name = fold(header)[:120]
        if not name or known.get(name) == key:
            continue
        if name in known:
            mine = (ImportHabit.staff_id == staff_id, ImportHabit.header == name)
            db.session.execute(update(ImportHabit).where(*mine).values(field=key))
        else:
            db.session.add(ImportHabit(staff_id=staff_id, header=name, field=key))
        known[name] = key


def _forget_rows(run: Import) -> None:
    db.session.execute(delete(ImportRow).where(ImportRow.import_id == run.id))
    run.read = run.unchanged = 0


def _locked(import_id: int, by: CurrentStaff, *states: ImportState) -> Import:
    """Return one's own import, locked, that stands in one of these states; else NotNow."""
    queries.get_own(import_id, by.id)
    run = db.session.scalars(
        select(Import).where(Import.id == import_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if run.state not in states:
        raise NotNow
    return run


def _note(run: Import, action: str, changes: dict[str, tuple[object, object]], by: str, at: datetime) -> None:
    db.session.flush()
    audit.record(actor=by, action=action, about=("import", str(run.id)), changes=changes, at=at)
