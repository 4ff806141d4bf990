"""Merchant settings."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.shop import queries, services
from storefront.shop.models import Setting
from storefront.shop.rules import ShopSettings, WrongSettings, from_rows


def test_a_shop_without_settings_can_open(app: Flask) -> None:
    with app.app_context():
        assert queries.get_settings() == ShopSettings()


def test_a_change_shows_at_once(app: Flask) -> None:
    with app.app_context():
        assert queries.get_settings().currency == "USD"
        with transaction():
            services.change_settings(values={"currency": "CNY", "name": "好店"}, at=now())
        assert (queries.get_settings().currency, queries.get_settings().name) == ("CNY", "好店")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("timezone", "Mars/Olympus"), ("locale", "fr"), ("page_size", 0), ("unpaid_minutes", -1)),
        *(("currency", "XYZ"), ("currency", "usd"), ("currency", "")),
        *(("name", " "), ("email", "nobody"), ("email", ""), ("country", "XX"), ("country", "us")),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_and_nothing_is_stored(app: Flask, key: str, value: object) -> None:
    with app.app_context():
        with pytest.raises(Invalid), transaction():
            services.change_settings(values={key: value}, at=now())
        assert queries.get_settings() == ShopSettings()


def test_settings_of_an_older_version_are_ignored() -> None:
    assert from_rows({"name": "Mill", "no_longer_known": 1}).name == "Mill"


def test_everything_that_makes_no_sense_is_said_at_once() -> None:
    with pytest.raises(WrongSettings) as refusal:
        ShopSettings(name="", email="nobody", country="Atlantis", page_size=0)
    assert [problem.field for problem in refusal.value.problems] == ["name", "email", "country", "page_size"]


def test_what_an_older_version_let_through_does_not_close_the_shop(app: Flask) -> None:
    assert from_rows({"email": "nobody", "name": "Mill"}) == ShopSettings(name="Mill")
    with app.app_context():
        with transaction():
            db.session.add(Setting(key="email", value="nobody", updated_at=now()))
            services.change_settings(values={"name": "Mill"}, at=now())
        assert (queries.get_settings().email, queries.get_settings().name) == (ShopSettings().email, "Mill")


def test_the_merchant_decides_on_the_command_line(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["shop", "set", "currency", "CNY"]).output == "currency = CNY\n"
    assert runner.invoke(args=["shop", "set", "unpaid_minutes", "45"]).exit_code == 0
    shown = runner.invoke(args=["shop", "settings"]).output
    assert "currency = CNY" in shown
    assert "unpaid_minutes = 45" in shown


@pytest.mark.parametrize(("key", "value"), [("currency", "dollars"), ("unpaid_minutes", "soon"), ("no_such", "1")])
def test_nonsense_on_the_command_line_changes_nothing(app: Flask, key: str, value: str) -> None:
    answer = app.test_cli_runner().invoke(args=["shop", "set", key, value])
    assert answer.exit_code == 2
    with app.app_context():
        assert queries.get_settings() == ShopSettings()


def test_the_shops_language_is_for_who_asks_for_no_other(app: Flask) -> None:
    app.test_cli_runner().invoke(args=["shop", "set", "locale", "zh"])
    assert app.test_client().get("/sign-in").text.count('lang="zh-Hans"') >= 1
    assert 'lang="en"' in app.test_client().get("/sign-in", headers={"Accept-Language": "en-GB"}).text
    assert 'lang="zh-Hans"' in app.test_client().get("/sign-in", headers={"Accept-Language": "fr"}).text
