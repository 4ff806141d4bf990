"""From the doorstep back in a real browser: asked with a photo, approved, received, refunded; and an exchange."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.conftest import DESKTOP, PHONE, READERS, Visit, Visitor
from tests.journeys.test_accessibility import overflow, problems
from tests.journeys.test_fulfilment import TRACKING, buy, scan

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
STAFF = "super-admin@example.com"


def photo() -> dict[str, object]:
    data = BytesIO()
    Image.new("RGB", (320, 240), "peru").save(data, "JPEG")
    return {"name": "dent.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}


def receive(shopper: Visitor, staff: Visitor) -> str:
    """Buy as a guest, let it be sent, and say that it is there; return the order's number."""
    number = buy(shopper)
    staff.open("/admin/packing?carrier=ups")
    scan(staff, number)
    scan(staff, TRACKING)
    shopper.open(f"/orders/{number}")
    shopper.press(shopper.page.get_by_role("button", name="I have received it"))
    return number


def choose(visitor: Visitor, reason: str, button: str) -> None:
    """Choose one piece of the first line, and see what it comes to."""
    page = visitor.page
    page.get_by_label(re.compile("^How many")).first.fill("1")
    page.get_by_label(re.compile("^Reason")).first.select_option(label=reason)
    visitor.press(page.get_by_role("button", name=button))


def go_back(staff: Visitor, number: str) -> None:
    """Approve a return and write down that its goods are here, as its label is scanned."""
    page = staff.open(f"/admin/returns/{number}")
    page.get_by_label(re.compile("^Message to the customer")).first.fill("Please use the label.")
    staff.press(page.get_by_role("button", name="Approve"))
    page = staff.open("/admin/returns")
    page.get_by_label("Scan a label that arrived").fill(number.lower())
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    staff.press(staff.settle().get_by_role("button", name="Record what arrived"))


@pytest.mark.parametrize(("size", "script"), [(PHONE, True), (DESKTOP, False)], ids=["phone", "desktop-no-script"])
def test_goods_go_back_and_the_money_with_them(visit: Visit, size: tuple[int, int], script: bool) -> None:
    with visit(size, script=script) as shopper, visit(size, script=script) as staff:
        staff.sign_in(STAFF, "/admin/sign-in")
        number = receive(shopper, staff)
        shopper.press(shopper.page.get_by_role("link", name="Return or exchange"))
        choose(shopper, "Arrived damaged", "See the refund")
        page = shopper.page
        expect(page.get_by_role("heading", name="Your refund")).to_be_visible()
        amount = page.locator("#offer .sums__total dd").inner_text()
        page.get_by_label(re.compile("^Anything")).fill("The lid is dented.")
        page.locator("#photos").set_input_files(photo())  # type: ignore[arg-type]
        shopper.press(page.get_by_role("button", name=f"Request a refund of {amount}"))
        expect(page.get_by_role("heading", name="We are reviewing your request")).to_be_visible()
        expect(page.locator(".return-photos img")).to_have_count(1)
        go_back(staff, f"{number}-R1")
        desk = staff.page
        expect(desk.get_by_label("Amount", exact=True)).to_have_value(re.sub(r"[^\d.]", "", amount))
        staff.press(desk.get_by_role("button", name="Send the refund"))
        expect(desk.get_by_text("The money is on its way back.")).to_be_visible()
        page = shopper.open(f"/orders/{number}/returns/{number}-R1")
        expect(page.get_by_text(amount).first).to_be_visible()
        expect(page.get_by_text("Please use the label.")).to_be_visible()
        expect(page.get_by_text("Parcel received and checked")).to_be_visible()
        assert overflow(page) <= 0


def test_a_faulty_thing_is_exchanged_for_another_like_it(visit: Visit) -> None:
    with visit(PHONE) as shopper, visit(DESKTOP) as staff:
        staff.sign_in(STAFF, "/admin/sign-in")
        number = receive(shopper, staff)
        page = shopper.open(f"/orders/{number}/returns/new?kind=exchange")
        page.get_by_label(re.compile("^Exchange it for")).first.select_option(label="The same item again")
        choose(shopper, "It does not work", "See what happens next")
        expect(page.get_by_text("It costs nothing more.")).to_be_visible()
        shopper.press(page.get_by_role("button", name="Request the replacement"))
        go_back(staff, f"{number}-R1")
        staff.press(staff.page.get_by_role("button", name="Order the replacement"))
        page = shopper.open(f"/orders/{number}/returns/{number}-R1")
        shopper.press(page.get_by_role("link", name="See the replacement"))
        expect(page.get_by_text(f"This order replaces goods of order {number}.")).to_be_visible()
        follow_up = page.url.rpartition("/orders/")[2].partition("?")[0]
        assert follow_up != number
        scan_page = staff.open("/admin/packing?carrier=ups")
        scan(staff, follow_up)
        scan(staff, "1Z999AA10123456791")
        expect(scan_page.get_by_text(f"Parcel {follow_up}-1 is on its way.")).to_be_visible()


@pytest.mark.parametrize(("size", "scheme", "locale"), READERS)
def test_the_way_back_is_usable_by_everyone(visit: Visit, size: tuple[int, int], scheme: str, locale: str) -> None:
    with visit(size, bypass_csp=True) as shopper, visit(size, bypass_csp=True) as desk:
        desk.sign_in(STAFF, "/admin/sign-in")
        number = receive(shopper, desk)
        path = f"/orders/{number}/returns"
        shopper.open(f"{path}/new")
        choose(shopper, "Arrived damaged", "See the refund")
        chosen = shopper.page.url.removeprefix(shopper.base).partition("#")[0]
        shopper.page.emulate_media(color_scheme=scheme)
        found = {}

        def look(path: str, visitor: Visitor) -> None:
            page = visitor.open(path)
            found[path] = [*problems(page), *(["too wide"] if overflow(page) > 0 else [])]

        with visit(size, color_scheme=scheme, locale=locale, bypass_csp=True) as staff:
            staff.sign_in(STAFF, "/admin/sign-in")
            for each in (chosen, f"{path}/new?kind=exchange", f"{path}/new?kind=claim"):
                look(each, shopper)
                look(f"/admin{each}", staff)
            look(f"/admin/orders/{number}", staff)
            shopper.open(chosen)
            shopper.press(shopper.page.locator("#offer button"))
            look(f"{path}/{number}-R1", shopper)
            for each in ("", "/report", f"/{number}-R1"):
                look(f"/admin/returns{each}", staff)
            staff.open(f"/admin/returns/{number}-R1")
            staff.press(staff.page.locator("form[action$=approval] button"))
            look(f"/admin/returns/{number}-R1", staff)
            look(f"{path}/{number}-R1/label", shopper)
        assert {path: lines for path, lines in found.items() if lines} == {}
