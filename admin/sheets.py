"""Tables for a spreadsheet, as CSV: text stays text there, whatever it begins with."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from io import StringIO

MARK = "\ufeff"
"""What a file begins with, so that spreadsheets read it as UTF-8."""
_BEGINS_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def sheet_line(cells: Sequence[object]) -> str:
    """Return one line; None is an empty cell."""
    room = StringIO()
    csv.writer(room).writerow(["" if cell is None else harmless(str(cell)) for cell in cells])
    return room.getvalue()


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula and run; numbers stay numbers."""
    return f"'{text}" if text.startswith(_BEGINS_FORMULA) and not _NUMBER.fullmatch(text) else text
