"""Reports in a real browser: drawn, explained, and usable by keyboard, by touch and without a script."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import DESKTOP, LOOKS, PHONE, Visit, Visitor
from tests.journeys.test_accessibility import overflow, problems

pytestmark = pytest.mark.browser

ANALYST, MANAGER = "analyst@example.com", "super-admin@example.com"
PAGES = (
    *("/admin/", "/admin/checks", "/admin/reports/sales?days=90", "/admin/reports/sales?from=nonsense"),
    *("/admin/reports/products", "/admin/reports/categories", "/admin/reports/stock", "/admin/reports/customers"),
    *("/admin/reports/offers", "/admin/reports/visitors"),
)


def enter(visitor: Visitor, email: str = MANAGER) -> None:
    visitor.sign_in(email, "/admin/sign-in")


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_reports_are_usable_by_everyone(visit: Visit, size: tuple[int, int], scheme: str) -> None:
    with visit(size, color_scheme=scheme, bypass_csp=True) as visitor:
        enter(visitor)
        found = {}
        for path in PAGES:
            page = visitor.open(path)
            for summary in page.locator("details[data-table]:not([open]) > summary").all():
                summary.click()
            found[path] = [*problems(page), *(["too wide"] if overflow(page) > 0 else [])]
        assert {path: lines for path, lines in found.items() if lines} == {}


def test_charts_are_drawn_under_the_strict_policy(visit: Visit) -> None:
    with visit(DESKTOP) as visitor:
        enter(visitor)
        page = visitor.open("/admin/reports/sales")
        page.locator(".plot canvas").first.wait_for()
        assert page.locator(".plot canvas").count() == 4
        page.locator(".plot .u-over").first.hover(position={"x": 60, "y": 60})
        assert ":" in page.locator("[data-plot-label]").first.inner_text()
        page.emulate_media(color_scheme="dark")
        page.locator(".plot canvas").first.wait_for()
        assert page.locator(".plot canvas").count() == 4


def test_what_a_figure_means_opens_by_keyboard_pointer_and_touch(visit: Visit) -> None:
    with visit(DESKTOP) as visitor:
        enter(visitor)
        page = visitor.open("/admin/")
        meaning = page.locator("details.meaning").first
        meaning.locator("summary").focus()
        page.keyboard.press("Enter")
        meaning.get_by_text("Not in it:").wait_for()
        page.keyboard.press("Escape")
        meaning.get_by_text("Not in it:").wait_for(state="hidden")
        page.locator("details.meaning summary").nth(1).hover()
        page.locator("details.meaning").nth(1).get_by_text("Not in it:").wait_for()
        page.locator("h1").hover()
        page.locator("details.meaning").nth(1).get_by_text("Not in it:").wait_for(state="hidden")
    with visit(PHONE) as visitor:
        enter(visitor)
        page = visitor.open("/admin/")
        page.locator("details.meaning summary").first.tap()
        page.locator("details.meaning").first.get_by_text("Not in it:").wait_for()
        assert overflow(page) <= 0


def test_without_a_script_the_table_says_it(visit: Visit) -> None:
    with visit(DESKTOP, script=False) as visitor:
        enter(visitor, ANALYST)
        page = visitor.open("/admin/reports/sales")
        page.locator("details[data-table] > summary").click()
        assert page.locator(".report-table tbody tr").count() > 5
        page.locator("details.meaning summary").first.click()
        page.locator("details.meaning").first.get_by_text("In it:").first.wait_for()
