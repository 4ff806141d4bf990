"""Tables as spreadsheets save them: UTF-8 with or without a mark, UTF-16, or GBK; with commas, semicolons or tabs."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO

from flask_babel import gettext as _

from storefront.kernel.errors import Invalid

MOST_ROWS = 20_000
LARGEST = 5 * 1024 * 1024
MOST_ERRORS = 50
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line below the heading: its number in the file, and its cells by the heading's names, in lower case."""

    number: int
    cells: Mapping[str, str]

    def get(self, name: str) -> str:
        """Return a cell, trimmed and without the apostrophe that guards a formula; empty when there is none."""
        text = self.cells.get(name, "").strip()
        return text[1:] if text.startswith("'") and text[1:2] in {"=", "+", "-", "@", "＝", "＋", "－", "＠"} else text


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with a line."""

    number: int
    words: str


def read_lines(content: bytes, needed: tuple[str, ...]) -> list[Line]:
    """Return the lines of a table that has at least the `needed` columns; raises Invalid with the words for it."""
    if not content.strip():
        raise Invalid(_("Choose a file with at least one line."), field="file")
    if len(content) > LARGEST:
        raise Invalid(_("The file is too large: at most %(count)s MB.", count=LARGEST // 1024 // 1024), field="file")
    text = decode(content)
    lines = list(_lines(text))
    if len(lines) > MOST_ROWS + 1:
        raise Invalid(_("The file has too many lines: at most %(count)s.", count=MOST_ROWS), field="file")
    heading = [cell.strip().lower() for cell in lines[0][1]] if lines else []
    missing = [name for name in needed if name not in heading]
    if missing:
        raise Invalid(_("The first line must name the columns: %(names)s.", names=", ".join(needed)), field="file")
    return [Line(number, dict(zip(heading, cells, strict=False))) for number, cells in lines[1:]]


def decode(content: bytes) -> str:
    """Return the text of a file; raises Invalid for one that is no text at all."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decoded(content, encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(content, "gb18030")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Invalid(_("This file is not a table in text form. Save it as CSV (UTF-8)."), field="file") from None


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (number, cells) of the lines that say something."""
    if "\0" in text:
        raise Invalid(_("This file is not a table in text form. Save it as CSV (UTF-8)."), field="file")
    first = text.lstrip().split("\n", 1)[0]
    between = max(",;\t", key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=between)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error:
        raise Invalid(_("Line %(number)s cannot be read.", number=reader.line_num), field="file") from None
