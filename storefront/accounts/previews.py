"""Samples for letters about somebody's account."""

from __future__ import annotations

from storefront.accounts import staff_letters
from storefront.accounts.letters import shop_url
from storefront.accounts.states import CHANGE_WORDS, WAY_NAMES, Change, Way
from storefront.kernel.clock import now

FACTS = {
    "name": lambda: "Ada Lovelace",
    "account_url": lambda: shop_url("/account"),
    "reset_url": lambda: shop_url("/password-reset"),
    "security_url": lambda: shop_url("/account/security"),
    "device": lambda: "Chrome, Windows",
    "network": lambda: "203.0.113.*",
    "way": lambda: WAY_NAMES[Way.PASSWORD],
    "at": now,
    "change": lambda: CHANGE_WORDS[Change.PASSWORD],
    "minutes": lambda: 15,
}
SPECIAL = {"accounts/mail/staff_changed": {"change": lambda: staff_letters.FACTOR_ON}}
