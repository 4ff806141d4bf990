"""Faults in plain words, and arguments that tell nobody's data. Pure."""

from __future__ import annotations

import re

from storefront.kernel.errors import N_

_MAIL = re.compile(r"[^\s@'\"<>(,;]+@[^\s@'\"<>),;]+")
_NUMBER = re.compile(r"(?<![\w-])\+?\d[\d -]{6,}\d")
_SECRET = re.compile(r"\b[A-Za-z0-9_-]{24,}\b")
LONGEST = 300
WORDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("Timeout", "TimedOut"), N_("Another service did not answer in time.")),
    (("SMTP", "Mail"), N_("The mail server did not take a letter.")),
    (
        ("Connection", "Refused", "Unreachable", "SSL", "Socket", "gaierror"),
        N_("Another service could not be reached."),
    ),
    (("OperationalError", "InterfaceError", "DatabaseError"), N_("The database was busy or not there.")),
    (("IntegrityError", "StaleData"), N_("Something else had changed the same thing meanwhile.")),
    (("NotFound", "NoResultFound"), N_("What it was about is no longer there.")),
    (("Permission", "OSError", "FileNotFound", "NoSpace"), N_("A file could not be read or written.")),
    (("MemoryError",), N_("There was not enough memory.")),
    (("Provider", "Stripe", "PayPal", "Alipay", "WeChat"), N_("A payment provider refused or failed.")),
)
UNKNOWN = N_("Something happened that nobody foresaw.")


def plain_words(error: str) -> str:
    """Return what went wrong in words (untranslated), told by the name of the fault."""
    name = re.split(r"[^\w.]", error, maxsplit=1)[0]
    return next((words for signs, words in WORDS if any(sign.lower() in name.lower() for sign in signs)), UNKNOWN)


def masked(text: str) -> str:
    """Return a text without e-mail addresses, long numbers and secrets, and not too long."""
    plain = _SECRET.sub("…", _NUMBER.sub("…", _MAIL.sub("…@…", text)))
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}…"
