"""What a waiting message says, unreadable for whoever has the database alone."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken

from storefront.sms.errors import SmsNotSent


def seal(facts: Mapping[str, str], secret: str) -> str:
    """Return the facts as a sealed text."""
    return _box(secret).encrypt(json.dumps(dict(facts)).encode()).decode()


def unseal(sealed: str, secret: str) -> dict[str, str]:
    """Return what was sealed; raise SmsNotSent when another secret sealed it."""
    try:
        facts: dict[str, str] = json.loads(_box(secret).decrypt(sealed.encode()))
    except InvalidToken as error:
        raise SmsNotSent("it was sealed with another SECRET_KEY", permanent=True) from error
    return facts


def _box(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"sms:{secret}".encode()).digest()))
