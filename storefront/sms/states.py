"""Closed sets of the outbox of short messages."""

from __future__ import annotations

from enum import StrEnum


class SmsStatus(StrEnum):
    """Where a message is."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class SmsKind(StrEnum):
    """What a message is for: each kind is a template at the carriers."""

    CODE = "code"
