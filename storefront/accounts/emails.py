"""E-mail addresses as they are compared and stored."""

from __future__ import annotations

import hashlib

from email_validator import EmailNotValidError, validate_email

from storefront.kernel.errors import N_, Invalid

NOT_ASCII = N_(
    "We cannot send mail to this address: before the @ there may only be the letters a to z, digits and signs."
)


def fold_email(text: str) -> str:
    """Return an address in its stored form; raises Invalid for what cannot be one. No look-up is made.

    Ordinary mail servers carry ASCII alone: a domain in other letters is stored as DNS writes it (xn--...), and a name
    in other letters before the @ is refused, since no letter would ever reach it.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        if not text.strip().rpartition("@")[0].isascii():
            raise Invalid(NOT_ASCII, field="email") from None
        raise Invalid(
            N_("This e-mail address does not look right. It should look like name@example.com."), field="email"
        ) from None
    return str(found.ascii_email).lower()


def email_key(text: str) -> str:
    """Return a digest that tells addresses apart without keeping them."""
    return hashlib.sha256(text.strip().lower().encode()).hexdigest()[:48]
