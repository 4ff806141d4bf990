"""A customer decides about letters, gets a copy of their data, and deletes the account: on a phone and at a desk."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import services as fulfilment
from storefront.kernel.clock import now
from storefront.mail import jobs as mail_jobs
from storefront.orders import services as orders
from storefront.orders.queries import get_whole
from storefront.privacy import jobs
from storefront.privacy.models import PrivacyRequest
from tests.journeys.backstage import backstage, folder_of, letter_to, link_in, work
from tests.journeys.conftest import LOOKS, PASSWORD, Visit, Visitor
from tests.journeys.test_accessibility import overflow, problems
from tests.storefront.orders.drafts import draft_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def menu_leads_to(page: Page, path: str) -> None:
    """Follow the account's menu: at a desk it is beside every page, on a phone it is the account's home."""
    back = page.locator(".account__back a")
    if back.count() and back.is_visible():
        back.click()
    page.click(f".account-menu a[href='{path}']")


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
        menu_leads_to(page, "/account/letters")
        page.uncheck("[value=coupons]")
        page.click("form[action='/account/letters'] button")
        assert not page.is_checked("[value=coupons]")
        menu_leads_to(page, "/account/privacy")
        page.fill("[name=password]", PASSWORD)
        page.click("form[action='/account/privacy/copies'] button")
        expect(page.locator("#copies li")).to_have_count(1)
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


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_a_customer_downloads_their_data_and_is_forgotten(
    visit: Visit, tmp_path_factory: pytest.TempPathFactory, size: tuple[int, int], scheme: str
) -> None:
    folder, email = folder_of(tmp_path_factory), f"ada-{secrets.token_hex(4)}@example.com"
    with visit(size, color_scheme=scheme, bypass_csp=True) as visitor:
        page = visitor.open("/register")
        page.fill("[name=email]", email)
        page.fill("[name=password]", PASSWORD)
        visitor.press(page.locator("form[action='/register'] button"))
        visitor.open("/account/privacy")
        page.fill("[name=password]", PASSWORD)
        visitor.press(page.locator("form[action='/account/privacy/copies'] button"))
        work(folder, jobs.sweep_copies)
        visitor.open("/account/privacy")
        fits(page)
        with page.expect_download() as download:
            page.click("#copies a")
        with ZipFile(download.value.path()) as copy:
            assert email in copy.read("data/account.json").decode()
        visitor.open("/account/deletion")
        page.fill("[name=password]", PASSWORD)
        visitor.press(page.locator("form[action='/account/deletion'] button"))
        fits(page)
        for _step in ("the account is closed", "every room forgets"):
            the_days_pass(folder)
            work(folder, jobs.sweep_deletions)
        visitor.open("/account")
        assert "/sign-in" in page.url
        page.fill("main [name=email]", email)
        page.fill("main [name=password]", PASSWORD)
        visitor.press(page.locator("form[action='/sign-in'] button:not([type=button])").last)
        assert page.locator("[role=alert]").count()


def the_days_pass(folder: Path) -> None:
    with backstage(folder) as app, app.app_context(), transaction():
        db.session.execute(update(PrivacyRequest).values(due_at=now() - timedelta(minutes=1)))


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_a_guest_sees_downloads_and_deletes_their_data(
    visit: Visit, tmp_path_factory: pytest.TempPathFactory, size: tuple[int, int], scheme: str
) -> None:
    folder, email = folder_of(tmp_path_factory), f"guest-{secrets.token_hex(4)}@example.com"
    number = a_guest_s_order(folder, email)
    with visit(size, color_scheme=scheme, bypass_csp=True) as visitor:
        links = [a_link_for(visitor, folder, email) for _ in range(2)]
        page = visitor.open(links[0])
        assert number in page.inner_text("main")
        fits(page)
        with page.expect_download() as download:
            page.click("form[action$='/copy'] button")
        with ZipFile(download.value.path()) as copy:
            assert number in copy.read("data/orders.json").decode()
        visitor.open(links[0])
        assert "no longer works" in page.inner_text("main")
        fits(page)
        visitor.open(links[1])
        visitor.press(page.locator("form[action$='/erasure'] button"))
        assert "no longer says who placed it" in page.inner_text("main")
        fits(page)


def a_link_for(visitor: Visitor, folder: Path, email: str) -> str:
    page = visitor.open("/your-data")
    fits(page)
    page.fill("main [name=email]", email)
    visitor.press(page.locator("form[action='/your-data'] button"))
    fits(page)
    work(folder, mail_jobs.sweep_outbox)
    return link_in(letter_to(folder, email))


def a_guest_s_order(folder: Path, email: str) -> str:
    with backstage(folder) as app, app.app_context():
        with transaction():
            variant = db.session.scalars(select(Variant.id).order_by(Variant.id).limit(1)).one()
            order = orders.place_order(draft=draft_of({variant: 1}, email=email, pays_at_the_door=True), at=now())
            order_id, number = order.id, order.number
        with transaction():
            fulfilment.deliver_order(order=get_whole(order_id), by="staff:1", at=now())
        return number
