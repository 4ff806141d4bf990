"""The category tree under a mouse and under a keyboard: what is moved stays moved, and the focus stays where it was."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import DESKTOP, PHONE, Visit, Visitor
from tests.journeys.test_accessibility import overflow, problems

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

TABLET = (768, 1000)
URL = "/admin/categories"


def row(page: Page, name: str) -> Locator:
    """Return the row of a category."""
    return page.locator(f'[data-branch-row]:has(.tree__words > a:text-is("{name}"))')


def opened(page: Page, name: str) -> Locator:
    """Return the link that opens a category."""
    return row(page, name).locator(".tree__words > a")


def toggle(page: Page, name: str) -> Locator:
    """Return the link that opens or closes what is below a category."""
    return page.get_by_role("link", name=re.compile(rf"categor(y|ies) in it \({name}\)$"))


def drag(page: Page, name: str, onto: str, part: float) -> None:
    """Take a category by its grip and let it go over some part of another one's row."""
    row(page, onto).scroll_into_view_if_needed()
    grip = row(page, name).locator("[data-tree-grip]")
    grip.scroll_into_view_if_needed()
    start, end = grip.bounding_box(), row(page, onto).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + end["height"] * part, steps=8)
    expect(row(page, onto)).to_have_attribute("data-drop", "into" if part == 0.5 else "before")
    with page.expect_navigation():
        page.mouse.up()


def add(merchant: Visitor, name: str) -> None:
    page = merchant.open(f"{URL}/new")
    page.locator("#name").fill(name)
    merchant.press(page.get_by_role("button", name="Add the category"))


def names(page: Page, *own: str) -> list[str]:
    return [name for name in page.locator(".tree__words > a").all_inner_texts() if name in own]


@pytest.mark.parametrize("size", [DESKTOP, TABLET], ids=["desktop", "tablet"])
def test_categories_are_dragged_and_moved_by_keys(visit: Visit, size: tuple[int, int]) -> None:
    own = one, two, three = tuple(f"{name} {size[0]}" for name in ("Games", "Puzzles", "Cards"))
    with visit(size, bypass_csp=True) as merchant:
        merchant.sign_in("merchandiser@example.com", "/admin/sign-in")
        for name in own:
            add(merchant, name)
        page = merchant.page
        assert names(page, *own) == [one, two, three]
        drag(page, three, one, 0.1)
        page.get_by_text(f"“{three}” now stands at").wait_for()
        assert names(page, *own) == [three, one, two]
        drag(page, two, one, 0.5)
        page.get_by_text(f"“{two}” now stands at number 1 in “{one}”.").wait_for()
        assert [*problems(page), *(["too wide"] if overflow(page) > 0 else [])] == []

        out = row(page, two).get_by_role("button", name=f"Move {two} out of its category", exact=True)
        out.focus()
        page.keyboard.press("Enter")
        page.get_by_text(f"“{two}” now stands at number").and_(page.get_by_text("at the top")).wait_for()
        merchant.settle()
        expect(out).to_be_focused(timeout=30_000)
        row(page, two).get_by_role("button", name=f"Move {two} up", exact=True).focus()
        for number in range(2):
            page.keyboard.press("Enter")
            expect(page.locator(".tree__words > a").filter(has_text=str(size[0])).nth(1 - number)).to_have_text(
                two, timeout=30_000
            )
            merchant.settle()
        assert names(page, *own) == [two, three, one]

        merchant.press(opened(page, two))
        page.locator("#parent").select_option(label=one)
        merchant.press(page.get_by_role("button", name="Move it there, as the last one"))
        assert names(page, *own) == [three, one, two]
        merchant.press(opened(page, one))
        merchant.press(page.get_by_role("link", name="Delete this category …"))
        assert [*problems(page), *(["too wide"] if overflow(page) > 0 else [])] == []
        page.locator("#to").select_option(label=three)
        merchant.press(page.get_by_role("button", name="Move the goods and delete"))
        assert names(page, *own) == [three, two]
        for name in (two, three):
            merchant.press(opened(page, name))
            merchant.press(page.get_by_role("link", name="Delete this category …"))
            merchant.press(page.get_by_role("button", name="Delete the category"))


def test_a_branch_comes_when_it_is_opened_and_takes_in_what_is_dropped_on_it_closed(visit: Visit) -> None:
    games, cards = "Board games", "Card games"
    with visit(bypass_csp=True) as merchant:
        merchant.sign_in("merchandiser@example.com", "/admin/sign-in")
        for name in (games, cards):
            add(merchant, name)
        page = merchant.open(URL)
        rows = page.locator("[data-branch-row]").count()
        link = toggle(page, "Dairy & eggs")
        expect(link).to_have_attribute("aria-expanded", "false")
        link.focus()
        page.keyboard.press("Enter")
        expect(link).to_have_attribute("aria-expanded", "true")
        merchant.settle()
        expect(link).to_be_focused()
        expect(row(page, "Yogurt")).to_be_visible()
        merchant.touch(toggle(page, "Yogurt"))
        assert problems(page) == []
        opened_now = page.locator("[data-branch-row]").count()
        page.reload()
        assert page.locator("[data-branch-row]").count() == opened_now

        drag(page, cards, games, 0.5)
        page.get_by_text(f"“{cards}” now stands at number 1 in “{games}”.").wait_for()
        expect(row(page, cards)).to_be_in_viewport()
        expect(toggle(page, "Yogurt")).to_have_attribute("aria-expanded", "true")
        merchant.touch(toggle(page, games))
        expect(row(page, cards)).to_have_count(0)
        merchant.touch(toggle(page, "Dairy & eggs"))
        assert page.locator("[data-branch-row]").count() == rows - 1


def test_the_tree_is_opened_and_moved_in_without_a_script(visit: Visit) -> None:
    with visit(PHONE, script=False) as merchant:
        merchant.sign_in("merchandiser@example.com", "/admin/sign-in")
        page = merchant.open(URL)
        page.get_by_label("Name or address of a category").fill("yogurt")
        merchant.press(page.get_by_role("button", name="Find", exact=True))
        merchant.press(page.locator(".tree__found a").first)
        expect(row(page, "Yogurt")).to_be_in_viewport()
        merchant.press(toggle(page, "Pantry"))
        expect(toggle(page, "Pantry")).to_have_attribute("aria-expanded", "true")
        for way, number in (("up", 2), ("down", 3)):
            merchant.press(row(page, "Yogurt").get_by_role("button", name=f"Move Yogurt {way}", exact=True))
            expect(page.get_by_text(f"“Yogurt” now stands at number {number} in “Dairy & eggs”.")).to_be_visible()
            expect(toggle(page, "Pantry")).to_have_attribute("aria-expanded", "true")
        merchant.press(toggle(page, "Dairy & eggs"))
        expect(row(page, "Yogurt")).to_have_count(0)
