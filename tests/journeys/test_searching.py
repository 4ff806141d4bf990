"""Searching in a real browser: with JavaScript and without, on a phone and on a desktop, by pointer and by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESKTOP, PHONE, READERS, WAYS, Visit, Visitor
from tests.journeys.test_accessibility import overflow, problems

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
CHIPS = 80
"""Pixels that a row of chips takes: the browser holds what is read in its place when one comes in above."""
PAGES = [
    "/search",
    "/search?q=milk&in_stock=1&price_from=1",
    "/search?q=milk&view=list",
    "/search?q=mlik+choclate",
    "/search?q=milk&brand=nobody&price_to=0.01",
    "/search?q=zzzzqqq",
    "/search?page=9999",
    "/search/suggestions?q=mil",
]


def sound(visitor: Visitor) -> list[str]:
    return [*problems(visitor.page), *(["too wide"] if overflow(visitor.page) > 0 else [])]


def type_slowly(visitor: Visitor, text: str) -> None:
    field = visitor.page.locator("#q")
    field.click()
    field.press_sequentially(text, delay=20)
    expect(visitor.page.locator("#suggestions [role=option]").first).to_be_visible()


@pytest.mark.parametrize(("size", "scheme", "locale"), READERS)
def test_every_state_of_a_search_is_usable_by_everyone(
    visit: Visit, size: tuple[int, int], scheme: str, locale: str
) -> None:
    with visit(size, color_scheme=scheme, bypass_csp=True, locale=locale) as visitor:
        found = {}
        for path in PAGES:
            visitor.open(path)
            found[path] = sound(visitor)
        visitor.open("/")
        category = visitor.page.locator("main a[href^='/categories/']").first.get_attribute("href")
        visitor.open(f"{category}?q=e&on_promotion=1")
        found["category"] = sound(visitor)
        assert {path: lines for path, lines in found.items() if lines} == {}


@SIZES
def test_the_combobox_follows_its_pattern(visit: Visit, size: tuple[int, int]) -> None:
    with visit(size, bypass_csp=True) as visitor:
        page = visitor.open("/")
        field, options = page.locator("#q"), page.locator("#suggestions [role=option]")
        expect(field).to_have_attribute("aria-expanded", "false")
        type_slowly(visitor, "mil")
        expect(field).to_have_attribute("aria-expanded", "true")
        expect(page.locator("#live")).to_have_text(re.compile(r"\d+ suggestions"))
        assert str(field.get_attribute("aria-controls")) == page.locator("[role=listbox]").get_attribute("id")
        assert sound(visitor) == []
        page.keyboard.press("ArrowDown")
        expect(field).to_have_attribute("aria-activedescendant", str(options.first.get_attribute("id")))
        expect(options.first).to_have_attribute("aria-selected", "true")
        page.keyboard.press("End")
        expect(field).to_have_attribute("aria-activedescendant", str(options.last.get_attribute("id")))
        page.keyboard.press("Home")
        page.keyboard.press("ArrowUp")
        assert field.get_attribute("aria-activedescendant") is None
        page.keyboard.press("Escape")
        expect(page.locator("#suggestions")).to_be_hidden()
        expect(field).to_have_value("mil")
        page.keyboard.press("ArrowDown")
        link = str(options.first.get_attribute("href"))
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url.endswith(link)
        heights = options.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
        assert all(height >= 44 for height in heights)


def test_an_answer_to_what_is_no_longer_typed_is_dropped(visit: Visit) -> None:
    with visit(DESKTOP) as visitor:
        page = visitor.open("/cart")
        type_slowly(visitor, "mil")
        page.route("**/search/suggestions?q=milk", lambda route: (page.wait_for_timeout(600), route.continue_()))
        page.locator("#q").press_sequentially("k")
        page.wait_for_timeout(250)
        page.locator("#q").fill("")
        page.wait_for_timeout(1000)
        expect(page.locator("#suggestions")).to_be_hidden()


@SIZES
def test_what_was_searched_here_is_offered_again_and_can_be_forgotten(visit: Visit, size: tuple[int, int]) -> None:
    with visit(size, bypass_csp=True) as visitor:
        for text in ("milk", "zzzzqqq", "bread", "milk"):
            visitor.open(f"/search?q={text}")
        page = visitor.open("/cart")
        page.locator("#q").click()
        options = page.locator("#suggestions [role=option]")
        assert options.all_inner_texts() == ["milk", "bread"]
        assert sound(visitor) == []
        page.get_by_role("button", name="Forget the search: milk").click()
        assert options.all_inner_texts() == ["bread"]
        assert visitor.open("/search?q=zzzzqqq").locator("[data-recent-searches] a").all_inner_texts() == ["bread"]
        page.locator("#q").fill("")
        page.get_by_role("button", name="Clear all").click()
        expect(page.locator("#suggestions")).to_be_hidden()
        assert page.evaluate("localStorage.length") == 0
        assert page.context.cookies() == []


@WAYS
def test_a_search_goes_from_words_to_a_product(visit: Visit, size: tuple[int, int], script: bool) -> None:
    with visit(size, script=script) as visitor:
        page = visitor.open("/")
        page.locator("#q").fill("milk")
        with page.expect_navigation():
            page.locator("#q").press("Enter")
        before = page.locator(".listing__count").inner_text()
        if size == PHONE:
            page.locator("[data-opens-facets]").click()
        visitor.touch(page.locator("#facets .one-click").first)
        assert "price_to=" in page.url
        assert page.locator(".listing__count").inner_text() != before
        if size == PHONE and script:
            assert page.locator(".facets__apply button").inner_text().startswith("Show ")
            page.keyboard.press("Escape")
        visitor.touch(page.locator(".chips a").first)
        assert page.locator(".listing__count").inner_text() == before
        visitor.press(page.locator("#listing article h2 a").first)
        assert "/products/" in page.url


@SCRIPT
def test_boxes_narrow_and_the_address_says_how(visit: Visit, script: bool) -> None:
    with visit(DESKTOP, script=script) as visitor:
        page = visitor.open("/search")
        page.locator("#f-in-stock").check()
        if not script:
            visitor.press(page.locator(".facets__apply button"))
        page.wait_for_url("**in_stock=1**")
        visitor.settle()
        page.locator("#facets input[name=brand]").first.check()
        if not script:
            visitor.press(page.locator(".facets__apply button"))
        page.wait_for_url("**brand=**")
        visitor.settle()
        expect(page.locator(".chips a")).to_have_count(3)


def test_back_and_forward_restore_filters_and_place(visit: Visit) -> None:
    with visit(DESKTOP) as visitor:
        page = visitor.open("/search")
        page.wait_for_function("() => { scrollTo(0, 700); return scrollY === 700; }")
        page.evaluate("document.querySelector('#f-in-stock').click()")
        page.wait_for_url("**in_stock=1**")
        visitor.settle()
        page.evaluate("[...document.querySelectorAll('#facets input[name=brand]')].at(-1).click()")
        page.wait_for_url("**brand=**")
        visitor.settle()
        assert page.evaluate("scrollY") < 700 - CHIPS  # the least of brands: its list ends above where the others stood
        for step, checked in ((page.go_back, True), (page.go_back, False), (page.go_forward, True)):
            step()
            expect(page.locator("#f-in-stock")).to_be_checked(checked=checked)
            expect(page.locator("#facets input[name=brand]:checked")).to_have_count(0)
            page.wait_for_load_state("load")
            page.wait_for_function("near => Math.abs(scrollY - 700) <= near", arg=CHIPS)


def test_a_list_stands_where_it_was_left_for_a_product(visit: Visit) -> None:
    with visit(DESKTOP) as visitor:
        page = visitor.open("/search")
        page.wait_for_function("() => { scrollTo(0, 700); return scrollY === 700; }")
        with page.expect_navigation(wait_until="load"):
            page.evaluate("[...document.querySelectorAll('#listing article h2 a')].at(-1).click()")
        page.go_back(wait_until="load")
        page.wait_for_function("() => Math.abs(scrollY - 700) <= 1")
        page.evaluate("scrollTo(0, 0)")
        with page.expect_navigation(wait_until="load"):
            page.evaluate("[...document.querySelectorAll('#listing article h2 a')].at(-1).click()")
        page.go_back(wait_until="load")
        visitor.settle()
        assert page.evaluate("scrollY") == 0


@WAYS
def test_more_products_come_below_or_on_the_next_page(visit: Visit, size: tuple[int, int], script: bool) -> None:
    with visit(size, script=script) as visitor:
        page = visitor.open("/search")
        cards = page.locator("#listing article")
        shown = cards.count()
        visitor.touch(page.locator("#more a[rel=next]"))
        assert page.url.endswith("/search?from=1&page=2" if script else "/search?page=2")
        assert cards.count() == (2 * shown if script else shown)
        assert page.locator("#more").count() == 1
        if script:
            focused = page.evaluate("document.activeElement.closest('article')?.dataset.sku")
            assert focused == cards.nth(shown).get_attribute("data-sku")
            page.reload()  # as Back does when the browser kept nothing
            expect(cards).to_have_count(2 * shown)
            page.go_back()
            page.wait_for_load_state("load")
            expect(cards).to_have_count(shown)


@SCRIPT
def test_a_list_is_chosen_and_stays(visit: Visit, script: bool) -> None:
    with visit(PHONE, script=script) as visitor:
        page = visitor.open("/search?q=milk")
        visitor.touch(page.get_by_label("Show as a list"))
        expect(page.locator(".cards--list .card__summary").first).to_be_visible()
        assert visitor.open("/search?q=bread").locator(".cards--list").count() == 1


def test_the_sheet_says_how_many_while_one_chooses(visit: Visit) -> None:
    with visit(PHONE, bypass_csp=True) as visitor:
        page = visitor.open("/search")
        page.locator("[data-opens-facets]").click()
        button = page.locator("#facets-sheet .facets__apply button")
        before = button.inner_text()
        visitor.touch(page.locator("#facets-sheet #f-on-promotion"))
        assert page.locator("#facets-sheet[open]").count() == 1
        assert button.inner_text() != before
        assert sound(visitor) == []
        button.click()
        expect(page.locator("#facets-sheet")).to_be_hidden()
        expect(page.locator(".toolbar__filter .count")).to_have_text("1")


def test_nothing_jumps_while_a_search_loads(visit: Visit) -> None:
    with visit(PHONE) as visitor:
        page = visitor.page
        page.add_init_script(
            "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(one =>"
            " window.moved += one.hadRecentInput ? 0 : one.value)).observe({type: 'layout-shift', buffered: true})"
        )
        visitor.open("/search?q=milk")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        assert page.evaluate("window.moved") < 0.05


def test_a_chip_that_is_pressed_hands_the_focus_on_and_another_language_shows_the_same_list(visit: Visit) -> None:
    with visit(DESKTOP) as visitor:
        page = visitor.open("/search?in_stock=1&on_promotion=1")
        page.locator(".chips a").first.press("Enter")
        page.wait_for_url(lambda address: address.count("=") == 1)
        visitor.settle()
        assert page.evaluate("document.activeElement.closest('.chips, .toolbar, #listing') !== null")
        address = page.url
        visitor.press(page.locator("form[action='/language'] button").first)
        assert page.url == address
        assert page.evaluate("document.documentElement.lang").startswith("zh")
