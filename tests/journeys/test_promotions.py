"""Promotions in a real browser: coupons, a ladder, a gift, points and a flash price, from the offer to the receipt."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP, PASSWORD, PHONE, Visit, Visitor
from tests.journeys.test_accessibility import overflow, problems
from tests.journeys.test_buying import amount, fill

pytestmark = pytest.mark.browser

LITTER, CAT_FOOD, DOG_FOOD = (
    "/products/coral-mount-clumping-cat-litter?sku=CJ-00339",
    "/products/fox-pantry-dry-cat-food?sku=CJ-00437",
    "/products/badger-vale-dry-dog-food?sku=CJ-00091",
)
"""Each costs $11.99 in the small demo: two bring the gift for pets, four the first step of the ladder."""
LADDER, GIFT_OFFER = "Spend $40, save $5; spend $80, save $12", "Spend $20 on your pet, get a chew"
COUPON, BETTER_COUPON = "$3 off from $20", "$5 off your first order from $25"
ADDRESS = {
    "name": "Nora Newcomer",
    "street": "12 Mill Lane",
    "city": "Springfield",
    "region": "IL",
    "postcode": "62701",
    "phone": "+12175550123",
}
SHOP_PAGES = ["/offers", "/offers/nacho-night", "/flash", "/coupons"]
CUSTOMER_PAGES = ["/account/coupons", "/account/points"]
ADMIN_PAGES = ["/admin/promotions", "/admin/promotions/new", "/admin/promotions/calendar", "/admin/promotions/preview"]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
SESSION_LASTS = """() => [...document.querySelectorAll("[data-countdown]")].every(
    each => new Date(each.dataset.countdown) - Date.now() > 60_000)"""
"""Whoever comes in the last minute of a flash sale waits for the next one: what is bought then is not of this one."""


def register(visitor: Visitor) -> None:
    """Become a customer who has never ordered."""
    page = visitor.open("/register")
    form = page.locator("main form:has([name=password])")
    form.locator("[name=name]").fill("Nora Newcomer")
    form.locator("[name=email]").fill(f"{uuid4().hex[:12]}@example.com")
    form.locator("[name=password]").fill(PASSWORD)
    visitor.press(form.locator("button:not([type=button])").last)
    expect(page.locator("main h1")).to_be_visible()


def add(visitor: Visitor, product: str) -> Page:
    """Put a product into the cart from its page, and look at the cart."""
    page = visitor.open(product)
    visitor.touch(page.locator("main form[action='/cart/lines'] button:not([type=button]):not([name])").first)
    return visitor.open("/cart")


def want(visitor: Visitor, count: int) -> None:
    """Type a quantity into the cart's first line."""
    page = visitor.page
    field = page.get_by_role("spinbutton").first
    field.fill(str(count))
    if visitor.script:
        with page.expect_response("**/cart/lines/**"):
            field.press("Tab")
        visitor.settle()
    else:
        visitor.press(page.locator("#cart li.line button.without-script").first)
    expect(page.get_by_role("spinbutton").first).to_have_value(str(count))


def choose_coupon(visitor: Visitor, name: str) -> None:
    """Take another coupon than the one that was proposed."""
    page = visitor.page
    page.locator("#coupons summary").click()
    option = page.locator("#coupons label", has_text=name).locator("input")
    if visitor.script:
        with page.expect_response("**/cart/coupon"):
            option.check()
        visitor.settle()
    else:
        option.check()
        visitor.press(page.locator("#coupons button.without-script"))


def tell_address(visitor: Visitor) -> None:
    """Tell where it goes, unless an address from the book is proposed."""
    page = visitor.page
    country = page.locator("#checkout-form [name=country]")
    if country.is_visible():
        country.select_option("US")
        visitor.settle()
        for name, value in ADDRESS.items():
            fill(page.locator(f"#checkout-form [name={name}]"), value)
    visitor.settle()


def pay(visitor: Visitor) -> Page:
    """Go through checkout as it was proposed, and approve."""
    page = visitor.page
    total = amount(page, "#checkout-summary .sums__total data")
    visitor.press(page.locator("#checkout-summary .checkout__pay button"))
    assert amount(page, ".sums__total data") == total
    visitor.press(page.get_by_role("button", name=re.compile("Approve")))
    assert amount(page, ".sums__total data") == total
    return page


