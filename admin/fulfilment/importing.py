"""Tracking numbers as a table: read in whatever spreadsheets write, tried row by row, and stored row by row."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from admin.fulfilment.tables import LABELLED, TO_BE_LABELLED
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment.labelling import label
from storefront.fulfilment.rules import Label
from storefront.kernel.errors import N_, Invalid, ShopError
from storefront.kernel.text import fold
from storefront.web.errors import message_of

MOST_ROWS = 1000
COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("order", "order number", "parcel", "parcel number", "订单", "订单号", "订单编号", "包裹号", "包裹"),
    "carrier": ("carrier", "courier", "快递", "快递公司", "物流公司", "承运商"),
    "tracking": ("tracking number", "tracking", "tracking no", "tracking_number", "运单号", "快递单号", "物流单号"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, as it was typed; `place` counts from 2, as spreadsheets do."""

    place: int
    code: str
    carrier: str
    tracking: str


@dataclass(frozen=True, slots=True)
class Result:
    """What one row did, or would do; `problem` says why it did nothing."""

    row: Row
    words: str = ""
    problem: str = ""


class _Undone(Exception):
    """Ends a trial: everything that it wrote is rolled back."""


def decode(raw: bytes) -> str:
    """Return the text of a file in UTF-8, with or without its mark, or in the encoding of Chinese spreadsheets."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(N_("This file is not text. Save it as CSV and try again."), field="file")


def read_rows(text: str) -> list[Row]:
    """Read the table; refuses other columns, no rows, and more than a thousand."""
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        table = list(csv.reader(StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error:
        raise Invalid(
            N_("This is not a table with one row a line. Save it as CSV and try again."), field="file"
        ) from None
    numbered = [(place, cells) for place, cells in enumerate(table, start=1) if any(cell.strip() for cell in cells)]
    if not numbered:
        raise Invalid(N_("The table is empty."), field="file")
    head = {fold(cell): index for index, cell in enumerate(numbered[0][1])}
    found = {key: next((head[name] for name in names if name in head), None) for key, names in COLUMNS.items()}
    if None in found.values():
        raise Invalid(
            N_("The first row must name three columns: order (or parcel), carrier, tracking number."), field="file"
        )
    if len(numbered) == 1:
        raise Invalid(N_("The table is empty."), field="file")
    if len(numbered) - 1 > MOST_ROWS:
        raise Invalid(N_("That are more than %(most)s rows. Split the table."), field="file", most=MOST_ROWS)
    return [Row(place, *(_cell(cells, found[key]) for key in COLUMNS)) for place, cells in numbered[1:]]


def try_rows(rows: Sequence[Row], *, by: str, at: datetime) -> list[Result]:
    """Say what each row would do, after those before it; nothing is kept and nobody is told."""
    results: list[Result] = []
    try:
        with transaction():
            for row in rows:
                savepoint = db.session.begin_nested()
                result = _one(row, TO_BE_LABELLED, by=by, at=at)
                if result.problem:
                    savepoint.rollback()
                else:
                    savepoint.commit()
                results.append(result)
            raise _Undone
    except _Undone:
        return results


def store_rows(rows: Sequence[Row], *, by: str, at: datetime) -> list[Result]:
    """Store each row in a transaction of its own: one that cannot be keeps no other back."""
    results = []
    for row in rows:
        try:
            with transaction():
                result = _one(row, LABELLED, by=by, at=at)
                if result.problem:
                    raise _Undone
        except _Undone:
            pass
        results.append(result)
    return results


def _one(row: Row, words: Mapping[str, str], *, by: str, at: datetime) -> Result:
    try:
        done = label(code=row.code, given=Label(row.carrier, row.tracking), by=by, at=at)
    except ShopError as refusal:
        return Result(row, problem=message_of(refusal))
    return Result(row, words=words[done])


def _cell(cells: Sequence[str], index: int | None) -> str:
    """Return a cell; spreadsheets put an apostrophe before a number that shall stay text."""
    return cells[index].strip().removeprefix("'")[:500] if index is not None and index < len(cells) else ""
