"""Signing in with an account elsewhere, against a provider that runs here and sends real redirects."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
import time_machine
from flask import Flask

from storefront.accounts.models import Customer, CustomerIdentity
from storefront.accounts.oauth import openid
from storefront.config import BadConfiguration, SignInKeys, read_config
from storefront.database.base import db
from tests.browser import Page, Shopper
from tests.gateways.openid import CLIENT, OTHER_KEY, SECRET, OpenIdPeer, Reader, openid_peer
from tests.storefront.accounts.people import PASSWORD, add, customer, enter, kinds, letters, link_in

ALL = ("google", "wechat", "qq", "weibo")


@pytest.fixture
def peer(post: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenIdPeer]:
    """The provider, and a shop that has keys for it."""
    with openid_peer() as found:
        keys = tuple(SignInKeys(provider, CLIENT, SECRET, found.url) for provider in ALL)
        monkeypatch.setitem(post.config, "SHOP", dataclasses.replace(post.config["SHOP"], sign_in_keys=keys))
        openid._described.clear()
        yield found


class Stay(HTTPRedirectHandler):
    """Follows nothing: where the provider sends the reader is looked at."""

    def redirect_request(self, *args: object) -> None:
        return None


def visit(address: str) -> str:
    """Be at the provider's page, and return where it sends the reader: a path of the shop."""
    try:
        build_opener(Stay).open(Request(address), timeout=5)
    except OSError as answer:
        parts = urlsplit(answer.headers["Location"])  # type: ignore[attr-defined]
        return f"{parts.path}?{parts.query}"
    raise AssertionError("no redirect")


def come(shopper: Shopper, provider: str = "google", start: str = "/sign-in/with/") -> Page:
    """Go to the provider and come back; returns what the shop answers then."""
    page = shopper.get(start + provider)
    assert page.status == 302
    return shopper.get(visit(page.location), follow=True)


def test_buttons_are_there_for_who_has_keys_alone(app: Flask, peer: OpenIdPeer) -> None:
    page = Shopper(app).get("/sign-in?next=/cart")
    found = [str(link["href"]) for link in page.all(".ways a") if "/with/" in str(link["href"])]
    assert found == [f"/sign-in/with/{provider}?next=/cart" for provider in ALL]
    assert Shopper(app).get("/sign-in/with/github").status == 404


def test_without_keys_nothing_is_offered(app: Flask) -> None:
    assert "/with/" not in Shopper(app).get("/sign-in").text
    assert Shopper(app).get("/sign-in/with/google").status == 404


@pytest.mark.parametrize("provider", ALL)
def test_a_stranger_gets_an_account_and_comes_back_to_it(app: Flask, peer: OpenIdPeer, provider: str) -> None:
    page = come(Shopper(app), provider)
    assert page.words("h1") == "Hello, Ada Elsewhere"
    assert "Your account is open" in page.said
    page = come(Shopper(app), provider)
    assert page.words("h1") == "Hello, Ada Elsewhere"
    assert "Your account is open" not in page.said
    with app.app_context():
        [row] = db.session.scalars(db.select(Customer)).all()
        [identity] = db.session.scalars(db.select(CustomerIdentity)).all()
    assert (identity.provider, identity.subject) == (provider, "reader-1")
    assert row.email == ("ada@example.com" if provider == "google" else None)
    assert (row.email_verified_at is not None) == (provider == "google")
    assert enterable(app) is (provider == "google")


def enterable(app: Flask) -> bool:
    """Say whether a letter could let the owner in: there is an e-mail."""
    with app.app_context():
        return db.session.scalar(db.select(Customer.email)) is not None


def test_what_is_asked_has_state_nonce_and_a_challenge(app: Flask, peer: OpenIdPeer) -> None:
    query = parse_qs(urlsplit(Shopper(app).get("/sign-in/with/google").location).query)
    assert {"state", "nonce", "code_challenge", "client_id", "redirect_uri", "scope"} <= set(query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["response_type"] == ["code"]
    assert query["redirect_uri"][0].endswith("/sign-in/with/google/return")


def test_after_signing_in_one_is_where_one_wanted_to_be(app: Flask, peer: OpenIdPeer) -> None:
    shopper = Shopper(app)
    page = shopper.get("/sign-in/with/google?next=/account/addresses")
    assert shopper.get(visit(page.location)).location == "/account/addresses"
    page = Shopper(app).get("/sign-in/with/google?next=https://evil.example/")
    shopper = Shopper(app)
    page = shopper.get("/sign-in/with/google?next=https://evil.example/")
    assert shopper.get(visit(page.location)).location == "/account"


def refused(app: Flask, page: Page, words: str) -> None:
    assert words in page.said
    assert page.words("h1") == "Sign in"
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(CustomerIdentity)) == 0