@pytest.mark.parametrize(
    ("size", "script", "product"),
    [(PHONE, True, LITTER), (DESKTOP, True, CAT_FOOD), (DESKTOP, False, DOG_FOOD)],
    ids=["phone", "desktop", "no-script"],
)
def test_a_newcomer_gets_every_saving_and_reads_why(
    visit: Visit, size: tuple[int, int], script: bool, product: str
) -> None:
    with visit(size, script=script) as visitor:
        register(visitor)
        page = visitor.open("/coupons")
        visitor.touch(page.locator("#claim-three-off button"))
        expect(page.locator("#claim-three-off")).to_contain_text("In your account")
        page = add(visitor, product)
        gift, nearest = page.locator("#cart li.line--gift"), page.locator("#near-pets-gift")
        expect(nearest).to_contain_text("$8.01")
        expect(gift).to_have_count(0)
        want(visitor, 2)
        expect(gift).to_contain_text("Free")
        expect(page.locator("#near-spend-and-save")).to_contain_text("$16.02")
        want(visitor, 1)
        expect(gift).to_have_count(0)
        want(visitor, 3)
        expect(page.locator("#near-spend-and-save")).to_contain_text("$4.03")
        want(visitor, 4)
        expect(gift).to_have_count(1)
        sums = page.locator("#cart .sums")
        expect(sums).to_contain_text(LADDER)
        expect(sums).to_contain_text(BETTER_COUPON)
        choose_coupon(visitor, COUPON)
        expect(sums).to_contain_text(COUPON)
        expect(sums).not_to_contain_text(BETTER_COUPON)
        page = visitor.open("/flash")
        expect(page.locator(".countdown").first).to_be_visible()
        page.wait_for_function(SESSION_LASTS, timeout=90_000)
        deal = page.locator(".deal:has(form button)").first
        flash_name = deal.locator(".card__name").inner_text()
        visitor.touch(deal.locator("form button"))
        page = visitor.open("/cart")
        expect(page.locator("#cart li.line", has_text=flash_name)).to_contain_text(re.compile("flash", re.IGNORECASE))
        assert overflow(page) <= 0
        visitor.press(page.locator("a[href='/checkout']:visible").first)
        tell_address(visitor)
        page = pay(visitor)
        receipt = page.locator("main")
        for words in (LADDER, COUPON, "Your gift", flash_name):
            expect(receipt).to_contain_text(words)
        page.locator("#why summary").click()
        expect(page.locator("#why .traced").first).to_be_visible()
        expect(page.locator("#why")).to_contain_text(LADDER)


@SIZES
def test_a_member_pays_a_part_with_points(visit: Visit, size: tuple[int, int]) -> None:
    with visit(size) as visitor:
        visitor.sign_in("shopper@example.com")
        page = add(visitor, "/products/badger-vale-dry-dog-food?sku=CJ-00092")
        before = amount(page, "#cart .sums__total data")
        page.locator("#points").fill("100")
        with page.expect_response("**/cart/points"):
            page.locator("#points").press("Enter")
        visitor.settle()
        expect(page.locator("#cart")).to_contain_text("100 points pay $1.00")
        assert amount(page, "#cart .sums__total data") == before - 100
        visitor.press(page.locator("a[href='/checkout']:visible").first)
        tell_address(visitor)
        expect(pay(visitor).locator("main")).to_contain_text(re.compile("points", re.IGNORECASE))


@SIZES
@pytest.mark.parametrize("paths", [SHOP_PAGES, CUSTOMER_PAGES], ids=["shop", "account"])
def test_pages_of_promotions_are_usable_by_everyone(visit: Visit, size: tuple[int, int], paths: list[str]) -> None:
    with visit(size, bypass_csp=True) as visitor:
        visitor.sign_in("shopper@example.com")
        assert troubles(visitor, paths) == {}


@pytest.mark.parametrize("paths", [ADMIN_PAGES[:2], ADMIN_PAGES[2:]], ids=["making", "watching"])
def test_the_back_office_of_promotions_is_usable_by_everyone(visit: Visit, paths: list[str]) -> None:
    with visit(DESKTOP, bypass_csp=True) as visitor:
        visitor.sign_in("super-admin@example.com", "/admin/sign-in")
        assert troubles(visitor, paths) == {}


def test_what_is_said_of_one_promotion_is_usable_by_everyone(visit: Visit) -> None:
    with visit(DESKTOP, bypass_csp=True) as visitor:
        visitor.sign_in("super-admin@example.com", "/admin/sign-in")
        page = visitor.open("/admin/promotions?q=ice+cream")
        link = str(page.locator("main tbody a[href^='/admin/promotions/']").first.get_attribute("href"))
        paths = [link, f"{link}/report", f"{link}/simulations"]
        assert troubles(visitor, paths) == {}


def troubles(visitor: Visitor, paths: list[str]) -> dict[str, list[str]]:
    """Return what axe finds on pages, and those that are wider than the window."""
    found = {}
    for path in paths:
        page = visitor.open(path)
        found[path] = [*problems(page), *(["too wide"] if overflow(page) > 0 else [])]
    return {path: lines for path, lines in found.items() if lines}
