"""Ways into an account, in a real browser: devices, another e-mail, links used twice, an answer nobody asked for."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import update

from storefront.accounts.models import OneTimeLink
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.mail import jobs
from tests.journeys.backstage import backstage, folder_of, letter_to, link_in, work
from tests.journeys.conftest import LOOKS, PASSWORD, Visit, Visitor
from tests.journeys.test_accessibility import overflow, problems

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
NEW = "a wholly other phrase"


def fits(page: Page) -> None:
    assert problems(page) == []
    assert overflow(page) <= 0


def register(visitor: Visitor) -> str:
    email = f"eve-{secrets.token_hex(4)}@example.com"
    page = visitor.open("/register")
    page.fill("main [name=email]", email)
    page.fill("main [name=password]", PASSWORD)
    visitor.press(page.locator("form[action='/register'] button"))
    return email


def letter_of(folder: Path, email: str) -> str:
    work(folder, jobs.sweep_outbox)
    return letter_to(folder, email)


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_a_device_is_signed_out_from_another_one(
    visit: Visit, tmp_path_factory: pytest.TempPathFactory, size: tuple[int, int], scheme: str
) -> None:
    folder = folder_of(tmp_path_factory)
    with visit(size, color_scheme=scheme, bypass_csp=True) as here, visit(size) as elsewhere:
        email = register(here)
        elsewhere.sign_in(email)
        assert "device that we have not seen before" in letter_of(folder, email)
        page = here.open("/account/security")
        fits(page)
        assert page.locator("#sessions li").count() == 2
        others = page.locator("#sessions li").filter(has_not_text="This device")
        here.press(others.get_by_role("button", name="Sign out"))
        assert page.locator("#sessions li").count() == 1
        fits(page)
        elsewhere.open("/account")
        assert "/sign-in" in elsewhere.page.url
        here.open("/account")
        assert page.url.endswith("/account")


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_an_e_mail_changes_once_its_inbox_says_so(
    visit: Visit, tmp_path_factory: pytest.TempPathFactory, size: tuple[int, int], scheme: str
) -> None:
    folder, email = folder_of(tmp_path_factory), f"new-{secrets.token_hex(4)}@example.com"
    with visit(size, color_scheme=scheme, bypass_csp=True) as visitor:
        before = register(visitor)
        page = visitor.open("/account/details")
        fits(page)
        form = page.locator("form[action='/account/email']")
        for taken in ("shopper@example.com", email):
            form.locator("[name=email]").fill(taken)
            form.locator("[name=password]").fill(PASSWORD)
            visitor.press(form.get_by_role("button"))
            assert f"We have written to {taken}" in page.inner_text("body")
            assert f"Now: {before}" in page.inner_text("main")
        visitor.open(link_in(letter_of(folder, email)))
        fits(page)
        visitor.press(page.locator("form[action^='/confirmations/'] button"))
        assert f"Now: {email}" in page.inner_text("main")
        fits(page)


@pytest.mark.parametrize("ended", ["used", "expired"])
@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_a_link_for_a_password_works_once_and_not_for_ever(
    visit: Visit, tmp_path_factory: pytest.TempPathFactory, size: tuple[int, int], scheme: str, ended: str
) -> None:
    folder = folder_of(tmp_path_factory)
    with visit(size, color_scheme=scheme, bypass_csp=True) as visitor:
        email = register(visitor)
        visitor.page.context.clear_cookies()
        page = visitor.open("/password-reset")
        page.fill("main [name=email]", email)
        visitor.press(page.locator("form[action='/password-reset'] button"))
        fits(page)
        link = link_in(letter_of(folder, email))
        visitor.open(link)
        fits(page)
        if ended == "used":
            page.fill("main [name=password]", NEW)
            visitor.press(page.locator("main form button:not([type=button])").last)
            assert page.url.endswith("/account")
        else:
            with backstage(folder) as app, app.app_context(), transaction():
                db.session.execute(update(OneTimeLink).values(expires_at=now() - timedelta(minutes=1)))
        visitor.open(link)
        assert "no longer works" in page.inner_text("main [role=alert]")
        assert page.locator("form[action='/password-reset']").count(), "another one can be asked for"
        fits(page)


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_an_answer_that_nobody_asked_for_leads_back_to_the_door(
    visit: Visit, size: tuple[int, int], scheme: str
) -> None:
    with visit(size, color_scheme=scheme, bypass_csp=True) as visitor:
        page = visitor.open("/sign-in")
        assert page.get_by_role("link", name="Google").count()
        fits(page)
        visitor.open("/sign-in/with/google/return?code=stolen&state=forged")
        assert page.url.endswith("/sign-in")
        assert "Please start again" in page.inner_text(".notice--error, [role=alert]")
        fits(page)
