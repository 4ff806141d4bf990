"""E-mail addresses as they are compared and stored."""

from __future__ import annotations

import hashlib

from email_validator import EmailNotValidError, validate_email

from storefront.kernel.errors import N_, Invalid


def fold_email(text: str) -> str:
    """Return an address in its stored form; raises Invalid for what cannot be one. No look-up is made."""
    try:
        found = validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise Invalid(
            N_("This e-mail address does not look right. It should look like name@example.com."), field="email"
        ) from None
    return str(found.normalized).lower()


def email_key(text: str) -> str:
    """Return a digest that tells addresses apart without keeping them."""
    return hashlib.sha256(text.strip().lower().encode()).hexdigest()[:48]
