"""Prices come in by a file, seven of them wrong: hundreds with the mouse, some of them by keyboard alone."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import DESKTOP, Visit, Visitor
from tests.journeys.test_accessibility import overflow, problems

pytestmark = pytest.mark.browser

IMPORTS = "/admin/imports"
TABLET = (768, 1024)
WRONG = ("abc", "-1", "12.345", "¥¥", "", "1,2,3", "99999999999999")


def _exported(page: Page) -> tuple[list[str], list[list[str]]]:
    """Take the prices as a file, as a person does."""
    page.get_by_label("What", exact=True).select_option("prices")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Text file (CSV)").last.click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    head, *rows = list(csv.reader(StringIO(text)))
    return head, rows


def _edited(head: list[str], rows: list[list[str]], extra: str) -> tuple[bytes, int]:
    """Return the file with other prices, seven of them wrong, and how many are right."""
    price = head.index("Price")
    before = head.index("Price before, struck through")
    for number, row in enumerate(rows):
        row[price] = f"{float(row[price]) + (0.01 if extra == 'up' else 0.02):.2f}"
        row[before] = "[empty]"
        if number < len(WRONG):
            row[price] = WRONG[number]
    rows[4][0] = "NO-SUCH-SKU"
    room = StringIO()
    csv.writer(room, delimiter=";").writerows([head, *rows])
    return room.getvalue().encode("utf-8"), len(rows) - len(WRONG)


def _press_by_keyboard(page: Page, control: Locator) -> None:
    """Go to a control with Tab, from where the focus is, and press Enter."""
    for _ in range(200):
        if control.evaluate("each => each === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(control).to_be_focused()
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")


def _go_through(staff: Visitor, content: bytes, right: int, *, keyboard: bool) -> None:
    page = staff.open(IMPORTS)
    page.locator("#file").set_input_files({"name": "may.csv", "mimeType": "text/csv", "buffer": content})
    assert (overflow(page), problems(page)) == (0, [])

    def press(name: str) -> None:
        control = page.get_by_role("button", name=name)
        if keyboard:
            _press_by_keyboard(page, control)
        else:
            staff.press(control)

    press("Look at the file")
    expect(page.locator("main h2").first).to_have_text("What do the columns mean?")
    assert (overflow(page), problems(page)) == (0, [])
    press("Check the rows")
    done = page.locator("#import .notice")
    expect(done).to_contain_text("With errors: 7.", timeout=60_000)
    expect(done).to_contain_text(f"Changed: {right:,}.")
    expect(page.locator("tbody tr")).to_have_count(7)
    assert (overflow(page), problems(page)) == (0, [])
    press(f"Import {right:,} rows")
    expect(done).to_contain_text(f"{right:,} rows are done.", timeout=120_000)
    expect(done).to_contain_text("7 had errors.")
    assert (overflow(page), problems(page)) == (0, [])


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("job_worker")
@pytest.mark.parametrize(
    ("size", "keyboard", "most"),
    [pytest.param(DESKTOP, False, 300, id="desktop-mouse"), pytest.param(TABLET, True, 60, id="tablet-keys")],
)
def test_prices_come_in_and_seven_bad_rows_are_mended(
    visit: Visit, size: tuple[int, int], keyboard: bool, most: int
) -> None:
    with visit(size, bypass_csp=True) as staff:
        staff.sign_in("operations@example.com", "/admin/sign-in")
        head, rows = _exported(staff.open(IMPORTS))
        content, right = _edited(head, rows[:most], "keys" if keyboard else "up")
        _go_through(staff, content, right, keyboard=keyboard)
        page = staff.page
        with page.expect_download() as waiting:
            page.get_by_role("link", name="Rows with errors (CSV)").click()
        wrong = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
        assert len(wrong.strip().split("\n")) == 8
        assert "What is wrong" in wrong.partition("\n")[0]
        with page.expect_download() as waiting:
            page.get_by_role("link", name="File that brings back what was").click()
        assert Path(waiting.value.path()).stat().st_size > 1000
        staff.press(page.get_by_role("button", name="Undo"))
        expect(page.locator("#import .notice")).to_contain_text(f"{right:,} rows are done.", timeout=120_000)
        assert problems(page) == []


def test_everything_works_without_javascript_too(visit: Visit) -> None:
    with visit(DESKTOP, script=False) as staff:
        staff.sign_in("operations@example.com", "/admin/sign-in")
        head, rows = _exported(staff.open(IMPORTS))
        content, right = _edited(head, rows[:20], "none")
        page = staff.open(IMPORTS)
        page.locator("#file").set_input_files({"name": "june.csv", "mimeType": "text/csv", "buffer": content})
        staff.press(page.get_by_role("button", name="Look at the file"))
        staff.press(page.get_by_role("button", name="Check the rows"))
        assert "With errors: 7." in page.locator("#import .notice").inner_text()
        staff.press(page.get_by_role("button", name=f"Import {right} rows"))
        assert f"{right} rows are done." in page.locator("#import .notice").inner_text()
        staff.press(page.get_by_role("button", name="Undo"))
        assert f"{right} rows are done." in page.locator("#import .notice").inner_text()
