"""The dry run: every row is read and compared with the shop, some hundred at a time; nothing of the shop is changed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from flask_babel import force_locale
from sqlalchemy import insert, update

from storefront.accounts.queries import find_staff
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.imports import facts, queries
from storefront.imports.errors import BadFile
from storefront.imports.facts import Surroundings
from storefront.imports.fields import field_of
from storefront.imports.models import Import, ImportRow
from storefront.imports.planning import Current, Error, Frame, Planned, plan, sku_of
from storefront.imports.reading import Row, open_table
from storefront.imports.rights import rights_of
from storefront.imports.shapes import Shape
from storefront.imports.states import ImportState, RowState, Verdict
from storefront.imports.telling import sentence_of
from storefront.kernel.clock import now
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import slugify
from storefront.shop.queries import get_settings
from storefront.web.locale import BABEL_NAMES

log = logging.getLogger(__name__)
AT_ONCE = 500


@dataclass(slots=True)
class _Seen:
    """What the rows so far have said."""

    skus: dict[str, int] = field(default_factory=dict)
    handles: set[str] = field(default_factory=set)
    """Addresses of products that rows so far will make."""
    names: dict[str, str] = field(default_factory=dict)
    """Their addresses by name, where rows named none."""
    changes: dict[tuple[int, str], tuple[int, str]] = field(default_factory=dict)
    """What rows change of products: by product and field, the line and the text."""


def check(import_id: int) -> None:
    """Check the rows that have not been checked yet, and say so when all have."""
    run = queries.find_import(import_id)
    if run is None or run.state != ImportState.CHECKING:
        return
    with force_locale(BABEL_NAMES[run.locale]):
        try:
            _check_all(run)
        except BadFile as refusal:
            _end(import_id, ImportState.FAILED, sentence_of(refusal))
        else:
            _end(import_id, ImportState.CHECKED, "")


def _check_all(run: Import) -> None:
    _headers, rows = open_table(queries.content_of(run.id), Shape.from_data(run.shape))
    around, seen, read = facts.look_around(), _Seen(), 0
    frame = _frame_of(run, around)
    already = run.read
    for some in _chunks(rows):
        plans = list(_plans(frame, around, some, seen))
        read += len(some)
        if read <= already:
            continue
        if not _store(run.id, some, plans, read):
            return


def _frame_of(run: Import, around: Surroundings) -> Frame:
    staff = find_staff(run.staff_id)
    return Frame(
        tuple(field_of(key) if key else None for key in run.mapping),
        around.known,
        rights_of(staff.permissions if staff else frozenset()),
        get_settings().below_cost_approval,
    )


def _plans(frame: Frame, around: Surroundings, some: Sequence[Row], seen: _Seen) -> Iterator[Planned]:
    current = facts.current_of({sku for _place, cells in some if (sku := sku_of(frame, cells))}, around)
    columns = {what.key: at for at, what in enumerate(frame.fields) if what is not None}
    handles = {_cell(cells, columns.get("handle")) for _place, cells in some} - {""}
    there = facts.known_handles(handles) if handles else {}
    for place, cells in some:
        sku = sku_of(frame, cells)
        product = None
        if sku and sku not in current:
            product = _product_of(cells, columns, there, seen)
        planned = plan(frame, cells, current.get(sku), product)
        _compare(planned, place, current.get(sku), columns, seen)
        if planned.verdict is Verdict.NEW and product is None:
            _name_handle(planned, seen)
        yield planned


def _product_of(
    cells: Sequence[str], columns: Mapping[str, int], there: Mapping[str, int], seen: _Seen
) -> dict[str, str] | None:
    """Return the product that a new variant belongs to: one that there is, or that a row above will make."""
    handle = _cell(cells, columns.get("handle")) or seen.names.get(_cell(cells, columns.get("name")), "")
    return {"handle": handle} if handle in there or handle in seen.handles else None


def _compare(planned: Planned, place: int, current: Current | None, columns: Mapping[str, int], seen: _Seen) -> None:
    """Refuse a row that says otherwise than one above it."""
    if not planned.sku:
        return
    if planned.sku in seen.skus:
        twice = Invalid(N_("Row %(row)d is about this SKU already."), row=seen.skus[planned.sku])
        _refuse(planned, columns, ("sku", planned.sku), twice)
        return
    seen.skus[planned.sku] = place
    if current is None:
        return
    for key in planned.says.keys() & planned.changes.keys():
        said = seen.changes.setdefault((current.product_id, key), (place, planned.says[key]))
        if said[1] != planned.says[key]:
            otherwise = Invalid(N_("Row %(row)d says something else about the same product."), row=said[0])
            _refuse(planned, columns, (key, planned.says[key]), otherwise)
            return


def _refuse(planned: Planned, columns: Mapping[str, int], said: tuple[str, str], refusal: Invalid) -> None:
    key, value = said
    planned.errors.append(Error(columns.get(key, -1), key, value, refusal))
    planned.verdict, planned.changes = Verdict.BAD, {}


def _name_handle(planned: Planned, seen: _Seen) -> None:
    """Give a product that will be made an address, where its row names none."""
    handle = planned.changes.get("handle", ("", ""))[1]
    if not handle:
        name = planned.changes["name"][1]
        base = slugify(name, fallback="") or slugify(f"product-{planned.sku}")
        handle, number = base, 1
        while handle in seen.handles or facts.known_handles([handle]):
            number += 1
            handle = f"{base}-{number}"
        planned.changes["handle"] = ("", handle)
        seen.names[name] = handle
    seen.handles.add(handle)


def _store(import_id: int, some: Sequence[Row], plans: Sequence[Planned], read: int) -> bool:
    """Keep what rows would do; False when somebody else has, or the import was stopped."""
    rows = [_row(import_id, row, planned) for row, planned in zip(some, plans, strict=True) if planned.verdict]
    mine = (Import.id == import_id, Import.state == ImportState.CHECKING, Import.read == read - len(some))
    values = {"read": read, "unchanged": Import.unchanged + len(some) - len(rows), "touched_at": now()}
    with transaction():
        if not db.session.execute(update(Import).where(*mine).values(values)).rowcount:  # type: ignore[attr-defined]
            return False
        if rows:
            db.session.execute(insert(ImportRow), rows)
    return True


def _row(import_id: int, row: Row, planned: Planned) -> dict[str, Any]:
    place, cells = row
    is_bad = planned.verdict is Verdict.BAD
    return {
        "import_id": import_id,
        "position": place,
        "sku": planned.sku[:64],
        "cells": cells,
        "verdict": planned.verdict,
        "state": RowState.REFUSED if is_bad else RowState.WAITING,
        "changes": {key: list(change) for key, change in planned.changes.items()},
        "errors": [[each.column, each.field, each.value[:200], sentence_of(each.refusal)] for each in planned.errors],
    }


def _end(import_id: int, state: ImportState, problem: str) -> None:
    mine = (Import.id == import_id, Import.state == ImportState.CHECKING)
    with transaction():
        db.session.execute(update(Import).where(*mine).values(state=state, problem=problem, touched_at=now()))


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while some := list(islice(waiting, AT_ONCE)):
        yield some


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and at < len(cells) else ""
