"""What a waiting message says, unreadable for whoever has the database alone."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from storefront.sms.errors import SmsNotSent


def seal(facts: Mapping[str, str], secrets: Sequence[str]) -> str:
    """Return the facts as a sealed text."""
    return _box(secrets).encrypt(json.dumps(dict(facts)).encode()).decode()


def unseal(sealed: str, secrets: Sequence[str]) -> dict[str, str]:
    """Return what was sealed; raise SmsNotSent when another secret sealed it."""
    try:
        facts: dict[str, str] = json.loads(_box(secrets).decrypt(sealed.encode()))
    except InvalidToken as error:
        raise SmsNotSent("it was sealed with another SECRET_KEY", permanent=True) from error
    return facts


def _box(secrets: Sequence[str]) -> MultiFernet:
    """Return what seals with the first secret and opens with any."""
    sums = (hashlib.sha256(f"sms:{secret}".encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(each)) for each in sums])
