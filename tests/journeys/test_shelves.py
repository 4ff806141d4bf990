"""Recommended shelves in a real browser: into the cart at once, not wanted any more, looked at on this device."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP, LOOKS, PHONE, WAYS, Visit, Visitor
from tests.journeys.test_accessibility import overflow, problems

pytestmark = pytest.mark.browser

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
SHOPPER = "shopper@example.com"


def some_products(visitor: Visitor, count: int = 3) -> list[str]:
    """Return the paths of products that the home page shows."""
    page = visitor.open("/shelves/home")
    links = page.locator("main article .card__name a")
    return [str(links.nth(number).get_attribute("href")) for number in range(count)]


def price(page: Page, selector: str) -> int:
    """Return an amount in minor units."""
    return int(str(page.locator(f"{selector} data").first.get_attribute("value")))


@WAYS
def test_a_product_and_what_is_bought_with_it_go_into_the_cart_at_once(
    visit: Visit, size: tuple[int, int], script: bool
) -> None:
    with visit(size, script=script) as visitor:
        page = visitor.open(some_products(visitor, 1)[0])
        if script:
            visitor.reveal("#shelf-bought-together")
            expect(page.locator(".bundle")).to_be_visible()
        else:
            visitor.press(page.locator("#shelf-bought-together h2 a"))
        visitor.settle()
        boxes = page.locator(".bundle input[name=sku]")
        expect(boxes).to_have_count(3)
        whole = price(page, "#bundle-total")
        last = price(page, ".bundle__part:last-child")
        boxes.last.uncheck()
        if script:
            expect(page.locator("#bundle-total")).to_contain_text("Total for 2 products")
            assert price(page, "#bundle-total") == whole - last
        visitor.touch(page.locator("#bundle-total button"))
        expect(page.locator("#flash")).to_contain_text("2 items are in your cart.")
        page = visitor.open("/cart")
        expect(page.locator("#cart li.line")).to_have_count(2)


def test_what_never_comes_without_a_script_takes_no_room(visit: Visit) -> None:
    with visit(PHONE, script=False) as visitor:
        page = visitor.open(some_products(visitor, 1)[0])
        for shelf in page.locator(".shelf--waiting:not([hidden])").all():
            assert (shelf.bounding_box() or {})["height"] < 120
            expect(shelf.locator("h2 a")).to_have_css("text-decoration-line", "underline")


def test_badges_leave_room_for_the_cross(visit: Visit) -> None:
    with visit((320, 640)) as visitor:
        page = visitor.open("/shelves/discover")
        badges = page.locator(".shelf__item .badge")
        assert badges.count()
        for badge in badges.all():
            cross = badge.locator("xpath=ancestor::div[@data-rank]").locator(".shelf__no-button .icon")
            ends, begins = badge.bounding_box(), cross.bounding_box()
            assert ends
            assert begins
            assert ends["x"] + ends["width"] <= begins["x"]


@WAYS
def test_a_customer_buys_again_what_is_due(visit: Visit, size: tuple[int, int], script: bool) -> None:
    with visit(size, script=script) as visitor:
        visitor.sign_in(SHOPPER)
        page = visitor.open("/shelves/buy-again")
        expect(page.locator("main")).to_contain_text(re.compile("You usually buy this every"))
        due = page.locator(".shelf__due--now").count()
        if due:
            visitor.touch(page.locator(".shelf__all button"))
            expect(page.locator("#flash")).to_contain_text(re.compile(r"in your cart\."))
            if script:  # pressed again, everything would be there twice
                expect(
                    page.locator(".shelf__head, main").get_by_role("link", name="See the cart").first
                ).to_be_focused()
                expect(page.locator(".shelf__all")).to_have_count(0)
        else:
            visitor.touch(page.locator("main article form button.add").first)
        page = visitor.open("/cart")
        assert page.locator("#cart li.line").count() >= max(1, due // 2)


def test_the_account_offers_to_buy_again(visit: Visit) -> None:
    with visit(PHONE) as visitor:
        visitor.sign_in(SHOPPER)
        page = visitor.open("/account")
        visitor.reveal("#shelf-buy-again")
        expect(page.locator("#shelf-buy-again .shelf__item").first).to_be_visible()


@SCRIPT
def test_what_is_not_wanted_goes_and_comes_back_when_that_was_a_slip(visit: Visit, script: bool) -> None:
    with visit(PHONE, script=script) as visitor:
        page = visitor.open("/shelves/home")
        first = str(page.locator("main article .card__name").first.text_content()).strip()
        visitor.touch(page.locator(".shelf__no-button").first)
        expect(page.locator("body")).to_contain_text("will not be recommended any more")
        page = visitor.open("/shelves/home")
        expect(page.locator("main article .card__name").first).not_to_have_text(first)
        page = visitor.open("/shelves/dismissals")
        visitor.press(page.get_by_role("button", name=re.compile("Recommend it again: .")))
        page = visitor.open("/shelves/home")
        expect(page.locator("main article .card__name").first).to_have_text(first)


def test_a_slip_is_undone_on_the_card_itself(visit: Visit) -> None:
    with visit(DESKTOP) as visitor:
        page = visitor.open("/shelves/home")
        item = page.locator(".shelf__item").first
        item.hover()
        visitor.touch(item.locator(".shelf__no-button"))
        expect(page.locator(".shelf__gone")).to_be_focused()
        visitor.touch(item.get_by_role("button", name="Undo"))
        expect(item.locator("article")).to_be_visible()


def test_the_device_remembers_what_was_looked_at_until_it_is_told_to_forget(visit: Visit) -> None:
    with visit(PHONE) as visitor:
        first, second, third = some_products(visitor)
        for path in (first, second):
            visitor.open(path)
        page = visitor.open(third)
        shelf = page.locator("#shelf-recently-viewed")
        visitor.reveal("#shelf-recently-viewed")
        links = shelf.locator("article .card__name a")
        expect(links).to_have_count(2)
        assert [str(links.nth(place).get_attribute("href")) for place in range(2)] == [second, first]
        shelf.get_by_role("button", name="Forget them").click()
        expect(shelf).to_have_count(0)
        page = visitor.open(first)
        expect(page.locator("#shelf-recently-viewed:visible")).to_have_count(0)


def test_a_browser_that_asks_not_to_be_followed_remembers_nothing(visit: Visit) -> None:
    with visit(PHONE) as visitor:
        visitor.page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { get: () => true })")
        for path in some_products(visitor, 2):
            visitor.open(path)
        assert visitor.page.evaluate("localStorage.getItem('viewed-products')") is None
        expect(visitor.page.locator("#shelf-recently-viewed:visible")).to_have_count(0)


@pytest.mark.parametrize(("size", "scheme"), [*LOOKS, pytest.param((320, 640), "light", id="smallest")])
def test_shelves_are_usable_by_everyone(visit: Visit, size: tuple[int, int], scheme: str) -> None:
    with visit(size, color_scheme=scheme, bypass_csp=True) as visitor:
        product = some_products(visitor, 1)[0]
        visitor.touch(visitor.page.locator(".shelf__no-button").first)
        assert problems(visitor.page) == []
        visitor.sign_in(SHOPPER)
        found = {}
        for path in ("/shelves/home", "/shelves/buy-again", "/shelves/dismissals", "/account", product):
            visitor.open(path)
            page = visitor.reveal()
            found[path] = [*problems(page), *(["too wide"] if overflow(page) > 0 else [])]
        assert {path: lines for path, lines in found.items() if lines} == {}


def test_a_rule_of_a_shelf_is_written_and_tried_by_everyone(visit: Visit) -> None:
    with visit(DESKTOP, bypass_csp=True) as visitor:
        visitor.sign_in("super-admin@example.com", "/admin/sign-in")  # may see orders, so may try it as a customer
        page = visitor.open("/admin/recommendations/rules/new")
        page.locator("#name").fill("Milk first")
        page.locator("#find").press_sequentially("milk")
        page.locator("#found-goods button", has_text="First").first.click()
        expect(page.locator("input[name=pins]")).to_have_count(1)
        page.locator("#preview-customer").fill(SHOPPER)
        visitor.touch(page.get_by_role("button", name="Show before and after"))
        expect(page.locator("#preview .placed").last.locator("li").first).to_contain_text("put first by a rule")
        assert [*problems(page), *(["too wide"] if overflow(page) > 0 else [])] == []
        visitor.press(page.locator(".saved-bar button"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Milk first")
