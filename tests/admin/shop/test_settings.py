"""The merchant's settings: shown with what they mean, checked together, written down, dangerous ones confirmed."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import time_machine
from flask import Flask

from admin.shop.groups import GROUPS
from storefront.accounts.permissions import Role
from storefront.audit.queries import list_entries_about
from storefront.shop import queries
from storefront.shop.rules import ShopSettings
from tests.admin.people import at_work
from tests.browser import Page, Shopper

ELSEWHERE = {"tax_mode", "factor_for_all_staff", "explore_percent"}
"""What has a screen of its own, or is set at the console."""


def save(browser: Shopper, key: str, **typed: object) -> Page:
    return browser.submit(browser.get(f"/admin/settings/{key}"), f"form[action='/admin/settings/{key}']", **typed)


def stored(app: Flask) -> ShopSettings:
    with app.app_context():
        return queries.get_settings()


def test_every_setting_has_its_place() -> None:
    shown = [field.key for group in GROUPS for field in group.fields]
    assert len(shown) == len(set(shown))
    assert set(shown) == {field.name for field in fields(ShopSettings)} - ELSEWHERE


def test_settings_are_stored_and_written_down(app: Flask) -> None:
    browser = at_work(app)
    page = save(browser, "access", refund_approval_above="１,000", below_cost_approval="yes")
    assert page.status == 200
    assert "Saved." in page.said
    assert (stored(app).refund_approval_above, stored(app).below_cost_approval) == (1000, True)
    with app.app_context():
        [entry] = list_entries_about("setting", "access")
    assert entry.changes == {"refund_approval_above": [0, 1000], "below_cost_approval": [False, True]}
    assert "Settings changed" in page.said
    save(browser, "access")
    with app.app_context():
        assert len(list_entries_about("setting", "access")) == 1, "nothing changed writes nothing"


def test_what_makes_no_sense_is_refused_beside_its_field_and_nothing_is_lost(app: Flask) -> None:
    browser = at_work(app)
    for key, name, value, words in (
        ("shop", "timezone", "Mars/Olympus", "no time zone"),
        ("selling", "page_size", "0", "at least 1"),
        ("selling", "unpaid_minutes", "soon", "whole number"),
        ("selling", "unpaid_minutes", "-5", "at least 1"),
        ("shop", "name", " ", "needs a name"),
        ("shop", "email", "nobody", "does not look right"),
        ("shop", "country", "Atlantis", "no country “Atlantis”"),
        ("points", "points_most_percent", "101", "between 0 and 100"),
        ("shop", "name", "x" * 501, "too long"),
        ("returns", "refund_policy", "never", "choose one"),
    ):
        page = save(browser, key, **{name: value})
        assert page.status == 422
        assert words in page.words(f"#{name}-error")
    assert "Mars/Olympus" in str(save(browser, "shop", timezone="Mars/Olympus").one("#timezone")["value"])
    assert stored(app) == ShopSettings()


def test_everything_that_is_wrong_is_said_at_once_and_what_was_typed_stays(app: Flask) -> None:
    page = save(at_work(app), "shop", name="", email="nobody", country="XX", currency="CNY")
    assert page.status == 422
    assert "Please check 3 things" in page.words("[role=alert]")
    assert [str(link["href"]) for link in page.all("[role=alert] a")] == ["#name", "#email", "#country"]
    shown = [str(page.one(f"#{name}")["value"]) for name in ("name", "email", "country", "currency")]
    assert shown == ["", "nobody", "XX", "CNY"]
    assert page.one("#email")["type"] == "email"
    assert page.one("#name").has_attr("required")
    assert stored(app) == ShopSettings()


def test_another_currency_is_confirmed_first(app: Flask) -> None:
    browser = at_work(app)
    page = save(browser, "shop", currency="CNY", name="Willow")
    assert page.status == 422
    assert "Prices are not converted" in page.words("[role=alert]")
    assert stored(app).currency == "USD"
    page = browser.submit(page, "form[action='/admin/settings/shop']", understood="yes")
    assert (stored(app).currency, stored(app).name) == ("CNY", "Willow")


def test_only_who_may_changes_settings_and_is_asked_again(app: Flask) -> None:
    assert at_work(app, Role.FINANCE).get("/admin/settings").status == 403
    with time_machine.travel("2026-05-04T08:00:00+00:00", tick=False) as clock:
        browser = at_work(app)
        page = browser.get("/admin/settings/payments")
        clock.shift(timedelta(minutes=16))
        form = "form[action='/admin/settings/payments']"
        assert browser.submit(page, form, bank_account_number="DE00").status == 428
        assert stored(app).bank_account_number == ""
    assert browser.get("/admin/settings/nothing").status in {303, 404}
