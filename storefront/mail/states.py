"""Closed sets of the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from storefront.kernel.errors import N_


class MailStatus(StrEnum):
    """Where a letter is."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    UNWANTED = "unwanted"
    """Its reader said no before it had left."""


class Topic(StrEnum):
    """What letters are about that somebody may not want. Letters about orders and the account have no topic."""

    NEWS = "news"
    COUPONS = "coupons"


class Source(StrEnum):
    """Where somebody said what they want."""

    SIGN_UP = "sign_up"
    ACCOUNT = "account"
    LINK = "link"
    STAFF = "staff"
    MOVED = "moved"
    """It was said with the address that this one took the place of."""


UNLESS_REFUSED = frozenset({Topic.COUPONS})
"""Written to customers until they say no; anything else only to those who said yes."""
TOPIC_WORDS: Mapping[Topic, tuple[str, str]] = {
    Topic.NEWS: (N_("News and offers"), N_("New goods, sales and ideas, now and then.")),
    Topic.COUPONS: (N_("Coupons"), N_("When there is a coupon in your account, such as one to welcome you.")),
}
CONSENT = N_("Write to me about news and offers. I can stop that at any time.")
CONSENT_VERSION = "2026-11"
"""Of the words above; it is written down with each yes. Change it when they change."""
