"""Words in templates: messages are markup and formats, a merchant's words are neither; macros speak to each reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask, g, render_template_string

from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.shop.queries import get_settings
from storefront.shop.services import change_settings
from storefront.web.filters import moment
from tests.browser import Shopper
from tests.factories import make_product


def drawn(app: Flask, source: str, language: str = "en", **values: object) -> str:
    with app.test_request_context(headers={"Accept-Language": language}):
        return render_template_string(source, **values)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ _('100%% wool') }}", "100% wool"),
        ("{{ _('For %(who)s', who=name) }}", "For &lt;you&gt;"),
        ("{{ _('<b>Bold</b>') }}", "<b>Bold</b>"),
        ("{{ ngettext('%(num)s cat of %(who)s', '%(num)s cats of %(who)s', 2, who=name) }}", "2 cats of &lt;you&gt;"),
        ("{% autoescape false %}{{ _('For %(who)s', who=name) }}{% endautoescape %}", "For <you>"),
        ("{{ term(name) }}", "&lt;you&gt;"),
        ("{{ term('50% linen') }}", "50% linen"),
        ("{{ term('') }}", ""),
    ],
)
def test_messages_are_formats_and_terms_are_not(app: Flask, source: str, expected: str) -> None:
    assert drawn(app, source, name="<you>") == expected


@pytest.mark.parametrize(("count", "expected"), [(1, "1 cat"), (999, "999 cats"), (12_345, "12,345 cats")])
def test_a_long_count_has_separators(app: Flask, count: int, expected: str) -> None:
    assert drawn(app, "{{ ngettext('%(num)s cat', '%(num)s cats', count) }}", count=count) == expected


@pytest.mark.parametrize(("language", "expected"), [("en", "Dec 1, 2026 01:19"), ("zh-CN", "2026年12月1日 01:19")])
def test_a_moment_is_said_to_the_minute(app: Flask, language: str, expected: str) -> None:
    at = datetime(2026, 12, 1, 1, 19, 13, tzinfo=UTC)
    with app.test_request_context(headers={"Accept-Language": language}):
        g.shop = replace(get_settings(), timezone="UTC")
        assert moment(at).striptags() == expected


def test_a_message_follows_the_reader(app: Flask) -> None:
    source = "{% from 'components/_breadcrumbs.html' import breadcrumbs %}{{ breadcrumbs([], 'x') }}"
    english, chinese = drawn(app, source), drawn(app, source, "zh-CN")
    assert "Home" in english
    assert "Home" not in chinese
    assert drawn(app, source) == english


def test_an_attribute_may_be_called_anything(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        product = make_product("Shirt")
        product.attributes = {"Cotton %": "60", "<i>Cut</i>": "wide"}
    page = shopper.get(f"/products/{product.slug}")
    assert page.status == 200
    assert "Cotton %" in page.said
    assert "<i>Cut</i>" in page.said


def test_a_part_is_drawn_once_for_each_look_and_its_gaps_are_escaped(app: Flask) -> None:
    source = "{{ draw_once('components/_bottom_bar.html', section=section) }}"
    part = "{{ draw_once('components/_language.html', {'own_path': path}) }}"
    assert drawn(app, source, section="cart") == drawn(app, source, section="cart")
    assert drawn(app, source, section="cart") != drawn(app, source, section="account")
    assert drawn(app, source, "zh-CN", section="cart") != drawn(app, source, section="cart")
    for path in ("/search?q='\"<b>&", "<!--own_path-->", "/"):
        plain = drawn(app, "{% include 'components/_language.html' %}", own_path=path)
        assert drawn(app, part, path=path) == plain


def test_the_frame_knows_what_was_searched_and_what_the_shop_is_called_now(app: Flask, shopper: Shopper) -> None:
    assert shopper.get("/search?q=%22tea%22 <!--own_path-->").one("#q")["value"] == '"tea" <!--own_path-->'
    assert not shopper.get("/cart?q=tea").one("#q")["value"]
    with app.app_context(), transaction():
        change_settings(values={"name": "Willow & Co"}, at=now())
    page = shopper.get("/cart")
    assert page.words(".header .brand__name") == "Willow & Co"
    assert "© Willow & Co" in page.words("footer")
