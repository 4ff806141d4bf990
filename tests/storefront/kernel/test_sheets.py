"""Files for spreadsheets: nothing that somebody wrote is run by whoever opens them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from storefront.kernel.sheets import guarded, sheet_line

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-CODE", "＝1", '=HYPERLINK("http://x")', "+", "-"]
)
def test_what_looks_like_a_formula_stays_text(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "SPRING-2", "-5", "-5.00", "+12", "0.5", "2026-11", "王"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


def test_a_line_is_quoted_where_it_must_be() -> None:
    assert sheet_line(["=A1", 'He said "no", twice', None, -3, "-3.50"]) == (
        '\'=A1,"He said ""no"", twice",,-3,-3.50\r\n'
    )


def test_every_file_for_spreadsheets_is_written_in_one_place() -> None:
    files = [file for room in ("admin", "storefront") for file in (ROOT / room).rglob("*.py")]
    writing = {str(file.relative_to(ROOT)) for file in files if re.search(r"csv\.(Dict)?[wW]riter", file.read_text())}
    assert writing == {"storefront/kernel/sheets.py"}
