"""Lists of the back office in a real browser: by keyboard alone, without JavaScript, on a phone, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP, PHONE, READERS, Visit
from tests.journeys.test_accessibility import overflow, problems

pytestmark = pytest.mark.browser

PRODUCTS = "/admin/products"
TABLET = (768, 1024)


def what_opens(page: Page, size: tuple[int, int]) -> Iterator[str]:
    """Yield what is wrong with the menu, where it opens, and with what drops down above a list."""
    if size != DESKTOP:
        page.locator(".admin-menu").click()
        expect(page.locator("#admin-side")).to_be_visible()
        yield from problems(page, "#admin-side")
        page.keyboard.press("Escape")
        expect(page.locator("#admin-side")).to_be_hidden()
    for drop in page.locator(".list-tools summary").all():
        drop.click()
        yield from problems(page, ".list-tools")
        drop.press("Escape")


def focused(page: Page) -> str:
    """Return the name of the row that has the focus."""
    return str(page.evaluate("document.activeElement.closest('[data-row]')?.querySelector('.grow a')?.innerText ?? ''"))


def test_goods_are_withdrawn_and_brought_back_by_keyboard_alone(visit: Visit) -> None:
    with visit(DESKTOP, bypass_csp=True) as staff:
        staff.sign_in("merchandiser@example.com", "/admin/sign-in")
        page = staff.open(f"{PRODUCTS}?published=yes")
        names = page.locator("tbody .grow a").all_inner_texts()
        keys = page.keyboard
        keys.press("j")
        assert focused(page) == names[0]
        keys.press("x")
        keys.press("ArrowDown")
        keys.press("ArrowDown")
        keys.press("k")
        assert focused(page) == names[1]
        keys.press("x")
        expect(page.locator("[data-bulk-count]")).to_have_text("2")
        assert problems(page) == []
        page.get_by_role("button", name="Withdraw products").focus()
        with page.expect_navigation():
            keys.press("Enter")
        assert page.locator("h1").inner_text() == "Withdraw products"
        assert page.locator("main .before-after li").all_inner_texts() == names[:2]
        assert problems(page) == []
        page.get_by_role("button", name="Yes, for 2 rows").focus()
        with page.expect_navigation():
            keys.press("Enter")
        expect(page.locator("#run .notice")).to_contain_text("2 rows are done.")
        assert problems(page) == []
        page.get_by_role("button", name="Undo").focus()
        with page.expect_navigation():
            keys.press("Enter")
        expect(page.locator("#run .notice")).to_contain_text("2 rows are done.")
        staff.open(f"{PRODUCTS}?published=yes")
        assert page.locator("tbody .grow a").all_inner_texts() == names


def test_tab_leaves_the_rows_and_letters_typed_into_a_field_are_letters(visit: Visit) -> None:
    with visit(DESKTOP) as staff:
        staff.sign_in("merchandiser@example.com", "/admin/sign-in")
        page = staff.open(PRODUCTS)
        page.keyboard.press("j")
        first = focused(page)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.type") == "checkbox"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == first
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "list-q"
        page.keyboard.type("gjx?")
        assert page.locator("#list-q").input_value() == "gjx?"
        page.keyboard.press("Escape")
        page.locator("h1").click()
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#keys")).to_be_hidden()


def test_go_to_finds_a_page_while_one_types_and_an_order_by_its_number(visit: Visit) -> None:
    with visit(DESKTOP, bypass_csp=True) as staff:
        staff.sign_in("super-admin@example.com", "/admin/sign-in")
        page = staff.open("/admin/orders")
        number = page.locator("tbody td.nowrap a").first.inner_text()
        page.keyboard.press("Control+k")
        page.keyboard.type("coupons")
        page.locator("#goto-found a").first.wait_for()
        assert problems(page) == []
        page.keyboard.press("ArrowDown")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url.endswith("/admin/coupons")
        page.keyboard.press("g")
        page.keyboard.type(number.lower())
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url.endswith(f"/admin/orders/{number}")


def test_everything_works_without_javascript(visit: Visit) -> None:
    with visit(DESKTOP, script=False) as staff:
        staff.sign_in("merchandiser@example.com", "/admin/sign-in")
        page = staff.open(PRODUCTS)
        page.locator("tbody input[type=checkbox]").first.check()
        staff.press(page.get_by_role("button", name="Withdraw products"))
        staff.press(page.get_by_role("button", name="Yes, for 1 row"))
        assert "1 row is done." in page.locator("#run").inner_text()
        staff.press(page.get_by_role("button", name="Undo"))
        staff.open(PRODUCTS)
        page.locator(".list-tools summary", has_text="Columns").click()
        page.get_by_role("checkbox", name="Stock").uncheck()
        staff.press(page.get_by_role("button", name="Show these"))
        assert "Stock" not in page.locator("thead").inner_text()
        page.locator(".list-tools summary", has_text="Columns").click()
        page.get_by_role("checkbox", name="Stock").check()
        staff.press(page.get_by_role("button", name="Show these"))
        page.locator(".side-group summary", has_text="Marketing").click()
        staff.press(page.locator(".side-group a", has_text="Coupons"))
        assert page.url.endswith("/admin/coupons")


@pytest.mark.parametrize(
    ("size", "scheme", "locale"), [*READERS, pytest.param(TABLET, "light", "en-US", id="tablet-light-en")]
)
def test_lists_fit_and_nothing_is_found_wrong(visit: Visit, size: tuple[int, int], scheme: str, locale: str) -> None:
    found = {}
    with visit(size, color_scheme=scheme, locale=locale, bypass_csp=True) as staff:
        staff.sign_in("super-admin@example.com", "/admin/sign-in")
        for path in (PRODUCTS, "/admin/orders", "/admin/audit", "/admin/fulfilment", "/admin/price-lists"):
            page = staff.open(path)
            wrong = list(what_opens(page, size))
            if page.locator("[data-selects-row]").count():
                page.locator("[data-selects-row]").first.check()
            wrong += problems(page)
            if wrong or overflow(page) > 0:
                found[path] = [*wrong, overflow(page)]
    assert found == {}
    assert PHONE[0] == 390
