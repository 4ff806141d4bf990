"""A merchandiser builds tomorrow's home page, somebody else lets it through, and everybody sees it at its time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import DESKTOP, PHONE, Visit, Visitor
from tests.journeys.test_accessibility import overflow, problems

pytestmark = pytest.mark.browser

TABLET = (768, 1000)
ZONE = ZoneInfo("America/New_York")
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


def local(days: int, hour: int) -> str:
    """Return a moment as a field of the back office takes it."""
    return (datetime.now(ZONE) + timedelta(days=days)).strftime(f"%Y-%m-%dT{hour:02}:00")


def keys_to(page: Page, control: Locator) -> None:
    """Walk to a control with Tab alone, from where the focus is."""
    handle = control.element_handle()
    for _ in range(120):
        if handle is not None and handle.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there")


def write(merchant: Visitor, title: str, *, by_keyboard: bool) -> str:
    """Write a banner for tomorrow and send it to be looked at; return the address of the entry."""
    page = merchant.open("/admin/home-slots")
    link = page.get_by_role("link", name="Add an entry to Large banner")
    typed = {"#name": title, "#title_en": title, "#link": "/categories", "#priority": "50"}
    save = page.get_by_role("button", name="Save and send for review")
    if not by_keyboard:
        merchant.press(link)
        for field, text in {**typed, "#starts_at": local(1, 0), "#ends_at": local(2, 0)}.items():
            page.locator(field).fill(text)
        merchant.press(save)
    else:
        link.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        for field, text in typed.items():
            keys_to(page, page.locator(field))
            page.keyboard.press("Control+A")
            page.keyboard.type(text)
            if field == "#link":
                page.locator("#starts_at").fill(local(1, 0))
                page.locator("#ends_at").fill(local(2, 0))
        keys_to(page, save)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    page.get_by_text("Saved, and sent to be looked at").wait_for()
    return page.url.removeprefix(merchant.base)


def shown_at(staff: Visitor, hour: int) -> Iterator[str]:
    """Yield the title of the banner as it will be tomorrow, without and with what is in review."""
    for with_ in ("What is approved", "And what is in review"):
        page = staff.open("/admin/home-slots")
        page.locator("input[name=at]").fill(local(1, hour))
        page.locator("select[name=with]").select_option(label=with_)
        staff.press(page.get_by_role("button", name="Look", exact=True))
        frame = page.frame_locator(".page-frame iframe")
        yield frame.locator("[data-slot=hero] h1").inner_text()


@pytest.mark.parametrize(("size", "by_keyboard"), [(DESKTOP, True), (TABLET, False)], ids=["desktop-keys", "tablet"])
def test_tomorrows_home_page(visit: Visit, size: tuple[int, int], by_keyboard: bool) -> None:
    title = f"Only tomorrow {size[0]}"
    with visit(size, bypass_csp=True) as merchant, visit(size, bypass_csp=True) as colleague:
        merchant.sign_in("merchandiser@example.com", "/admin/sign-in")
        entry = write(merchant, title, by_keyboard=by_keyboard)
        assert [*problems(merchant.page), *(["too wide"] if overflow(merchant.page) > 0 else [])] == []
        without, with_review = shown_at(merchant, 12)
        assert (without == title, with_review == title) == (False, True)
        assert [*problems(merchant.page), *(["too wide"] if overflow(merchant.page) > 0 else [])] == []
        colleague.sign_in("operations@example.com", "/admin/sign-in")
        page = colleague.open(entry)
        approve = page.get_by_role("button", name="Approve", exact=True)
        approve.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.get_by_text("Approved. The shop shows it in its time.").wait_for()
        (link,) = merchant.page.get_by_role("link", name="Open by itself").all()
        address = str(link.get_attribute("href"))
        without, _ = shown_at(merchant, 12)
        assert without == title
        merchant.open("/admin/home-slots/calendar")
        assert problems(merchant.page) == []
        with visit(PHONE, bypass_csp=True) as boss:
            page = boss.open(address)
            assert page.locator("[data-slot=hero] h1").inner_text() == title
            assert [*problems(page), *(["too wide"] if overflow(page) > 0 else [])] == []
            assert boss.open("/").locator("[data-slot=hero] h1").inner_text() != title
        merchant.open(entry)
        merchant.press(merchant.page.get_by_role("button", name="Put into the archive"))


def test_slots_are_dragged_and_moved_by_keys(visit: Visit) -> None:
    with visit(DESKTOP) as merchant:
        merchant.sign_in("merchandiser@example.com", "/admin/sign-in")
        page = merchant.open("/admin/home-slots")
        names = page.locator(".slot h2").all_inner_texts()
        grip, below = page.locator("[data-grip]").nth(3), page.locator("[data-sorts]").nth(5)
        grip.scroll_into_view_if_needed()
        start, end = grip.bounding_box(), below.bounding_box()
        assert start
        assert end
        page.mouse.move(start["x"] + 8, start["y"] + 8)
        page.mouse.down()
        with page.expect_navigation():
            page.mouse.move(start["x"] + 8, end["y"] + end["height"] * 0.75, steps=12)
            page.mouse.up()
        dragged = [*names[:3], *names[4:6], names[3], *names[6:]]
        expect(page.locator(".slot h2")).to_have_text(dragged)
        for _ in range(2):
            button = page.get_by_role("button", name=f"Move {names[3]} up", exact=True)
            button.focus()
            with page.expect_navigation():
                page.keyboard.press("Enter")
        expect(page.locator(".slot h2")).to_have_text(names)


def test_a_campaign_is_built_and_counts_what_comes_of_it(visit: Visit) -> None:
    with visit(DESKTOP, bypass_csp=True) as merchant, visit(DESKTOP) as colleague:
        merchant.sign_in("merchandiser@example.com", "/admin/sign-in")
        page = merchant.open("/admin/campaigns/new")
        page.get_by_label("Title", exact=True).fill("Picnic weeks")
        page.get_by_label("Address").fill("picnic-weeks")
        page.get_by_label("Shoppers may see it").check()
        merchant.press(page.get_by_role("button", name="Save the campaign"))
        page.get_by_text("Add a slot", exact=True).click()
        page.locator("#slot-name").fill("Lead")
        page.locator("#slot-kind").select_option("banner")
        merchant.press(page.get_by_role("button", name="Add the slot"))
        merchant.press(page.get_by_role("link", name="Add an entry to Lead"))
        page.locator("#name").fill("Out we go")
        page.locator("#title_en").fill("Out we go")
        page.locator("#link").fill("/categories")
        merchant.press(page.get_by_role("button", name="Save and send for review"))
        assert problems(page) == []
        entry = page.url.removeprefix(merchant.base)
        colleague.sign_in("operations@example.com", "/admin/sign-in")
        colleague.open(entry)
        colleague.press(colleague.page.get_by_role("button", name="Approve", exact=True))
        with visit(PHONE, bypass_csp=True, user_agent=PERSON) as shopper:
            page = shopper.open("/campaigns/picnic-weeks")
            assert page.locator("h1").inner_text() == "Out we go"
            assert [*problems(page), *(["too wide"] if overflow(page) > 0 else [])] == []
            with page.expect_request(lambda request: request.url.endswith("/entries/views")):
                shopper.look_at("[data-entry]")
            with page.expect_request(lambda request: request.url.endswith("/entries/clicks")):
                shopper.press(page.locator("[data-entry] a.button"))
        figures = colleague.open(entry).locator("[aria-labelledby=figures-title] dd")
        expect(figures.nth(0)).to_have_text("1")
        expect(figures.nth(1)).to_have_text("1 (100.0%)")
