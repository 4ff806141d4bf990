"""What a stranger, a neighbour or a robot sends, and what browsers are told so that they help."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from storefront.accounts import services, throttle
from storefront.cart import paces as buying
from storefront.checkout.views import pages
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery import paces as finding
from storefront.jobs import queue
from storefront.kernel.kept import Kept
from storefront.payments import views as payments
from storefront.web import addresses
from storefront.web.addresses import subscriber_of
from storefront.web.fragments import safe_next
from storefront.web.pacing import Pace
from tests.admin.people import PASSWORD as STAFF_PASSWORD
from tests.admin.people import hire
from tests.browser import Shopper
from tests.conftest import config_for, make_app
from tests.factories import make_category, make_product
from tests.storefront.accounts.people import PASSWORD, add, enter

PRODUCTION = {
    "PRODUCTION": "yes",
    "SECRET_KEY": "a long secret of the shop that nobody knows",
    "PUBLIC_URL": "https://shop.example",
    "TRUSTED_HOSTS": "www.shop.example",
    "TRUSTED_PROXIES": "1",
}
PACES = (
    *((finding, "SEARCHES"), (finding, "SUGGESTIONS"), (buying, "FILLING")),
    *((pages, "PLACING"), (payments, "PAYING")),
)
TLS = {"base_url": "https://shop.example"}


@pytest.fixture(scope="module")
def _live(_sqlite_app: Flask, worker_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("live")
    shutil.copy(worker_dir / "empty.db", folder / "shop.db")
    shop = make_app(config_for(folder, **PRODUCTION))
    queue.bind(_sqlite_app)
    yield shop
    with shop.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def live(_live: Flask) -> Iterator[Flask]:
    """A shop in production, on a database of its own."""
    Kept.forget_all()
    yield _live
    Kept.forget_all()


@pytest.fixture
def hurried(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A shop that counts, and soon finds it too much: two of who is signed in, three of a network."""
    object.__setattr__(app.config["SHOP"], "rate_limits", True)
    for module, name in PACES:
        monkeypatch.setattr(module, name, Pace("test", alone=2, network=3, minutes=10))
    yield app
    object.__setattr__(app.config["SHOP"], "rate_limits", False)


@pytest.mark.parametrize("path", ["/", "/no-such-page", "/sign-in", "/admin/sign-in", "/robots.txt", "/healthz"])
def test_in_production_every_answer_wants_tls_and_nothing_foreign(live: Flask, path: str) -> None:
    headers = live.test_client().get(path, **TLS).headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert (policy["default-src"], policy["script-src"], policy["frame-ancestors"]) == ("'none'", "'self'", "'none'")
    assert (policy["base-uri"], policy["form-action"]) == ("'none'", "'self'")
    assert headers["Cross-Origin-Resource-Policy"] == headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "charset" in headers["Content-Type"] or headers["Content-Type"] == "application/json"
    assert "Access-Control-Allow-Origin" not in headers
    assert not {"Server", "X-Powered-By"} & set(headers.keys())


