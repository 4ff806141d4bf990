"""Helpers of these tests: Ada, her letters and her messages."""

from __future__ import annotations

import re

from flask import Flask

from storefront.accounts import passwords
from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.mail.models import OutboxMail
from tests.browser import Shopper
from tests.factories import make_customer

PASSWORD = "correct horse battery"
HASH = passwords.hash_password(PASSWORD)


def add(app: Flask, email: str | None = "ada@example.com", **values: object) -> int:
    """Add a customer whose password is PASSWORD, and return the id."""
    with app.app_context(), transaction():
        row = make_customer(email or "x@example.com", **{"password_hash": HASH, **values})
        row.email = email
        return int(row.id)


def enter(app: Flask, email: str = "ada@example.com", password: str = PASSWORD) -> Shopper:
    """Come in with a new browser."""
    shopper = Shopper(app)
    assert shopper.post("/sign-in", {"email": email, "password": password}).status == 303
    return shopper


def letters(app: Flask) -> list[OutboxMail]:
    """Return every letter, the oldest first."""
    with app.app_context():
        return list(db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id)))


def kinds(app: Flask) -> list[tuple[str, str]]:
    """Return what was written to whom; that a new browser came in, as most do here, has tests of its own."""
    found = [(letter.template.rpartition("/")[2], letter.recipient) for letter in letters(app)]
    return [each for each in found if each[0] != "new_device"]


def link_in(letter: OutboxMail) -> str:
    """Return the path of a letter's link; both its forms have the same."""
    found = re.search(r"https?://[^/\s]+(/\S+)", letter.text)
    assert found
    assert found.group(1) in letter.html
    return found.group(1)


def customer(app: Flask, customer_id: int) -> Customer:
    with app.app_context():
        return db.session.get_one(Customer, customer_id)


def codes_sent(app: Flask) -> list[str]:
    """Return the codes that the console's folder holds, the oldest first."""
    files = sorted(app.config["SHOP"].sms_dir.glob("*.txt"), key=lambda path: path.name.split("-")[1])
    return [found.group() for path in files if (found := re.search(r"\d{6}", path.read_text()))]
