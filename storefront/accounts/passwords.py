"""Passwords: argon2id, and the rule for what may be one."""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache
from importlib import import_module

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from storefront.kernel.errors import N_, Invalid

SHORTEST, LONGEST = 8, 200
SHORTEST_OF_STAFF = 12
COMMON = frozenset({"woaini1314", "woaini520", "woaini521", "5201314a", "a5201314", "wang1234", "zhang123"})
"""Favourites in China, which the lists of the estimator do not have; it knows the 30,000 of the rest of the world."""
GUESSED = 2
"""Below it, of 4, the estimator needs fewer than a million guesses."""
READ = 72
"""So many characters are estimated; more make nothing easier to guess."""
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


def check_password(password: str, *, email: str, shortest: int = SHORTEST) -> None:
    """Refuse what is too short, too long or too easy to guess."""
    folded = _folded(password)
    if len(folded) < shortest:
        raise Invalid(N_("Use at least %(count)d characters."), field="password", count=shortest)
    if len(folded) > LONGEST:
        raise Invalid(N_("Use at most %(count)d characters."), field="password", count=LONGEST)
    if _is_guessable(folded.casefold(), email):
        raise Invalid(N_("This password is too easy to guess. Try three words in a row."), field="password")


def _is_guessable(plain: str, email: str) -> bool:
    """Say whether a list of common passwords, of names and of words, or who knows the e-mail, soon has it."""
    known = [part for part in (email, *email.split("@")) if part]
    if plain in COMMON or plain in known:
        return True
    estimate = import_module("zxcvbn").zxcvbn(plain[:READ], user_inputs=known)
    return bool(estimate["score"] < GUESSED)


def _folded(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return hasher.hash(secrets.token_urlsafe(24))
