"""Words in templates: messages are markup and formats, a merchant's words are neither; macros speak to each reader."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string

from storefront.database.transaction import transaction
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
