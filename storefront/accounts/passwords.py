"""Passwords: argon2id, and the rule for what may be one."""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from storefront.kernel.errors import N_, Invalid

SHORTEST, LONGEST = 8, 200
COMMON = frozenset(
    {
        *("password", "passw0rd", "password1", "password123", "letmein1", "welcome1", "iloveyou", "woaini1314"),
        *("12345678", "123456789", "1234567890", "11111111", "00000000", "88888888", "66666666", "abc12345"),
        *("qwertyui", "qwerty123", "qwertyuiop", "1qaz2wsx", "abcd1234", "a1234567"),
    }
)
hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane."""


def hash_password(password: str) -> str:
    """Return the hash to store."""
    return hasher.hash(_folded(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Say whether `password` is the one; without a hash the work is done all the same, so that time tells nothing."""
    try:
        hasher.verify(password_hash or _nobodys(), _folded(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def renewed(password_hash: str | None, password: str) -> str | None:
    """Return a new hash when the stored one was made with other parameters than today's, else None."""
    if password_hash and hasher.check_needs_rehash(password_hash):
        return hash_password(password)
    return None


def check_password(password: str, *, email: str) -> None:
    """Refuse what is too short, too long or too easy to guess."""
    folded = _folded(password)
    if len(folded) < SHORTEST:
        raise Invalid(N_("Use at least %(count)d characters."), field="password", count=SHORTEST)
    if len(folded) > LONGEST:
        raise Invalid(N_("Use at most %(count)d characters."), field="password", count=LONGEST)
    plain = folded.casefold()
    if plain in COMMON or len(set(plain)) < 3 or plain in {email, email.partition("@")[0]}:
        raise Invalid(N_("This password is too easy to guess. Try three words in a row."), field="password")


def _folded(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return hasher.hash(secrets.token_urlsafe(24))
