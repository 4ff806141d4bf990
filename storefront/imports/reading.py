"""Tables out of files, row by row: however long a file is, few rows are in memory."""

from __future__ import annotations

import csv
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from io import BytesIO, TextIOWrapper
from itertools import chain, islice
from typing import Any
from xml.etree.ElementTree import ParseError

from storefront.imports.errors import BadFile
from storefront.imports.fields import FIELDS
from storefront.imports.naming import NAMES
from storefront.imports.shapes import Shape
from storefront.kernel.errors import N_
from storefront.kernel.sheets import unguarded
from storefront.kernel.text import fold, squeeze

MOST_ROWS = 100_000
MOST_COLUMNS = 200
LONGEST_CELL = 60_000
LOOKED_AT = 10
"""Among so many rows the one with the names is looked for: a title may stand above them."""
SHOWN = 5
_NAMES = frozenset(fold(name) for field in FIELDS for name in (field.key, field.words, *NAMES[field.key]))
_BROKEN = (zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, OSError, EOFError)
Row = tuple[int, list[str]]
"""The line, as spreadsheets count, and its cells."""


def open_table(content: bytes, shape: Shape) -> tuple[list[str], Iterator[Row]]:
    """Return the names of the columns and the rows below; raises BadFile, also while rows are taken."""
    rows = _limited(_filled(_sheet(content) if shape.kind == "xlsx" else _text(content, shape)))
    first = list(islice(rows, LOOKED_AT))
    if not first:
        raise BadFile(N_("This file is empty."))
    at = max(range(len(first)), key=lambda place: (_known_names(first[place][1]), -place))
    headers = [squeeze(cell)[:120] for cell in first[at][1]]
    while headers and not headers[-1]:
        headers.pop()
    if len(headers) > MOST_COLUMNS:
        raise BadFile(
            N_("This table has %(count)d columns; at most %(most)d are read. Delete those that are not needed."),
            count=len(headers),
            most=MOST_COLUMNS,
        )
    return headers, chain(first[at + 1 :], rows)


def look_at(content: bytes, shape: Shape) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns and the first rows; raises BadFile."""
    headers, rows = open_table(content, shape)
    sample = [cells[: len(headers)] for _place, cells in islice(rows, SHOWN)]
    if not sample:
        raise BadFile(N_("This table has names of columns and no row below them."))
    return headers, [[cell[:200] for cell in cells] for cells in sample]


def _text(content: bytes, shape: Shape) -> Iterator[Row]:
    stream = TextIOWrapper(BytesIO(content), encoding=shape.encoding, errors="strict", newline="")
    place, reader = 1, csv.reader(stream, delimiter=shape.delimiter, strict=True)
    try:
        if stream.read(1) != "\ufeff":
            stream.seek(0)
        while True:
            place = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            yield place, cells
    except UnicodeDecodeError:
        raise BadFile(N_("This file is not text in the encoding that was chosen.")) from None
    except csv.Error:
        raise BadFile(
            N_("Line %(line)d is broken: a quotation mark is missing there, or a cell is very long."),
            line=place,
        ) from None


def _sheet(content: bytes) -> Iterator[Row]:
    import openpyxl  # noqa: PLC0415 - large, and workbooks are rare
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles, which no value depends on
            book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet: Any = next((each for each in book.worksheets if each.sheet_state == "visible"), None)
        if sheet is None:
            raise BadFile(N_("This workbook has no sheet that can be seen."))
        sheet.reset_dimensions()
        for place, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield place, [_cell(value) for value in cells]
        book.close()
    except (*_BROKEN, InvalidFileException):
        raise BadFile(N_("This workbook is damaged. Save it again and try once more.")) from None


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.15g}" if abs(value) < 1e15 else f"{value:.0f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _filled(rows: Iterable[Row]) -> Iterator[Row]:
    """Leave out empty rows, and take the apostrophes off that keep texts from being run."""
    for place, cells in rows:
        if any(cell.strip() for cell in cells):
            yield place, [unguarded(cell).replace("\x00", "") for cell in cells]


def _limited(rows: Iterable[Row]) -> Iterator[Row]:
    for count, (place, cells) in enumerate(rows):
        if count > MOST_ROWS + LOOKED_AT:
            raise BadFile(N_("This table has more than %(most)d rows. Split it."), most=MOST_ROWS)
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise BadFile(N_("A cell in line %(line)d is too long to be read."), line=place)
        yield place, cells


def _known_names(cells: Iterable[str]) -> int:
    return sum(fold(cell) in _NAMES for cell in cells if cell.strip())
