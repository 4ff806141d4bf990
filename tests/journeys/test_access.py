"""Who gets in, and what two people decide, in a real browser: with a mouse, by keyboard alone, without a script."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime

import pyotp
import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import DESKTOP, PASSWORD, READERS, Visit, Visitor
from tests.journeys.test_accessibility import overflow, problems
from tests.journeys.test_buying import fill_checkout, put_in_cart

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TABLET = (768, 1000)
SIZES = pytest.mark.parametrize("size", [TABLET, DESKTOP], ids=["tablet", "desktop"])
REASON = "The box arrived crushed, everything in it."


def buy(visitor: Visitor) -> str:
    """Buy more than one person may send back alone, as a guest, and return the order's number."""
    put_in_cart(visitor, 6)
    visitor.open("/checkout")
    fill_checkout(visitor)
    visitor.settle()
    visitor.press(visitor.page.locator("#checkout-summary .checkout__pay button"))
    visitor.press(visitor.page.get_by_role("button", name=re.compile("Approve")))
    return visitor.page.url.rpartition("/orders/")[2].partition("?")[0]


def tab_to(visitor: Visitor, control: Locator) -> None:
    """Press Tab until a control has the focus, as who has no mouse does."""
    for _ in range(150):
        if control.evaluate("element => element === document.activeElement"):
            return
        visitor.page.keyboard.press("Tab")
    raise AssertionError(f"nobody gets to {control} by Tab")


def enter(visitor: Visitor) -> None:
    with visitor.page.expect_navigation(wait_until="load"):
        visitor.page.keyboard.press("Enter")
    visitor.settle()


@pytest.mark.parametrize(("size", "script"), [(TABLET, True), (DESKTOP, False)], ids=["tablet", "desktop-no-script"])
def test_finance_approves_a_refund_above_the_cap(visit: Visit, size: tuple[int, int], script: bool) -> None:
    with (
        visit(size, script=script) as shopper,
        visit(size, script=script) as maker,
        visit(size, script=script) as finance,
    ):
        number = buy(shopper)
        maker.sign_in("super-admin@example.com", "/admin/sign-in")
        page = maker.open(f"/admin/orders/{number}/money")
        form = page.locator(f"form[action='/admin/orders/{number}/refunds']")
        amount = float(form.locator("[name=amount]").input_value())
        assert amount > 10
        form.locator("[name=reason]").fill(REASON)
        maker.press(form.locator("button"))
        expect(page.locator("main .badge").first).to_have_text("Waits for a second person")
        expect(page.get_by_role("button", name="Approve and carry out")).to_have_count(0)
        finance.sign_in("finance@example.com", "/admin/sign-in")
        page = finance.open("/admin/")
        expect(page.locator(".admin-count")).to_contain_text(re.compile(r"^\d+"))
        page = finance.open("/admin/approvals")
        finance.press(page.locator("tr", has_text=number).first.locator("a"))
        expect(page.get_by_text(REASON)).to_be_visible()
        assert overflow(page) <= 0
        finance.press(page.get_by_role("button", name="Approve and carry out"))
        expect(page.locator("main .badge").first).to_have_text("Approved and carried out")
        page = finance.open(f"/admin/orders/{number}/money")
        expect(page.locator("main")).to_contain_text(f"{amount:.2f}")


@SIZES
def test_finance_approves_a_refund_by_keyboard_alone(visit: Visit, size: tuple[int, int]) -> None:
    with visit(size) as shopper, visit(size) as maker, visit(size) as finance:
        number = buy(shopper)
        maker.sign_in("super-admin@example.com", "/admin/sign-in")
        page = maker.open(f"/admin/orders/{number}/money")
        tab_to(maker, page.locator(f"form[action='/admin/orders/{number}/refunds'] [name=reason]"))
        page.keyboard.type(REASON)
        enter(maker)
        expect(page.locator("main .badge").first).to_have_text("Waits for a second person")
        page = finance.open("/admin/sign-in")
        tab_to(finance, page.locator("main input[type=email]"))
        page.keyboard.type("finance@example.com")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        enter(finance)
        menu = page.get_by_role("button", name="Menu", exact=True)
        if menu.is_visible():
            tab_to(finance, menu)
            page.keyboard.press("Enter")
        tab_to(finance, page.locator("nav a[href='/admin/approvals']"))
        enter(finance)
        tab_to(finance, page.locator("tr", has_text=number).first.locator("a"))
        enter(finance)
        tab_to(finance, page.get_by_role("button", name="Approve and carry out"))
        enter(finance)
        expect(page.locator("main .badge").first).to_have_text("Approved and carried out")


@pytest.mark.parametrize(("size", "script"), [(DESKTOP, True), (TABLET, False)], ids=["desktop", "tablet-no-script"])
def test_somebody_is_invited_and_comes_in_with_a_second_factor(
    visit: Visit, size: tuple[int, int], script: bool
) -> None:
    email = f"new-{secrets.token_hex(4)}@example.com"
    with visit(size, script=script) as boss, visit(size, script=script) as newcomer:
        boss.sign_in("super-admin@example.com", "/admin/sign-in")
        page = boss.open("/admin/staff")
        page.locator("#email").fill(email)
        page.locator("#role").select_option("analyst")
        boss.press(page.get_by_role("button", name="Send the invitation"))
        link = page.locator("#staff-link").input_value()
        page = newcomer.open(link[link.index("/admin/") :])
        page.locator("[name=name]").fill("Nora New")
        page.locator("[name=password]").fill(PASSWORD)
        newcomer.press(page.get_by_role("button", name="Set the password"))
        newcomer.sign_in(email, "/admin/sign-in")
        page = newcomer.open("/admin/second-factor")
        secret = page.locator(".factor-setup__key").inner_text().replace(" ", "")
        page.locator("[name=code]").fill(pyotp.TOTP(secret).at(datetime.now(UTC)))
        newcomer.press(page.get_by_role("button", name="Check and turn on"))
        codes = page.locator(".recovery-codes code").all_inner_texts()
        assert len(codes) == 10
        assert overflow(page) <= 0
        newcomer.press(page.get_by_role("link", name="I have kept them"))
        newcomer.page.locator(".admin-who summary").click()
        newcomer.press(page.get_by_role("button", name="Sign out"))
        newcomer.sign_in(email, "/admin/sign-in")
        expect(page.locator("h1")).to_have_text("Second factor")
        page.locator("[name=code]").fill(codes[0])
        newcomer.press(page.get_by_role("button", name="Go on"))
        expect(page.locator(".admin-who__name")).to_have_text("Nora New")


@pytest.mark.parametrize(("size", "scheme", "locale"), READERS)
def test_the_pages_of_access_are_usable_by_everyone(
    visit: Visit, size: tuple[int, int], scheme: str, locale: str
) -> None:
    with visit(size, color_scheme=scheme, locale=locale, bypass_csp=True) as boss:
        found = {"/admin/sign-in": problems(boss.open("/admin/sign-in"))}
        boss.sign_in("super-admin@example.com", "/admin/sign-in")
        for path in (
            *("/admin/staff", "/admin/staff/1", "/admin/staff/5", "/admin/staff-roles", "/admin/staff-roles/finance"),
            *("/admin/staff-roles/super_admin", "/admin/own", "/admin/second-factor", "/admin/confirmation"),
            "/admin/approvals",
        ):
            page = boss.open(path)
            found[path] = [*problems(page), *(["too wide"] if overflow(page) > 0 else [])]
        assert {path: lines for path, lines in found.items() if lines} == {}
