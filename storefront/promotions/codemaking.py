"""Codes that nobody can guess and everybody can read aloud."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from storefront.database.base import db
from storefront.promotions.models import CouponCode

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and letters without those that are taken for one another: 0 and O, 1, I and L."""
LENGTH = 12
"""31 to the 12th: of 50,000 codes, one guess in ten million million hits."""
ASKED_AT_ONCE = 500


def make_codes(count: int, prefix: str = "") -> list[str]:
    """Return so many new codes that no promotion has yet."""
    found: set[str] = set()
    while len(found) < count:
        fresh = {_random(prefix) for _ in range(count - len(found))} - found
        found |= fresh - _taken(sorted(fresh))
    return sorted(found)


def _random(prefix: str) -> str:
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _taken(codes: list[str]) -> set[str]:
    taken: set[str] = set()
    for first in range(0, len(codes), ASKED_AT_ONCE):
        some = codes[first : first + ASKED_AT_ONCE]
        taken.update(db.session.scalars(select(CouponCode.code).where(CouponCode.code.in_(some))))
    return taken
