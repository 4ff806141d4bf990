"""Closed sets of the outbox."""

from __future__ import annotations

from enum import StrEnum


class MailStatus(StrEnum):
    """Where a letter is."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
