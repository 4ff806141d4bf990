"""A list as a file for a spreadsheet, however long: rows are written while they are read, and none is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from admin.tables.describing import Column, Words
from storefront.kernel.money import Money
from storefront.kernel.sheets import MARK, sheet_line

TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
LINES_AT_ONCE = 500
BYTES_AT_ONCE = 64 * 1024
ROWS_PER_SHEET = 1_000_000
"""A sheet ends at 1,048,576 rows; what is more goes on in the next."""
_SAFE = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def columns_in_file(columns: Sequence[Column]) -> list[Column]:
    """Return the columns that a file holds."""
    return [column for column in columns if column.value is not None]


def as_csv(columns: Sequence[Column], rows: Iterable[Any], zone: str) -> Iterator[str]:
    """Yield the rows as CSV, some lines at a time."""
    yield MARK + sheet_line([_(column.label) for column in columns])
    waiting = iter(rows)
    while some := list(islice(waiting, LINES_AT_ONCE)):
        yield "".join(sheet_line([_text(value, zone) for value in _values(columns, row)]) for row in some)


def as_xlsx(columns: Sequence[Column], rows: Iterable[Any], zone: str) -> Iterator[bytes]:
    """Yield the rows as a workbook: text is text whatever it begins with, amounts are numbers, moments are moments."""
    with TemporaryFile() as file:
        _write_book(file, columns, rows, zone)
        file.seek(0)
        while some := file.read(BYTES_AT_ONCE):
            yield some


def _write_book(file: IO[bytes], columns: Sequence[Column], rows: Iterable[Any], zone: str) -> None:
    from xlsxwriter import Workbook  # noqa: PLC0415 - workbooks are rare

    with Workbook(file, _SAFE) as book:
        looks = {
            "head": book.add_format({"bold": True}),
            Decimal: book.add_format({"num_format": "#,##0.00"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        waiting = iter(rows)
        while True:
            sheet, place = book.add_worksheet(), 0
            sheet.freeze_panes(1, 1)
            sheet.set_column(0, len(columns) - 1, 18)
            for across, column in enumerate(columns):
                sheet.write_string(0, across, _(column.label), looks["head"])
            for place, row in enumerate(islice(waiting, ROWS_PER_SHEET), start=1):
                for across, value in enumerate(_values(columns, row)):
                    _write_cell(sheet, (place, across), value, looks, zone)
            if place < ROWS_PER_SHEET:
                return


def _write_cell(sheet: Any, at: tuple[int, int], value: object, looks: dict[Any, Any], zone: str) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Money):
        sheet.write_number(*at, value.decimal, looks[Decimal])
    elif isinstance(value, datetime):
        sheet.write_datetime(*at, value.astimezone(ZoneInfo(zone)).replace(tzinfo=None), looks[datetime])
    elif isinstance(value, date):
        sheet.write_datetime(*at, value, looks[date])
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(*at, value)
    else:
        sheet.write_string(*at, str(_text(value, zone)))


def _values(columns: Sequence[Column], row: Any) -> Iterator[object]:
    for column in columns:
        if column.value is not None:
            value = column.value(row)
            yield (_(value.text) if value.text else "") if isinstance(value, Words) else value


def _text(value: object, zone: str) -> object:
    if isinstance(value, Money):
        return f"{value.decimal:f}"
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value
