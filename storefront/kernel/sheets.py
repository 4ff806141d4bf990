"""Tables for a spreadsheet: text stays text there, whatever it begins with, and comes back as it was."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

MARK = "\ufeff"
"""What a CSV file begins with, so that spreadsheets read it as UTF-8."""
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@＝＋－＠\t\r\n]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def sheet_line(cells: Sequence[object]) -> str:
    """Return one line of CSV; None is an empty cell."""
    return sheet_lines([cells])


def sheet_lines(rows: Iterable[Sequence[object]]) -> str:
    """Return lines of CSV; None is an empty cell."""
    room = StringIO()
    csv.writer(room).writerows([["" if cell is None else guarded(str(cell)) for cell in row] for row in rows])
    return room.getvalue()


def guarded(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula and run; numbers stay numbers."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Take it off again."""
    return text[1:] if _GUARDED.match(text) else text
