"""What customers are written about their accounts."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Protocol

from flask import current_app

from storefront.accounts import queries
from storefront.accounts.events import CustomerRegistered
from storefront.accounts.models import Customer
from storefront.accounts.states import CHANGE_WORDS, WAY_NAMES, Change, Way
from storefront.kernel.clock import now
from storefront.mail import services as mail
from storefront.mail.services import Letter


def welcome(fact: CustomerRegistered) -> None:
    """Greet who has opened an account, and say what it is good for."""
    customer = queries.get_customer(fact.customer_id)
    facts = {"name": customer.name, "account_url": shop_url("/account")}
    letter = Letter("accounts/mail/welcome", customer.email, customer.locale, str(customer.id), facts)
    mail.put_in(letter=letter, at=now())


def tell_changed(*, recipient: str | None, locale: str, change: Change, at: datetime) -> None:
    """Tell the owner of an account that how one signs in to it has changed."""
    facts = {"change": CHANGE_WORDS[change], "reset_url": shop_url("/password-reset")}
    letter = Letter("accounts/mail/changed", recipient, locale, secrets.token_hex(8), facts)
    mail.put_in(letter=letter, at=at)


class Place(Protocol):
    """From where somebody came in."""

    @property
    def device(self) -> str: ...

    @property
    def network(self) -> str: ...


def tell_new_device(*, customer: Customer, way: Way, visit: Place, at: datetime) -> None:
    """Tell the owner of an account that somebody came in with a device that was not known."""
    facts = {
        "device": visit.device,
        "network": visit.network,
        "way": WAY_NAMES[way],
        "at": at,
        "security_url": shop_url("/account/security"),
        "reset_url": shop_url("/password-reset"),
    }
    letter = Letter("accounts/mail/new_device", customer.email, customer.locale, secrets.token_hex(8), facts)
    mail.put_in(letter=letter, at=at)


def send_link(template: str, *, recipient: str, locale: str, path: str, at: datetime, **facts: str) -> None:
    """Write a letter whose link opens a door; the outbox forgets it once it has left."""
    letter = Letter(
        template, recipient, locale, secrets.token_hex(8), {"url": shop_url(path), **facts}, holds_secret=True
    )
    mail.put_in(letter=letter, at=at)


def shop_url(path: str) -> str:
    """Return the address of a path as letters tell it."""
    return f"{current_app.config['SHOP'].public_url}{path}"
