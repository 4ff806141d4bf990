"""Registration where the shop has a mail server: an address is proven before its account opens, and nobody is named."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from storefront.accounts import passwords
from storefront.accounts.models import Customer
from storefront.accounts.throttle import MOST_FROM_ADDRESS
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.mail.models import OutboxMail
from tests.browser import Shopper
from tests.factories import make_customer

PASSWORD = "correct horse battery"
NOON = "2026-05-01T12:00:00Z"


@pytest.fixture
def mailing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The shop as if a mail server were configured; letters stay in the outbox."""
    monkeypatch.setitem(app.config, "SHOP", dataclasses.replace(app.config["SHOP"], mail_url="smtp://127.0.0.1:1"))
    monkeypatch.setattr("storefront.mail.services.publish", lambda fact: None)
    with time_machine.travel(NOON, tick=True):
        yield app


def letters(app: Flask) -> list[OutboxMail]:
    with app.app_context():
        return list(db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id)))


def link_in(letter: OutboxMail) -> str:
    found = re.search(r"https?://[^/\s]+(/register/\S+)", letter.text)
    assert found
    return found.group(1)


def test_a_new_shopper_follows_the_link_and_chooses_a_password(mailing: Flask, shopper: Shopper) -> None:
    page = shopper.get("/register")
    assert not page.all("input[type=password]")
    page = shopper.submit(page, "form[action='/register']", name="Grace", email="Grace@example.com")
    assert "Look into your inbox" in page.words("h1")
    with mailing.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Customer)) == 0
    (letter,) = letters(mailing)
    assert letter.recipient == "grace@example.com"
    page = shopper.submit(shopper.get(link_in(letter)), "form[action^='/register/']", password=PASSWORD)
    assert page.words("h1") == "Hello, Grace"


def test_a_known_and_an_unknown_address_get_the_same_answer(mailing: Flask) -> None:
    with mailing.app_context(), transaction():
        make_customer("ada@example.com", password_hash=passwords.hash_password(PASSWORD))
    answers = []
    for email in ("ada@example.com", "nobody@example.com"):
        page = Shopper(mailing).post("/register", {"name": "", "email": email})
        answers.append((page.status, page.location, page.response.headers.get("Set-Cookie")))
    assert answers[0] == answers[1] == (303, "/register/sent", None)
    known, unknown = letters(mailing)
    assert "/sign-in" in known.text
    assert "/register/" not in known.text
    assert "/register/" in unknown.text


def test_an_address_gets_one_letter_an_hour(mailing: Flask) -> None:
    for _ in range(3):
        assert Shopper(mailing).post("/register", {"name": "", "email": "grace@example.com"}).status == 303
    assert len(letters(mailing)) == 1


def test_forged_and_old_links_open_nothing(mailing: Flask) -> None:
    Shopper(mailing).post("/register", {"name": "", "email": "grace@example.com"})
    link = link_in(letters(mailing)[0])
    for torn in (link[:-3], link + "x", "/register/x.y.z"):
        assert Shopper(mailing).get(torn).status == 409
        assert Shopper(mailing).post(torn, {"password": PASSWORD}).status == 409
    with time_machine.travel("2026-05-02T13:00:00Z"):
        page = Shopper(mailing).post(link, {"password": PASSWORD})
        assert page.status == 409
        assert "no longer works" in page.said


def test_a_link_opens_one_account_and_a_weak_password_none(mailing: Flask) -> None:
    Shopper(mailing).post("/register", {"name": "Grace", "email": "grace@example.com"})
    link = link_in(letters(mailing)[0])
    assert Shopper(mailing).post(link, {"password": "short"}).status == 422
    assert Shopper(mailing).post(link, {"password": PASSWORD}).status == 303
    assert Shopper(mailing).post(link, {"password": "another horse battery"}).status == 422
    with mailing.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Customer)) == 1


def test_the_form_does_not_write_to_the_whole_world(mailing: Flask) -> None:
    def ask(number: int, address: str) -> int:
        form = {"name": "You have won", "email": f"target{number}@example.com"}
        return Shopper(mailing).post("/register", form, environ_base={"REMOTE_ADDR": address}).status

    answers = [ask(number, "203.0.113.7") for number in range(MOST_FROM_ADDRESS + 2)]
    assert answers == [303] * MOST_FROM_ADDRESS + [429] * 2
    assert ask(900, "203.0.113.8") == 303
    door = {"email": "nobody@example.com", "password": "wrong words here"}
    tried = Shopper(mailing).post("/sign-in", door, environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert tried.status == 422, "a crowd that joins keeps nobody from signing in"
    assert len(letters(mailing)) == MOST_FROM_ADDRESS + 1
    assert not [letter for letter in letters(mailing) if "won" in letter.subject + letter.text + letter.html]


def test_an_unreadable_address_is_refused_beside_its_field(mailing: Flask) -> None:
    page = Shopper(mailing).post("/register", {"name": "", "email": "nonsense"})
    assert page.status == 422
    assert "does not look right" in page.words("#email-error")
    assert letters(mailing) == []
