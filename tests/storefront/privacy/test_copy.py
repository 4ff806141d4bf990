"""A customer gets a copy of everything that is known of them."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import time_machine
from flask import Flask

from storefront.accounts import passwords
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.mail.models import OutboxMail
from storefront.privacy import jobs
from storefront.privacy.gathering import list_keepers
from tests.browser import Shopper
from tests.factories import make_customer
from tests.storefront.privacy.people import PASSWORD, TRACES, ada, signed_in


def fetch(shopper: Shopper) -> tuple[str, ZipFile]:
    """Ask for a copy and download it."""
    page = shopper.get("/account/privacy")
    assert shopper.submit(page, "form[action='/account/privacy/copies']", password=PASSWORD).status == 200
    link = str(shopper.get("/account/privacy").one("#copies a")["href"])
    answer = shopper.client.get(link)
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    return link, ZipFile(BytesIO(answer.data))


def test_the_copy_has_everything_for_people_and_for_programs(app: Flask) -> None:
    _customer_id, number = ada(app)
    _link, copy = fetch(signed_in(app))
    names = set(copy.namelist())
    assert names == {"index.html", "style.css", *(f"data/{keeper.key}.json" for keeper in list_keepers())}
    told = " ".join(copy.read(name).decode() for name in names)
    assert [trace for trace in TRACES if trace not in told] == []
    (order,) = json.loads(copy.read("data/orders.json"))
    assert order["number"] == number
    assert order["lines"][0]["quantity"] == 2
    assert "Ada Shopper" in copy.read("index.html").decode()


def test_the_copy_has_no_secrets(app: Flask) -> None:
    ada(app)
    _link, copy = fetch(signed_in(app))
    told = " ".join(copy.read(name).decode() for name in copy.namelist() if name != "data/letters.json")
    for secret in ("password_hash", "argon2", "access_token", "session_version", "idempotency_key"):
        assert secret not in told


def test_a_letter_says_where_it_is_and_nobody_else_gets_it(app: Flask) -> None:
    ada(app)
    link, _copy = fetch(signed_in(app))
    with app.app_context():
        letter = db.session.scalars(db.select(OutboxMail).where(OutboxMail.template == "privacy/mail/copy")).one()
        assert link in letter.text
    assert Shopper(app).get(link).location.startswith("/sign-in")
    with app.app_context(), transaction():
        make_customer("bob@example.com", password_hash=passwords.hash_password(PASSWORD))
    bob = Shopper(app)
    bob.post("/sign-in", {"email": "bob@example.com", "password": PASSWORD})
    assert bob.get(link).status == 404


def test_it_goes_after_some_days(app: Flask) -> None:
    ada(app)
    shopper = signed_in(app)
    link, _copy = fetch(shopper)
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        assert shopper.get(link).status == 404
        jobs.sweep_copies.call_local()
    assert not shopper.get("/account/privacy").all("#copies a")


def test_it_needs_the_password(app: Flask) -> None:
    ada(app)
    page = signed_in(app).post("/account/privacy/copies", {"password": "wrong"})
    assert page.status == 422
    assert "not your current password" in page.said
