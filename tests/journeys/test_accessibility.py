"""Every page in a real browser: nothing for axe to find, nothing wider than the screen, no complaint in the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import DESKTOP, LOOKS, PHONE, Visit
from tests.journeys.test_buying import put_in_cart

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # of what is fine axe would describe every element
    "iframes": False,  # a page within a page is looked at where it is opened by itself
}
FIND = """async ([within, rules]) => {
  const bars = [...document.querySelectorAll('.header, .flash, .bottom-bar')];
  const place = (position) => bars.forEach((bar) => { bar.style.position = position; });
  place('static');
  const found = await axe.run(within || document, rules);
  place('');
  return found.violations;
}"""
"""Bars that float over what a scroll shows stand still meanwhile."""
SHOP_PAGES = [
    "/",
    "/categories",
    "/search?q=milk",
    "/search?q=zzzzqqq",
    "/cart",
    "/offers",
    "/offers/spend-and-save",
    "/sign-in",
    "/sign-in/phone",
    "/password-reset",
    "/register",
    "/no-such-page",
]
ADMIN_PAGES = [
    *("/admin/", "/admin/products", "/admin/orders", "/admin/search/report", "/admin/experiments/new"),
    *("/admin/taxes/classes/new", "/admin/taxes/rates/new", "/admin/taxes/report"),
]


def problems(page: Page, within: str = "") -> list[str]:
    """Return what axe finds, a line each, `within` a part where the rest was looked at before.

    Pages that come later bring axe along: to hand it over each time takes a fifth of the time that it works.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
        page.add_init_script(path=AXE)
    found: list[dict[str, Any]] = page.evaluate(FIND, [within, RULES])
    return [
        f"{violation['id']}: {node['target']} {node.get('failureSummary', '')[:160]}"
        for violation in found
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def emptiness(page: Page) -> int:
    """Return by how many pixels one can scroll beyond what the page holds."""
    return int(
        page.evaluate("document.documentElement.scrollHeight - Math.max(document.body.offsetHeight, innerHeight)")
    )


def first_links(page: Page) -> list[str]:
    """Return a category and a product of this shop."""
    category = page.locator("main a[href^='/categories/']").first.get_attribute("href")
    product = page.locator("main article a[href^='/products/']").first.get_attribute("href")
    return [str(category), str(product)]


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_shop_is_usable_by_everyone(visit: Visit, size: tuple[int, int], scheme: str) -> None:
    with visit(size, color_scheme=scheme, bypass_csp=True) as visitor:
        put_in_cart(visitor, 1)
        visitor.open("/")
        found = {}
        for path in [*SHOP_PAGES, "/checkout", *first_links(visitor.page)]:
            page = visitor.open(path)
            found[path] = [*problems(page), *(["too wide"] if overflow(page) > 0 else [])]
        assert {path: lines for path, lines in found.items() if lines} == {}


def test_the_shop_is_usable_in_chinese(visit: Visit) -> None:
    with visit(PHONE, locale="zh-CN", bypass_csp=True) as visitor:
        visitor.open("/")
        assert visitor.page.locator("html").get_attribute("lang") == "zh-Hans"
        put_in_cart(visitor, 1)
        visitor.open("/")
        for path in ["/", "/cart", "/checkout", "/sign-in", *first_links(visitor.page)]:
            page = visitor.open(path)
            assert [*problems(page), *(["too wide"] if overflow(page) > 0 else [])] == [], path


def test_nothing_is_cut_off_on_the_smallest_phone(visit: Visit) -> None:
    with visit((320, 640)) as visitor:
        visitor.open("/")
        for path in [*SHOP_PAGES, *first_links(visitor.page)]:
            assert overflow(visitor.open(path)) <= 0, path


def test_the_back_office_is_usable_by_everyone(visit: Visit) -> None:
    with visit(DESKTOP, bypass_csp=True) as visitor:
        visitor.sign_in("super-admin@example.com", "/admin/sign-in")
        found = {}
        links = visitor.page.locator("nav a[href^='/admin']").evaluate_all("all => all.map(a => a.pathname)")
        for path in dict.fromkeys([*ADMIN_PAGES, *links]):
            page = visitor.open(path)
            found[path] = [*problems(page), *(["ends in nothing"] if emptiness(page) > 1 else [])]
            for width in (DESKTOP[0], 768):
                page.set_viewport_size({"width": width, "height": 1000})
                found[path] += [f"too wide at {width}"] if overflow(page) > 0 else []
        assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_a_cart_with_a_saving_within_reach_is_usable_by_everyone(
    visit: Visit, size: tuple[int, int], scheme: str
) -> None:
    with visit(size, color_scheme=scheme, bypass_csp=True) as visitor:
        put_in_cart(visitor, 3)
        page = visitor.open("/cart")
        page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
        assert page.locator(".next-saving").count()
        assert [*problems(page), *(["too wide"] if overflow(page) > 0 else [])] == []


def test_a_state_in_a_table_stays_on_one_line(visit: Visit) -> None:
    with visit(DESKTOP, bypass_csp=True) as visitor:
        visitor.sign_in("super-admin@example.com", "/admin/sign-in")
        badges = visitor.open("/admin/orders").locator("main td .badge")
        heights = badges.evaluate_all("all => all.map(badge => badge.getBoundingClientRect().height)")
        assert heights
        assert max(heights) < 30
        assert visitor.page.locator(".data").evaluate("data => data.scrollWidth - data.clientWidth") <= 0
