"""Whole errands in a real browser: on a phone and a desktop, with and without JavaScript, by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import DESKTOP, PHONE, WAYS, Visit, Visitor

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
ORDER = re.compile(r"/orders/[A-Z0-9-]+")


def put_in_cart(visitor: Visitor, count: int = 2) -> None:
    """Add the first products of a category that can be bought."""
    page = visitor.open("/")
    link = page.locator("main a[href^='/categories/']").first.get_attribute("href")
    for number in range(count):
        page = visitor.open(str(link))
        visitor.touch(page.locator("main article form button.add").nth(number))


def fill_checkout(visitor: Visitor, email: str = "guest@example.com") -> None:
    """Tell where it goes; everything else stays as it was proposed."""
    form = visitor.page.locator("#checkout-form")
    form.locator("[name=country]").select_option("US")
    visitor.settle()
    form.locator("[name=email]").fill(email)
    for name, value in {
        "name": "Ada Shopper",
        "street": "12 Mill Lane",
        "city": "Springfield",
        "region": "IL",
        "postcode": "62701",
        "phone": "+12175550123",
    }.items():
        field = form.locator(f"[name$={name}]:visible")
        if field.count():
            fill(field.first, value)


def fill(field: Locator, value: str) -> None:
    """Type into a field, or choose from its list."""
    if field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)


def amount(page: Page, selector: str) -> int:
    """Return an amount on the page in minor units."""
    return int(str(page.locator(selector).last.get_attribute("value")))


@WAYS
def test_a_guest_buys(visit: Visit, size: tuple[int, int], script: bool) -> None:
    with visit(size, script=script) as visitor:
        put_in_cart(visitor)
        page = visitor.open("/cart")
        expect(page.locator("#cart li.line")).to_have_count(2)
        visitor.press(page.locator("a[href='/checkout']:visible").first)
        fill_checkout(visitor)
        visitor.settle()
        total = amount(page, "#checkout-summary .sums__total data")
        visitor.press(page.locator("#checkout-summary .checkout__pay button"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Test payment")
        assert amount(page, ".sums__total data") == total
        visitor.press(page.get_by_role("button", name=re.compile("Approve")))
        assert ORDER.search(page.url)
        assert amount(page, ".sums__total data") == total
        order_url = page.url.removeprefix(visitor.base)
        page = visitor.open("/cart")
        expect(page.locator("#cart li.line")).to_have_count(0)
        assert visitor.open(order_url).locator("h1").count() == 1


@SIZES
def test_a_cart_stays_where_its_reader_is(visit: Visit, size: tuple[int, int]) -> None:
    with visit(size) as visitor:
        put_in_cart(visitor, 5)
        page = visitor.open("/cart")
        line = page.locator("#cart li.line").nth(3)
        line.evaluate("line => line.scrollIntoView({block: 'center'})")
        here = page.evaluate("scrollY")
        for change, focused in (
            (line.get_by_role("button", name=re.compile("^One more")), "[id$=-more]:focus"),
            (line.get_by_role("button", name=re.compile("^Take out")), ".lines > li > .notice:focus"),
            (page.get_by_role("button", name="Put it back"), "body"),
        ):
            change.press("Enter")
            visitor.settle()
            expect(page.locator(focused)).to_be_visible()
            assert page.evaluate("scrollY") == here
        expect(page.locator("#cart li.line")).to_have_count(5)


def test_what_takes_the_focus_takes_it_once(visit: Visit) -> None:
    with visit(DESKTOP) as visitor:
        put_in_cart(visitor, 2)
        page = visitor.open("/cart")
        page.locator("#cart li.line").first.get_by_role("button", name=re.compile("^Take out")).press("Enter")
        visitor.settle()
        expect(page.locator(".lines > li > .notice:focus")).to_be_visible()
        page.get_by_label("Coupon code").focus()
        with page.expect_response("**/cart/badge"):
            page.evaluate("document.body.dispatchEvent(new Event('cart:changed'))")
        visitor.settle()
        expect(page.get_by_label("Coupon code")).to_be_focused()


def test_whoever_adds_by_keyboard_goes_on_at_the_same_card(visit: Visit) -> None:
    with visit(DESKTOP) as visitor:
        page = visitor.open("/categories/snacks-and-sweets")
        card = page.locator("main article.card:has(button.add)").first
        sku = card.get_attribute("data-sku")
        card.locator("button.add").press("Enter")
        visitor.settle()
        mine = page.locator(f"main article[data-sku='{sku}']").first
        expect(mine.get_by_role("button", name="One more")).to_be_focused()


def test_a_wrong_code_is_told_beside_its_field(visit: Visit) -> None:
    with visit(PHONE) as visitor:
        put_in_cart(visitor, 1)
        page = visitor.open("/cart")
        page.get_by_label("Coupon code").fill("NOPE")
        page.get_by_label("Coupon code").press("Enter")
        visitor.settle()
        expect(page.get_by_label("Coupon code")).to_be_focused()
        expect(page.get_by_label("Coupon code")).to_have_value("NOPE")
        expect(page.locator("#coupon-code-error")).to_be_in_viewport()


def test_a_declined_payment_can_be_tried_again(visit: Visit) -> None:
    with visit(PHONE) as visitor:
        put_in_cart(visitor, 1)
        page = visitor.open("/checkout")
        fill_checkout(visitor)
        visitor.settle()
        visitor.press(page.locator("#checkout-summary .checkout__pay button"))
        visitor.press(page.get_by_role("button", name="Decline"))
        assert ORDER.search(page.url)
        visitor.press(page.locator("main form[action$='/payments'] button").first)
        visitor.press(page.get_by_role("button", name=re.compile("Approve")))
        assert ORDER.search(page.url)
        expect(page.get_by_text(re.compile("paid", re.IGNORECASE)).first).to_be_visible()


def test_what_is_typed_while_the_form_is_swapped_stays(visit: Visit) -> None:
    with visit(DESKTOP) as visitor:
        put_in_cart(visitor, 1)
        page = visitor.open("/checkout")
        page.route("**/checkout/draft", lambda route: (page.wait_for_timeout(700), route.continue_()))
        with page.expect_response("**/checkout/draft"):
            page.locator("#checkout-form [name=country]").select_option("CN")
            page.locator("#checkout-form [name=name]").press_sequentially("Li Lei")
        visitor.settle()
        expect(page.locator("#checkout-form [name=name]")).to_have_value("Li Lei")
        expect(page.locator("#checkout-form [name=country]")).to_have_value("CN")


def test_a_forgotten_address_is_asked_for_and_nothing_typed_is_lost(visit: Visit) -> None:
    with visit(PHONE) as visitor:
        put_in_cart(visitor, 1)
        page = visitor.open("/checkout")
        page.locator("#checkout-form [name=email]").fill("not an address")
        visitor.press(page.locator("#checkout-summary .checkout__pay button"))
        expect(page.locator("[role=alert]").first).to_be_visible()
        expect(page.locator("#checkout-form [name=email]")).to_have_value("not an address")
        expect(page.locator("#checkout-form [name=email]")).to_have_attribute("aria-invalid", "true")


@SCRIPT
def test_what_is_wrong_is_said_until_somebody_changes_it(visit: Visit, script: bool) -> None:
    with visit(PHONE, script=script) as visitor:
        put_in_cart(visitor, 1)
        page = visitor.open("/checkout")
        visitor.press(page.locator("#checkout-summary .checkout__pay button"))
        summary, wrong = page.locator(".notice--error"), page.locator("#checkout-form [aria-invalid=true]")
        names = wrong.evaluate_all("fields => fields.map(field => field.id)")
        entries = len(names)
        expect(summary.locator("li")).to_have_count(entries)
        for name in names:
            entries -= script
            fill(page.locator(f"#{name}"), "IL" if name == "region" else "62701")
            expect(wrong).to_have_count(entries)
            expect(page.locator("#checkout-form .field__error")).to_have_count(entries)
            expect(summary.locator("li")).to_have_count(entries)
        expect(summary).to_have_count(0 if script else 1)


def test_the_cart_follows_without_a_reload(visit: Visit) -> None:
    with visit(DESKTOP) as visitor:
        put_in_cart(visitor, 1)
        page = visitor.open("/cart")
        page.evaluate("window.stayed = true")
        before = amount(page, ".sums__total data")
        page.locator("#cart li.line .stepper button").last.click()
        expect(page.get_by_role("spinbutton")).to_have_value("2")
        visitor.settle()
        assert amount(page, ".sums__total data") > before
        visitor.touch(page.get_by_role("button", name=re.compile("Take out")).first)
        expect(page.get_by_text("Taken out of your cart.")).to_be_visible()
        visitor.touch(page.get_by_role("button", name="Put it back"))
        expect(page.locator("#cart li.line")).to_have_count(1)
        assert page.evaluate("window.stayed") is True


def test_a_quantity_is_typed(visit: Visit) -> None:
    with visit(DESKTOP) as visitor:
        put_in_cart(visitor, 1)
        page = visitor.open("/cart")
        page.get_by_role("spinbutton").fill("999")
        page.get_by_role("spinbutton").press("Tab")
        expect(page.locator("#flash .notice")).to_be_visible()
        page.get_by_role("spinbutton").fill("0")
        page.get_by_role("spinbutton").press("Enter")
        expect(page.get_by_text("Taken out of your cart.")).to_be_visible()
        expect(page.locator("#cart li.line")).to_have_count(0)


@SIZES
def test_both_ends_of_a_price_are_kept(visit: Visit, size: tuple[int, int]) -> None:
    with visit(size) as visitor:
        page = visitor.open("/search?q=milk")
        if size == PHONE:
            page.locator("[data-opens-facets]").first.click()
        page.locator("input[name=price_from]").fill("1")
        page.locator("input[name=price_from]").press("Tab")
        page.keyboard.type("4", delay=60)
        page.keyboard.press("Tab")
        page.wait_for_url("**price_to=4**")
        assert "price_from=1" in page.url


@SCRIPT
def test_a_listing_is_narrowed_and_the_address_says_how(visit: Visit, script: bool) -> None:
    with visit(DESKTOP, script=script) as visitor:
        page = visitor.open("/search?q=milk")
        total = page.locator("main article").count()
        page.locator("main input[name=brand]:visible").first.check()
        if not script:
            visitor.press(page.locator("main form:has(input[name=brand]) button:visible").last)
        page.wait_for_url("**brand=**")
        visitor.settle()
        assert 0 < page.locator("main article").count() <= total
        page.go_back()
        expect(page).not_to_have_url(re.compile("brand="))
        expect(page.locator("main article")).to_have_count(total)


def test_by_keyboard_alone_a_product_reaches_the_cart(visit: Visit) -> None:
    with visit(DESKTOP) as visitor:
        page = visitor.open("/")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        page.locator("main article a[href^='/products/']").first.focus()
        with page.expect_navigation(wait_until="load"):
            page.keyboard.press("Enter")
        button = page.locator("main form[action='/cart/lines'] button:not([type=button])").first
        button.focus()
        page.keyboard.press("Enter")
        visitor.settle()
        expect(page.locator("#flash .notice")).to_be_visible()
        assert visitor.open("/cart").locator("#cart li.line").count() == 1


def test_the_shop_speaks_chinese(visit: Visit) -> None:
    with visit(PHONE) as visitor:
        page = visitor.open("/")
        visitor.press(page.locator("form[action='/language'] button[value=zh]:visible").first)
        expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
        for path in ("/", "/cart", "/categories", "/sign-in"):
            assert re.search(r"[\u4e00-\u9fff]", visitor.open(path).locator("main h1").first.inner_text()), path


def test_dark_is_remembered(visit: Visit) -> None:
    with visit(DESKTOP) as visitor:
        page = visitor.open("/")
        page.locator("form[action='/theme'] button[value=dark]").first.click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        visitor.settle()
        assert visitor.open("/cart").locator("html").get_attribute("data-theme") == "dark"


def test_a_customer_finds_orders_and_a_stranger_does_not(visit: Visit) -> None:
    with visit(DESKTOP) as visitor:
        visitor.sign_in("shopper@example.com")
        page = visitor.open("/account")
        link = str(page.locator("main a[href^='/orders/']").first.get_attribute("href"))
        expect(visitor.open(link).locator("h1")).to_be_visible()
    with visit(DESKTOP) as stranger:
        assert "find" in stranger.open(link).locator("h1").inner_text()
