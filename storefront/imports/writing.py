"""Tables into files, while they are read: codes stay text, amounts are numbers, and nothing is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from tempfile import TemporaryFile
from typing import Any

from storefront.imports.fields import field_of
from storefront.kernel.sheets import MARK, guarded, sheet_lines

TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
LINES_AT_ONCE = 500
BYTES_AT_ONCE = 64 * 1024
_NUMBERS = {"money": "0.00##", "grams": "0", "pieces": "0"}
_SAFE = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
Table = Iterable[Sequence[str]]


def as_csv(headers: Sequence[str], rows: Table) -> Iterator[bytes]:
    """Yield a table as CSV that spreadsheets read as UTF-8."""
    yield (MARK + sheet_lines([headers])).encode()
    waiting = iter(rows)
    while some := list(islice(waiting, LINES_AT_ONCE)):
        yield sheet_lines(some).encode()


def as_xlsx(headers: Sequence[str], rows: Table, keys: Sequence[str] = ()) -> Iterator[bytes]:
    """Yield a table as a workbook; `keys` are the fields of its columns, which say what is a number."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - workbooks are rare

    kinds = [what.kind if (what := field_of(key)) else "" for key in keys] + [""] * (len(headers) - len(keys))
    with TemporaryFile() as file:
        with Workbook(file, _SAFE) as book:
            looks: dict[str, Any] = {kind: book.add_format({"num_format": it}) for kind, it in _NUMBERS.items()}
            head, sheet = book.add_format({"bold": True}), book.add_worksheet()
            sheet.freeze_panes(1, 1)
            sheet.set_column(0, max(0, len(headers) - 1), 18)
            for across, name in enumerate(headers):
                sheet.write_string(0, across, guarded(name), head)
            for down, cells in enumerate(rows, start=1):
                for across, text in enumerate(cells):
                    _write(sheet, (down, across), text, looks.get(kinds[across] if across < len(kinds) else ""))
        file.seek(0)
        while some := file.read(BYTES_AT_ONCE):
            yield some


def _write(sheet: Any, at: tuple[int, int], text: str, look: Any) -> None:
    if look is not None and text:
        try:
            sheet.write_number(*at, float(text), look)
            return
        except ValueError:
            pass
    if text:
        sheet.write_string(*at, guarded(text))