def test_sub_domains_are_bound_to_tls_by_the_merchant_alone(app: Flask, tmp_path: Path) -> None:
    shop = make_app(config_for(tmp_path, **PRODUCTION, HSTS_SUBDOMAINS="yes"))
    queue.bind(app)
    headers = shop.test_client().get("/healthz").headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_in_production_cookies_that_open_something_are_this_hosts_alone(live: Flask) -> None:
    with live.app_context():
        hash_ = services.make_credentials(email="ada@example.com", password=PASSWORD).password_hash
    add(live, "ada@example.com", password_hash=hash_)
    shopper = Shopper(live)
    answer = shopper.post("/sign-in", {"email": "ada@example.com", "password": PASSWORD}, **TLS)
    kept = {line.split("=", 1)[0]: line for line in answer.response.headers.getlist("Set-Cookie")}
    assert set(kept) == {"__Host-session", "__Host-device"}
    for line in kept.values():
        parts = {part.strip() for part in line.split(";")}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
        assert not any(part.startswith("Domain") for part in parts)
    assert shopper.get("/account", **TLS).status == 200
    planted = Shopper(live)
    planted.client.set_cookie("session", kept["__Host-session"].split("=", 1)[1].split(";")[0], domain="shop.example")
    assert planted.get("/account", **TLS).location.startswith("/sign-in"), (
        "a name that a neighbour can set opens nothing"
    )


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("shop.example", "/robots.txt", 200),
        ("SHOP.example:443", "/robots.txt", 200),
        ("www.shop.example", "/robots.txt", 200),
        ("127.0.0.1:8000", "/robots.txt", 200),
        ("evil.example", "/robots.txt", 421),
        ("shop.example.evil.example", "/password-reset", 421),
        ("evil.example", "/healthz", 200),
        ("evil.example", "/metrics", 404),
    ],
)
def test_the_shop_answers_to_its_own_names_alone(live: Flask, host: str, path: str, status: int) -> None:
    page = Shopper(live).get(path, headers={"Host": host})
    assert page.status == status
    assert "evil" not in page.text


