"""Coming in and going out, as shoppers and strangers see it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from argon2 import PasswordHasher, extract_parameters
from flask import Flask

from storefront.accounts import passwords, throttle
from storefront.accounts.models import Customer, SignInFailure
from storefront.accounts.throttle import MOST_TOGETHER
from storefront.database.base import db
from storefront.database.transaction import transaction
from tests.browser import Page, Shopper
from tests.factories import make_customer

PASSWORD = "correct horse battery"


@pytest.fixture
def ada(app: Flask) -> str:
    with app.app_context(), transaction():
        return str(make_customer("ada@example.com", password_hash=passwords.hash_password(PASSWORD)).email)


def sign_in(shopper: Shopper, email: str, password: str = PASSWORD, **more: Any) -> Page:
    return shopper.post("/sign-in", {"email": email, "password": password, **more})


def test_a_new_shopper_registers_and_is_at_home(shopper: Shopper) -> None:
    page = shopper.get("/register")
    page = shopper.submit(
        page, "form[action='/register']", name="Grace", email=" Grace@Example.com ", password=PASSWORD
    )
    assert page.status == 200
    assert page.words("h1") == "Hello, Grace"
    assert shopper.get("/sign-in").location == "/account"


def test_signing_in_greets_and_signing_out_forgets(shopper: Shopper, ada: str) -> None:
    page = shopper.submit(
        shopper.get("/sign-in"), "form[action='/sign-in']", email="ADA@example.com", password=PASSWORD
    )
    assert page.words("h1") == "Hello, Ada Shopper"
    assert shopper.post("/sign-out").location == "/"
    assert shopper.get("/account").location.startswith("/sign-in?next=")


def test_strangers_are_sent_to_the_door_and_back(shopper: Shopper, ada: str) -> None:
    location = shopper.get("/account/addresses").location
    assert location == "/sign-in?next=%2Faccount%2Faddresses"
    page = shopper.submit(shopper.get(location), "form[action='/sign-in']", email=ada, password=PASSWORD, follow=False)
    assert (page.status, page.location) == (303, "/account/addresses")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(shopper: Shopper, ada: str, target: str) -> None:
    assert sign_in(shopper, ada, next=target).location == "/account"


def test_an_unknown_email_and_a_wrong_password_get_one_answer(app: Flask, ada: str) -> None:
    answers = {}
    for email in (ada, "nobody@example.com"):
        page = sign_in(Shopper(app), email, "wrong horse")
        assert page.status == 422
        answers[email] = re.sub(re.escape(email), "", page.text)
    assert answers[ada] == answers["nobody@example.com"]


def test_an_unknown_email_costs_the_same_work(app: Flask, ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    verify, costs = PasswordHasher.verify, []

    def count(hasher: PasswordHasher, stored: str, password: str) -> bool:
        costs.append(extract_parameters(stored))
        return verify(hasher, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", count)
    for email in (ada, "nobody@example.com"):
        assert sign_in(Shopper(app), email, "wrong horse").status == 422
    known, unknown = costs
    assert known == unknown


def test_registering_a_taken_email_neither_opens_nor_names_the_account(app: Flask, shopper: Shopper, ada: str) -> None:
    page = shopper.post("/register", {"name": "Eve", "email": ada, "password": "another horse battery"})
    assert page.status == 422
    assert "could not open an account" in page.said
    assert shopper.get("/account").status == 303
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Customer)) == 1


def test_registering_again_with_ones_own_password_just_signs_in(shopper: Shopper, ada: str) -> None:
    assert shopper.post("/register", {"name": "", "email": ada, "password": PASSWORD}).status == 303
    assert shopper.get("/account").words("h1") == "Hello, Ada Shopper"


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [
        ("not-an-email", PASSWORD, "does not look right"),
        ("a@b", PASSWORD, "does not look right"),
        ("new@example.com", "short", "at least 8 characters"),
        ("new@example.com", "password123", "too easy to guess"),
        ("new@example.com", "aaaaaaaaaaaa", "too easy to guess"),
        ("new@example.com", "woaini1314", "too easy to guess"),
        ("new@example.com", "qwertyuiop[]", "too easy to guess"),
        ("new@example.com", "x1" * 150, "at most 200 characters"),
        ("longest@example.com", "longest@example.com", "too easy to guess"),
        ("", PASSWORD, "fill this in"),
    ],
)
def test_registration_says_what_to_mend(shopper: Shopper, email: str, password: str, words: str) -> None:
    page = shopper.post("/register", {"name": "X", "email": email, "password": password})
    assert page.status == 422
    assert words in page.said
    assert page.one("#password").get("value", "") == ""


def test_guessing_is_slowed_down_and_time_heals(app: Flask, ada: str) -> None:
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as clock:
        for _ in range(MOST_TOGETHER):
            assert sign_in(Shopper(app), ada, "wrong horse").status == 422
        page = sign_in(Shopper(app), ada)
        assert page.status == 429
        assert "wait 15 minutes" in page.said
        assert sign_in(Shopper(app), "somebody.else@example.com", "wrong horse").status == 422
        clock.shift(16 * 60)
        assert sign_in(Shopper(app), ada).status == 303


def test_a_success_starts_the_count_anew_and_no_email_is_kept(app: Flask, ada: str) -> None:
    for _ in range(MOST_TOGETHER - 1):
        sign_in(Shopper(app), ada, "wrong horse")
    with app.app_context():
        kept = db.session.scalars(db.select(SignInFailure.email_key)).all()
    assert len(kept) == MOST_TOGETHER - 1
    assert all("@" not in key for key in kept)
    assert sign_in(Shopper(app), ada).status == 303
    assert sign_in(Shopper(app), ada, "wrong horse").status == 422


@pytest.mark.usefixtures("strong_passwords")
def test_an_old_hash_is_renewed_at_sign_in_and_the_session_stays(app: Flask, shopper: Shopper) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with app.app_context(), transaction():
        make_customer("old@example.com", password_hash=weak)
    assert sign_in(shopper, "old@example.com").status == 303
    with app.app_context():
        renewed = db.session.scalar(db.select(Customer.password_hash))
    assert str(renewed).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.matches(renewed, PASSWORD)
    assert shopper.get("/account").status == 200


def test_imported_and_closed_accounts_cannot_sign_in(app: Flask) -> None:
    with app.app_context(), transaction():
        make_customer("imported@example.com")
        make_customer("closed@example.com", password_hash=passwords.hash_password(PASSWORD), is_active=False)
    for email in ("imported@example.com", "closed@example.com"):
        assert sign_in(Shopper(app), email).status == 422


def test_a_session_planted_before_sign_in_is_not_kept(shopper: Shopper, ada: str) -> None:
    with shopper.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    sign_in(shopper, ada)
    with shopper.client.session_transaction() as session:
        assert "planted" not in session
        assert session["_user_id"] == "customer:1:1:1"


def test_anonymous_readers_get_no_cookie(shopper: Shopper) -> None:
    page = shopper.get("/sign-in")
    assert "Set-Cookie" not in page.response.headers


def test_another_site_cannot_sign_somebody_in(app: Flask, ada: str) -> None:
    client = app.test_client()
    form = {"email": ada, "password": PASSWORD}
    assert client.post("/sign-in", data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_staff_are_not_customers(app: Flask, shopper: Shopper) -> None:
    assert sign_in(shopper, "staff@example.com").status == 422
    with shopper.client.session_transaction() as session:
        session["_user_id"] = "staff:1:1"
    assert shopper.get("/account").status == 303


@pytest.mark.parametrize("planted", ["customer:1", "customer:x:1", "robot:1:1", "customer:999:1", "", "1"])
def test_unreadable_sessions_are_nobodys(shopper: Shopper, planted: str) -> None:
    with shopper.client.session_transaction() as session:
        session["_user_id"] = planted
    assert shopper.get("/account").status == 303


def test_strangers_who_guess_do_not_lock_the_owner_out_of_their_own_browser(app: Flask, ada: str) -> None:
    own, other = Shopper(app), Shopper(app)
    form = {"email": ada, "password": PASSWORD}
    assert own.post("/sign-in", form).status == 303
    own.post("/sign-out", {})
    for place in range(throttle.MOST_WITH_EMAIL // throttle.MOST_TOGETHER):
        for _ in range(throttle.MOST_TOGETHER):
            wrong = {**form, "password": "not the password"}
            Shopper(app).post("/sign-in", wrong, environ_overrides={"REMOTE_ADDR": f"198.51.100.{place}"})
    assert other.post("/sign-in", form).status == 429
    assert own.post("/sign-in", form).status == 303
    own.post("/sign-out", {})
    answers = [own.post("/sign-in", {**form, "password": "not the password"}).status for _ in range(11)]
    assert answers == [422] * 10 + [429], "guesses from a browser that was stolen end too"


def test_a_customers_session_ends_after_thirty_days_however_it_is_used(app: Flask, ada: str) -> None:
    with time_machine.travel("2026-05-04T08:00:00+00:00", tick=False) as clock:
        shopper = Shopper(app)
        shopper.post("/sign-in", {"email": ada, "password": PASSWORD})
        for _ in range(3):
            clock.shift(timedelta(days=9, hours=23))
            shopper.post("/account/name", {"name": "Ada", "phone": ""})  # what is said next writes the cookie anew
            assert shopper.get("/account").status == 200
        clock.shift(timedelta(hours=4))
        assert shopper.get("/account").location.startswith("/sign-in")
