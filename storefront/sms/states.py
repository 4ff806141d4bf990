"""Closed sets of the outbox of short messages, and what each kind of message tells."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class SmsStatus(StrEnum):
    """Where a message is."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class SmsKind(StrEnum):
    """What a message is for: each kind is a template at the carriers."""

    CODE = "code"
    PAID = "paid"
    SENT = "sent"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    RETURN_APPROVED = "return_approved"
    RETURN_REJECTED = "return_rejected"


class Texts(StrEnum):
    """Whether a customer wants messages about orders on the phone."""

    WITHOUT_EMAIL = ""
    """Only about orders that no e-mail tells of."""
    ALWAYS = "always"
    NEVER = "never"


PARAMETERS: Mapping[SmsKind, tuple[str, ...]] = {
    SmsKind.CODE: ("code", "minutes"),
    SmsKind.PAID: ("number", "amount"),
    SmsKind.SENT: ("number", "carrier", "tracking"),
    SmsKind.DELIVERED: ("number",),
    SmsKind.CANCELLED: ("number",),
    SmsKind.REFUNDED: ("number", "amount"),
    SmsKind.RETURN_APPROVED: ("number",),
    SmsKind.RETURN_REJECTED: ("number",),
}
"""What the template of a kind may say, in the order in which carriers that count places take it."""
ABOUT_ORDERS = tuple(kind for kind in SmsKind if kind is not SmsKind.CODE)
LONGEST_PARAMETER = 35
"""Aliyun refuses longer ones."""