def test_links_name_the_public_address_whatever_host_was_asked(app: Flask) -> None:
    text = app.test_client().get("/robots.txt", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert "evil" not in text.get_data(as_text=True)
    assert text.get_data(as_text=True).count("http://127.0.0.1:8000/sitemap.xml") == 1


@pytest.mark.parametrize(
    "path",
    [
        *("/account", "/orders/NONE", "/orders/NONE/invoice", "/tickets/T-1", "/checkout", "/payments/x", "/sign-in"),
        *("/your-data/x", "/password-reset/x", "/register/x", "/confirmations/x", "/account/privacy/copies/x"),
    ],
)
def test_what_is_one_persons_is_kept_by_no_browser(shopper: Shopper, path: str) -> None:
    assert shopper.get(path).response.headers["Cache-Control"] == "no-store"


def test_what_is_for_everybody_may_be_kept_and_asked_for_again(shopper: Shopper) -> None:
    page = shopper.get("/")
    assert page.response.headers["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Accept-Language"} <= set(page.response.headers["Vary"].split(", "))


ELSEWHERE = (
    *("//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "evil.example"),
    *("https://evil.example/", "HTTPS://evil.example", "javascript:alert(1)", "data:text/html,x", " //evil.example"),
    *("/\t/evil.example", "/\n/evil.example", "\t//evil.example", "/\x0b/evil.example", "https:/\\evil.example"),
    *(
        "http://localhost.evil.example/",
        "//localhost@evil.example",
        "/\x01evil",
        "http:///evil.example",
        "?next=//e",
        ".",
    ),
)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_door_leads_elsewhere(app: Flask, target: str) -> None:
    add(app)
    signs = {"email": "ada@example.com", "password": PASSWORD, "next": target}
    assert safe_next(target, "/here") == "/here"
    doors = {
        "/sign-in": (signs, "/account"),
        "/language": ({"lang": "zh", "next": target}, "/"),
        "/theme": ({"theme": "dark", "next": target}, "/"),
    }
    for path, (form, expected) in doors.items():
        assert Shopper(app).post(path, form).location == expected
    inside = enter(app)
    assert inside.get("/sign-in", query_string={"next": target}).location == "/account"
    assert inside.get("/register", query_string={"next": target}).location == "/account"
    email = hire(app)
    door = {"email": email, "password": STAFF_PASSWORD, "next": target}
    assert Shopper(app).post("/admin/sign-in", door).location == "/admin/"


@pytest.mark.parametrize("target", ["/%09/evil.example", "/%2f%2fevil.example", "/.//evil.example", "/search?q=//x"])
def test_a_path_that_browsers_keep_here_stays_a_path(app: Flask, target: str) -> None:
    location = Shopper(app).post("/language", {"lang": "zh", "next": target}).location
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_whoever_has_half_of_ipv6_is_one(address: str, counted: str) -> None:
    assert subscriber_of(address) == counted


def test_a_proxy_that_was_not_declared_is_told_once(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    addresses._warn_of_proxy.cache_clear()
    for _ in range(2):
        Shopper(app).post(
            "/sign-in", {"email": "a@example.com", "password": "x"}, headers={"X-Forwarded-For": "1.2.3.4"}
        )
    assert caplog.text.count("TRUSTED_PROXIES is 0") == 1


def test_who_searches_faster_than_people_do_waits_and_loses_nothing(hurried: Flask) -> None:
    shopper = Shopper(hurried, language="zh-CN")
    pages_ = [shopper.get("/search?q=milk") for _ in range(4)]
    assert [page.status for page in pages_] == [200, 200, 200, 429]
    refused = pages_[-1]
    assert refused.response.headers["Retry-After"] == "600"
    assert "操作过于频繁" in refused.words("main")
    assert refused.one("header form[role=search] input[name=q]")["value"] == "milk"
    assert "faster than we can follow" in Shopper(hurried).get("/search?q=milk").words("main")
    elsewhere = Shopper(hurried).get("/search?q=milk", environ_overrides={"REMOTE_ADDR": "198.51.100.7"})
    assert elsewhere.status == 200


def test_who_is_signed_in_is_counted_as_themselves(hurried: Flask) -> None:
    add(hurried)
    ada, stranger = enter(hurried), Shopper(hurried)
    assert [stranger.get("/search?q=milk").status for _ in range(4)][-1] == 429
    assert [ada.get("/search?q=milk").status for _ in range(3)] == [200, 200, 429]


def test_a_search_in_a_category_counts_as_any_other_and_browsing_does_not(hurried: Flask) -> None:
    with hurried.app_context(), transaction():
        make_product("Milk", category=make_category("Dairy", slug="dairy"))
    shopper = Shopper(hurried)
    paths = ["/search?q=milk", *["/categories/dairy?q=milk"] * 3, *["/categories/dairy", "/categories/dairy?q="] * 2]
    assert [shopper.get(path).status for path in paths] == [200, 200, 200, 429, *[200] * 4]


def test_every_way_to_fill_a_cart_has_one_pace(hurried: Flask) -> None:
    ways = ("/cart/lines", "/cart/sets", "/cart/selections", "/orders/NONE/reorder")
    answers = [Shopper(hurried).post(way, {"sku": "NONE", "quantity": "1"}).status for way in ways * 2]
    assert [status == 429 for status in answers] == [False] * 3 + [True] * 5


def test_suggestions_end_quietly(hurried: Flask) -> None:
    answers = [Shopper(hurried).get("/search/suggestions?q=mi", htmx=True) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].text == ""
    assert answers[-1].response.headers["Retry-After"] == "60"


def test_attempts_to_pay_have_a_pace(hurried: Flask) -> None:
    answers = [Shopper(hurried).post("/orders/NONE/payments", {"payment_provider": "sandbox"}) for _ in range(4)]
    assert [answer.status for answer in answers] == [404, 404, 404, 429]


def test_a_shop_on_a_developers_machine_makes_nobody_wait(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "SEARCHES", Pace("test", alone=1, network=1, minutes=1))
    assert [Shopper(app).get("/search?q=milk").status for _ in range(3)] == [200, 200, 200]


def test_every_refusal_for_haste_says_how_long(app: Flask) -> None:
    form = {"email": "nobody@example.com", "password": "wrong words here"}
    pages_ = [Shopper(app).post("/sign-in", form) for _ in range(throttle.MOST_TOGETHER + 1)]
    assert pages_[-1].status == 429
    assert pages_[-1].response.headers["Retry-After"] == "900"
    assert pages_[-1].one("main input[name=email]")["value"] == "nobody@example.com"