def test_another_state_is_refused_before_anything_is_asked(app: Flask, peer: OpenIdPeer) -> None:
    shopper = Shopper(app)
    back = visit(shopper.get("/sign-in/with/google").location)
    page = shopper.get(back.replace("state=", "state=x"), follow=True)
    refused(app, page, "could not match this sign-in to your browser")
    assert "/token" not in [asked.path for asked in peer.asked]
    assert shopper.get(back, follow=True).words("h1") == "Sign in", "a handshake answers once"


def test_an_answer_in_another_browser_is_refused(app: Flask, peer: OpenIdPeer) -> None:
    """Whoever sends somebody a link with their own answer would have them shop in a stranger's account."""
    back = visit(Shopper(app).get("/sign-in/with/google").location)
    refused(app, Shopper(app).get(back, follow=True), "could not match this sign-in to your browser")


def test_an_answer_of_another_provider_is_refused(app: Flask, peer: OpenIdPeer) -> None:
    shopper = Shopper(app)
    back = visit(shopper.get("/sign-in/with/google").location)
    page = shopper.get(back.replace("/google/", "/weibo/"), follow=True)
    refused(app, page, "could not match this sign-in to your browser")


def test_whoever_stays_away_too_long_starts_again(app: Flask, peer: OpenIdPeer) -> None:
    shopper = Shopper(app)
    with time_machine.travel("2026-05-01T12:00:00Z"):
        back = visit(shopper.get("/sign-in/with/google").location)
    with time_machine.travel("2026-05-01T12:11:00Z"):
        refused(app, shopper.get(back, follow=True), "took too long")


def test_whoever_says_no_is_told_that_nothing_changed(app: Flask, peer: OpenIdPeer) -> None:
    peer.denies = True
    refused(app, come(Shopper(app)), "You did not allow Google to sign you in")


def test_a_code_that_was_used_is_refused(app: Flask, peer: OpenIdPeer) -> None:
    shopper = Shopper(app)
    back = visit(shopper.get("/sign-in/with/google").location)
    peer.take(parse_qs(urlsplit(back).query)["code"][0])
    refused(app, shopper.get(back, follow=True), "Signing in with Google did not work")


@pytest.mark.parametrize("provider", ["wechat", "qq", "weibo"])
def test_a_used_code_is_refused_in_every_dialect(app: Flask, peer: OpenIdPeer, provider: str) -> None:
    shopper = Shopper(app)
    back = visit(shopper.get(f"/sign-in/with/{provider}").location)
    peer.codes.clear()
    refused(app, shopper.get(back, follow=True), "did not work")


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"age": 3600},
        {"audience": "another-shop"},
        {"issuer": "https://evil.example"},
        {"key": OTHER_KEY},
        {"reader": Reader(subject="")},
    ],
    ids=["nonce", "expired", "audience", "issuer", "signature", "subject"],
)
def test_a_token_with_a_wrong_claim_is_refused(app: Flask, peer: OpenIdPeer, wrong: dict[str, object]) -> None:
    for name, value in wrong.items():
        setattr(peer, name, value)
    refused(app, come(Shopper(app)), "Signing in with Google did not work")


def test_a_provider_that_is_down_leaves_the_other_ways(
    app: Flask, peer: OpenIdPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    down = (SignInKeys("google", CLIENT, SECRET, "http://127.0.0.1:1"),)
    monkeypatch.setitem(app.config, "SHOP", dataclasses.replace(app.config["SHOP"], sign_in_keys=down))
    page = Shopper(app).get("/sign-in/with/google", follow=True)
    refused(app, page, "Google does not answer right now")
    assert page.one("#password")


def test_an_email_that_is_not_verified_counts_for_nothing(app: Flask, peer: OpenIdPeer) -> None:
    """Else whoever types Ada's address at the provider would be Ada here."""
    ada = add(app)
    peer.reader.verified = False
    page = come(Shopper(app))
    assert "Your account is open" in page.said
    with app.app_context():
        assert db.session.scalar(db.select(CustomerIdentity.customer_id)) != ada
        assert db.session.scalars(db.select(Customer.email).order_by(Customer.id)).all() == ["ada@example.com", None]


def test_an_account_with_the_same_email_is_connected_by_its_password(app: Flask, peer: OpenIdPeer) -> None:
    ada = add(app)
    shopper = Shopper(app)
    page = come(shopper)
    assert page.words("h1") == "Is this your account?"
    assert shopper.get("/account").status == 303, "nobody is in yet"
    assert shopper.post("/sign-in/confirmation", {"password": "wrong horse"}).status == 422
    page = shopper.submit(page, "form[action='/sign-in/confirmation']", password=PASSWORD)
    assert page.words("h1") == "Hello, Ada Shopper"
    assert come(Shopper(app)).words("h1") == "Hello, Ada Shopper"
    with app.app_context():
        assert db.session.scalar(db.select(CustomerIdentity.customer_id)) == ada
    assert kinds(app) == [("changed", "ada@example.com")]


def test_or_by_a_letter_to_its_inbox(app: Flask, peer: OpenIdPeer) -> None:
    ada = add(app, password_hash=None)
    shopper = Shopper(app)
    page = shopper.submit(come(shopper), "form[action='/sign-in/confirmation/letter']")
    assert page.words("h1") == "Look into your inbox"
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(CustomerIdentity)) == 0
    link = link_in(letters(app)[0])
    elsewhere = Shopper(app)
    page = elsewhere.get(link)
    assert "Google account" in page.said
    page = elsewhere.submit(page, "form[action^='/confirmations/']")
    assert page.words("h1") == "Hello, Ada Shopper"
    assert Shopper(app).get(link).status == 409
    with app.app_context():
        assert db.session.scalar(db.select(CustomerIdentity.customer_id)) == ada


