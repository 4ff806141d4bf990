"""What customers are written about their data."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask import current_app

from storefront.accounts.queries import get_customer
from storefront.mail import services as mail
from storefront.mail.services import Letter
from storefront.privacy.models import PrivacyRequest


def tell_copy_ready(request: PrivacyRequest, *, at: datetime) -> None:
    """Say where the copy is, and until when."""
    _write("privacy/mail/copy", request, at, path=f"/account/privacy/copies/{request.token}")


def tell_deletion_asked(request: PrivacyRequest, *, at: datetime) -> None:
    """Say on which day the account goes, and how that is called off."""
    _write("privacy/mail/deletion", request, at, path="/account/deletion")


def tell_deletion_called_off(request: PrivacyRequest, *, at: datetime) -> None:
    """Say that the account stays."""
    _write("privacy/mail/called_off", request, at, path="/account")


def tell_deleted(request: PrivacyRequest, *, at: datetime) -> None:
    """Say farewell; the last letter."""
    _write("privacy/mail/deleted", request, at, path="/")


def answer_guest(*, email: str, locale: str, token: str, at: datetime) -> None:
    """Write to the inbox of somebody who asked without an account; without a token that there is nothing."""
    template = "privacy/mail/guest" if token else "privacy/mail/no_guest"
    root = current_app.config["SHOP"].public_url
    facts = {"url": f"{root}/your-data/{token}" if token else f"{root}/account/privacy"}
    letter = Letter(template, email, locale, secrets.token_hex(8), facts, holds_secret=True)
    mail.put_in(letter=letter, at=at)


def _write(template: str, request: PrivacyRequest, at: datetime, *, path: str) -> None:
    customer = get_customer(request.customer_id)
    facts = {"due_at": request.due_at, "url": f"{current_app.config['SHOP'].public_url}{path}"}
    letter = Letter(template, customer.email, customer.locale, f"privacy-{request.id}", facts)
    mail.put_in(letter=letter, at=at)
