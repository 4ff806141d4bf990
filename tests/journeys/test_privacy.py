"""A customer decides about letters, gets a copy of their data, and deletes the account: on a phone and at a desk."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import LOOKS, PASSWORD, Visit
from tests.journeys.test_accessibility import overflow, problems

pytestmark = pytest.mark.browser


def fits(page: Page) -> None:
    assert problems(page) == []
    assert overflow(page) <= 0


def register(page: Page) -> None:
    page.fill("[name=email]", f"ada-{secrets.token_hex(4)}@example.com")
    page.fill("[name=password]", PASSWORD)
    page.check("[name=news]")
    fits(page)
    page.click("form[action='/register'] button")
    page.wait_for_url("**/account")


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_a_customer_decides_about_their_data_without_scripts(visit: Visit, size: tuple[int, int], scheme: str) -> None:
    with visit(size, color_scheme=scheme, script=False) as visitor:
        page = visitor.page
        visitor.open("/register")
        page.fill("[name=email]", f"ada-{secrets.token_hex(4)}@example.com")
        page.fill("[name=password]", PASSWORD)
        page.click("form[action='/register'] button")
        page.click(".account-menu a[href='/account/letters']")
        page.uncheck("[value=coupons]")
        page.click("form[action='/account/letters'] button")
        assert not page.is_checked("[value=coupons]")
        page.click(".account-menu a[href='/account/privacy']")
        page.fill("[name=password]", PASSWORD)
        page.click("form[action='/account/privacy/copies'] button")
        assert page.locator("#copies li").count() == 1
        page.click("a[href='/account/deletion']")
        page.fill("[name=password]", PASSWORD)
        page.click("form[action='/account/deletion'] button")
        page.click("form[action='/account/deletion/withdrawal'] button")
        assert page.url.endswith("/account")


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_pages_about_somebodys_data_are_usable_by_everyone(
    visit: Visit, size: tuple[int, int], scheme: str
) -> None:
    with visit(size, color_scheme=scheme, bypass_csp=True) as visitor:
        page = visitor.page
        visitor.open("/register")
        register(page)
        for path in ("/account/letters", "/account/privacy", "/account/deletion"):
            visitor.open(path)
            fits(page)
        page.fill("[name=password]", PASSWORD)
        page.click("form[action='/account/deletion'] button")
        page.wait_for_selector("form[action='/account/deletion/withdrawal']")
        fits(page)