def test_proof_is_asked_for_a_while_only(app: Flask, peer: OpenIdPeer) -> None:
    add(app)
    shopper = Shopper(app)
    with time_machine.travel("2026-05-01T12:00:00Z", tick=True):
        shopper.get("/sign-in")
        with shopper.client.session_transaction() as session:
            person = {"provider": "google", "subject": "1", "name": "", "email": "ada@example.com"}
            session["pending_person"] = {"person": person, "until": 0}
    for page in (shopper.get("/sign-in/confirmation"), shopper.post("/sign-in/confirmation", {"password": PASSWORD})):
        assert page.location == "/sign-in"
    assert shopper.post("/sign-in/confirmation/letter").location == "/sign-in"


def test_who_is_signed_in_connects_and_disconnects(app: Flask, peer: OpenIdPeer) -> None:
    ada = add(app)
    shopper = enter(app)
    page = come(shopper, "weibo", "/account/connections/")
    assert "Connected. From now on you can sign in with it." in page.said
    assert page.words("h1") == "Sign-in and security"
    assert come(Shopper(app), "weibo").words("h1") == "Hello, Ada Shopper"
    page = shopper.submit(page, "form[action='/account/connections/weibo/removal']")
    assert "no longer connected" in page.said
    assert shopper.post("/account/connections/weibo/removal").status == 404
    assert kinds(app) == [("changed", "ada@example.com")] * 2
    assert customer(app, ada).session_version == 1


def test_another_site_cannot_have_an_account_connected(app: Flask, peer: OpenIdPeer) -> None:
    add(app)
    shopper = enter(app)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        assert shopper.get("/account/connections/google", headers=headers).location == "/account/security"
    assert Shopper(app).get("/account/connections/google").location.startswith("/sign-in")


def test_an_account_elsewhere_opens_one_account_here(app: Flask, peer: OpenIdPeer) -> None:
    come(Shopper(app), "qq")
    add(app, "bob@example.com")
    bob = enter(app, "bob@example.com")
    page = come(bob, "qq", "/account/connections/")
    assert "belongs to another account here" in page.said
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(CustomerIdentity)) == 1


def test_a_connection_begun_by_one_customer_is_not_finished_by_the_next(app: Flask, peer: OpenIdPeer) -> None:
    add(app)
    add(app, "bob@example.com")
    shopper = enter(app)
    back = visit(shopper.get("/account/connections/google").location)
    with shopper.client.session_transaction() as session:
        session["_user_id"] = "customer:2:1"
    assert "could not match this sign-in" in shopper.get(back, follow=True).said


def test_the_last_way_in_cannot_be_disconnected(app: Flask, peer: OpenIdPeer) -> None:
    shopper = Shopper(app)
    come(shopper, "wechat")
    page = shopper.get("/account/security")
    assert "Your only way in" in page.said
    page = shopper.post("/account/connections/wechat/removal")
    assert page.status == 409
    assert "only way into your account" in page.said
    come(shopper, "qq", "/account/connections/")
    assert shopper.post("/account/connections/wechat/removal").status == 303


def test_closed_accounts_stay_closed(app: Flask, peer: OpenIdPeer) -> None:
    come(Shopper(app), "qq")
    with app.app_context():
        db.session.execute(db.update(Customer).values(is_active=False))
        db.session.connection().commit()
    page = come(Shopper(app), "qq")
    assert page.words("h1") == "Sign in"
    assert "could not open an account" in page.said


def test_keys_come_in_pairs() -> None:
    with pytest.raises(BadConfiguration, match="belong together"):
        read_config({"OIDC_GOOGLE_ID": "x"})
    with pytest.raises(BadConfiguration, match="must start with"):
        read_config({"OIDC_GOOGLE_ID": "x", "OIDC_GOOGLE_SECRET": "y", "OIDC_GOOGLE_URL": "ftp://z"})
    config = read_config({"OIDC_QQ_ID": "x", "OIDC_QQ_SECRET": "y", "OIDC_QQ_URL": "http://127.0.0.1:9/"})
    assert config.sign_in_keys == (SignInKeys("qq", "x", "y", "http://127.0.0.1:9"),)
