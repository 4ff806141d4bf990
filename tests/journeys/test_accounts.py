"""An account with nothing but a phone, opened, used and closed behind one, with and without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest

from storefront.sms import jobs
from tests.journeys.backstage import code_in, folder_of, work
from tests.journeys.conftest import DESKTOP, PHONE, Visit
from tests.journeys.test_accessibility import overflow, problems

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def code_for(number: str, folder: Path) -> str:
    """Send what waits in the outbox, and read the phone."""
    work(folder, jobs.sweep_sms)
    return code_in(folder, number)


@pytest.mark.parametrize(("script", "size"), [(True, PHONE), (False, DESKTOP)], ids=["phone", "without-script"])
def test_an_account_is_opened_with_a_phone_and_nothing_else(
    visit: Visit, tmp_path_factory: pytest.TempPathFactory, script: bool, size: tuple[int, int]
) -> None:
    folder = folder_of(tmp_path_factory)
    number = "8613800138001" if script else "8613800138002"
    with visit(size, script=script, bypass_csp=True) as visitor:
        page = visitor.open("/sign-in?next=/account/addresses")
        visitor.press(page.get_by_role("link", name="With a code to your phone"))
        page.get_by_label("Mobile phone").fill(f"+{number}")
        visitor.press(page.get_by_role("button", name="Send me a code"))
        assert page.get_by_text("+86 ··· 800").count()
        if script:
            assert [*problems(page), *(["too wide"] if overflow(page) > 0 else [])] == []
        page.get_by_label("Code").fill("1")
        visitor.press(page.locator("form[action='/sign-in/phone/code'] button"))
        assert page.get_by_text("This code is not right").count()
        page.get_by_label("Code").fill(code_for(number, folder))
        visitor.press(page.locator("form[action='/sign-in/phone/code'] button"))
        assert page.url.endswith("/account/addresses")
        for path in ("/account", "/account/details", "/account/security"):
            visitor.open(path)
            if script:
                assert [*problems(page), *(["too wide"] if overflow(page) > 0 else [])] == [], path
        assert page.get_by_text(f"Now: +{number}").count()
        assert not page.get_by_role("button", name="Remove the phone").count()
        visitor.open("/account")
        visitor.press(page.locator("form[action='/sign-out'] button"))
        visitor.open("/account")
        assert "/sign-in" in page.url
