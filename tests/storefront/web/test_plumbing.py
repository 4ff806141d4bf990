"""Fragments, cross-site refusal, errors, headers, languages and formats, on an application with toy pages."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.kernel.errors import Invalid, ShopError, TooMany
from storefront.kernel.money import Money
from storefront.web.addresses import current_path
from storefront.web.filters import format_minor
from storefront.web.fragments import safe_next
from tests.browser import Shopper


@pytest.mark.parametrize("path", ["/no-such-page", "/products/no-such-product", "/categories/no-such-category"])
def test_an_unknown_page_is_a_friendly_404(shopper: Shopper, path: str) -> None:
    page = shopper.get(path)
    assert page.status == 404
    assert page.words("h1")
    assert page.one("main a[href='/']")


def test_errors_speak_the_readers_language(app: Flask) -> None:
    page = Shopper(app, language="zh-CN").get("/no-such-page")
    assert page.status == 404
    assert page.one("html")["lang"] == "zh-Hans"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Referer": "https://evil.example/page"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({}, 303),
    ],
)
def test_writes_from_other_sites_are_refused(app: Flask, headers: dict[str, str], status: int) -> None:
    assert app.test_client().post("/language", data={"lang": "zh"}, headers=headers).status_code == status


def test_the_language_is_remembered(app: Flask) -> None:
    shopper = Shopper(app)
    answer = shopper.post("/language", {"lang": "zh", "next": "/cart"})
    assert answer.location == "/cart"
    assert shopper.get("/no-such-page").one("html")["lang"] == "zh-Hans"


def test_an_unknown_language_changes_nothing(app: Flask) -> None:
    shopper = Shopper(app)
    assert "Set-Cookie" not in shopper.post("/language", {"lang": "xx"}).response.headers


@pytest.mark.parametrize(
    ("target", "safe"),
    [
        ("/cart", "/cart"),
        ("/search?q=a%20b", "/search?q=a%20b"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\nb", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_nobody_is_sent_to_another_site(target: str | None, safe: str) -> None:
    assert safe_next(target, "/") == safe


def test_every_answer_has_a_strict_policy_and_a_request_id(shopper: Shopper) -> None:
    headers = shopper.get("/no-such-page").response.headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert len(headers["X-Request-Id"]) == 16
    assert "Set-Cookie" not in headers


def test_a_given_request_id_is_kept_and_a_wild_one_is_not(shopper: Shopper) -> None:
    kept = shopper.get("/no-such-page", headers={"X-Request-Id": "abc-12345"})
    assert kept.response.headers["X-Request-Id"] == "abc-12345"
    wild = shopper.get("/no-such-page", headers={"X-Request-Id": "<script>"})
    assert "<" not in wild.response.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (123450, "USD", "en", "$1,234.50"),
        (123450, "CNY", "en", "CN¥1,234.50"),
        (123450, "CNY", "zh", "¥1,234.50"),
        (1234, "JPY", "en", "¥1,234"),
        (-310, "USD", "en", "-$3.10"),
        (100_000_000, "USD", "en", "$1,000,000.00"),
    ],
)
def test_amounts_read_as_people_write_them(minor: int, currency: str, locale: str, text: str) -> None:
    assert format_minor(minor, currency, locale) == text
    assert Money(minor, currency).minor == minor


@pytest.mark.parametrize(("error", "status"), [(ShopError, 409), (Invalid, 422), (TooMany, 429)])
def test_refusals_have_honest_statuses(error: type[ShopError], status: int) -> None:
    assert error.status == status
    assert str(error("Only %(left)d left", left=3)) == "Only 3 left"


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("/offers", "/offers"),
        ("/offers?", "/offers"),
        ("/offers?utm_source=letter", "/offers"),
        ("/offers?fbclid=7&page=2&gclid=&msclkid", "/offers?page=2"),
        ("/search?q=utm_source&a.gclid=1&q=%E5%B7%A7%26b", "/search?q=utm_source&a.gclid=1&q=%E5%B7%A7%26b"),
        ("/search?&&q=%FF%00", "/search?q=%FF%00"),
    ],
)
def test_a_page_leads_back_to_itself_without_the_marks_of_advertisers(app: Flask, asked: str, path: str) -> None:
    with app.test_request_context(asked):
        assert current_path() == path


@pytest.mark.parametrize(
    ("referrer", "path"),
    [("http://localhost/cart?a=1", "/cart"), ("https://evil.example/cart", "/"), ("", "/"), ("http://[bad", "/")],
)
def test_a_page_that_answers_a_form_leads_back_to_where_the_form_stood(app: Flask, referrer: str, path: str) -> None:
    with app.test_request_context("/cart/codes", method="POST", headers={"Referer": referrer}):
        assert current_path() == path
