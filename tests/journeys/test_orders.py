"""Customer service at work on orders in a real browser: by mouse and by keyboard alone, on a desktop and a tablet."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import DESKTOP, Visit, Visitor
from tests.journeys.test_accessibility import overflow, problems

pytestmark = pytest.mark.browser

TABLET = (768, 1024)
OPEN = "/admin/orders?status=open&delivery=unfulfilled&payment=paid"
HANDS = [
    pytest.param(DESKTOP, False, id="desktop-mouse"),
    pytest.param(DESKTOP, True, id="desktop-keyboard"),
    pytest.param(TABLET, False, id="tablet-mouse"),
    pytest.param(TABLET, True, id="tablet-keyboard"),
]


class Hands:
    """Presses and types with the mouse, or with the keyboard alone."""

    def __init__(self, staff: Visitor, *, by_keyboard: bool) -> None:
        self.staff, self.by_keyboard = staff, by_keyboard

    def press(self, control: Locator) -> Page:
        """Press what opens another page, and look whether it can be read."""
        if self.by_keyboard:
            with self.staff.page.expect_navigation(wait_until="load"):
                control.focus()
                self.staff.page.keyboard.press("Enter")
            page = self.staff.settle()
        else:
            page = self.staff.press(control)
        assert problems(page) == []
        assert overflow(page) <= 0
        return page

    def type(self, field: Locator, text: str) -> None:
        """Type over what a field holds."""
        if not self.by_keyboard:
            field.fill(text)
            return
        field.focus()
        self.staff.page.keyboard.press("ControlOrMeta+a")
        self.staff.page.keyboard.type(text)


@pytest.mark.parametrize(("size", "by_keyboard"), HANDS)
def test_service_finds_a_customers_order_and_corrects_its_address(
    visit: Visit, size: tuple[int, int], by_keyboard: bool
) -> None:
    street = f"{size[0]} {'Keyboard' if by_keyboard else 'Mouse'} Street"
    with visit(size, bypass_csp=True) as staff:
        staff.sign_in("customer-service@example.com", "/admin/sign-in")
        page, hands = staff.open(OPEN), Hands(staff, by_keyboard=by_keyboard)
        customer = page.locator("tbody tr").first.locator("td", has_text="@").inner_text()
        search = page.locator("#list-q")
        hands.type(search, customer)
        with page.expect_response(lambda answer: "q=" in answer.url):
            search.press("Tab")
        staff.settle()
        number = page.locator("tbody td.nowrap > a").first.inner_text()
        hands.press(page.locator("tbody td.nowrap > a").first)
        assert page.locator("h1").inner_text() == f"Order {number}"
        hands.press(page.get_by_role("link", name="Change the order"))
        hands.type(page.get_by_label("Street and number"), street)
        hands.press(page.locator("#change-form").get_by_role("button", name="See what changes"))
        expect(page.locator("#change-form")).to_contain_text("No money moves.")
        hands.type(page.get_by_label("Why"), "The customer moved")
        hands.press(page.get_by_role("button", name="Change the order so"))
        expect(page.locator("address").first).to_contain_text(street)
        expect(page.locator(".timeline").last).to_contain_text("The customer moved")
        hands.press(page.get_by_role("link", name="See before and after").last)
        expect(page.locator("main")).to_contain_text(street)
        assert staff.complaints == []


def test_what_was_typed_is_not_left_behind_unasked(visit: Visit) -> None:
    with visit(DESKTOP) as staff:
        staff.sign_in("customer-service@example.com", "/admin/sign-in")
        page = staff.open("/admin/orders/new")
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        page.get_by_label("E-mail").fill("ada@example.com")
        page.locator("#find").fill("tea")
        staff.touch(page.get_by_role("button", name="Find", exact=True))
        leave = page.get_by_role("navigation", name="Back", exact=True).get_by_role("link", name="Orders")
        for control in (leave, page.get_by_role("button", name="简体中文")):
            control.click()
            expect(page.get_by_label("E-mail")).to_have_value("ada@example.com")
        assert asked == ["beforeunload", "beforeunload"], "what htmx drew anew still holds what was typed"
        staff.press(page.get_by_role("button", name="See what it costs").last)
        page.get_by_label("E-mail").focus()
        leave.click()
        expect(page.get_by_label("E-mail")).to_have_value("ada@example.com")
        assert asked == ["beforeunload"] * 3
