"""Reads of the outbox of short messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storefront.database.base import db
from storefront.sms.models import OutboxSms
from storefront.sms.states import SmsStatus


def get_sms(sms_id: int) -> OutboxSms:
    """Return a message of the outbox."""
    return db.session.get_one(OutboxSms, sms_id)


def find_by_reference(reference: str) -> OutboxSms | None:
    """Return the message with this reference."""
    return db.session.scalar(select(OutboxSms).where(OutboxSms.reference == reference))


def list_due(at: datetime, *, most: int) -> Sequence[int]:
    """Return the ids of messages to be tried now, those that wait longest first."""
    return db.session.scalars(
        select(OutboxSms.id)
        .where(OutboxSms.status == SmsStatus.QUEUED, OutboxSms.next_try_at <= at)
        .order_by(OutboxSms.next_try_at, OutboxSms.id)
        .limit(most)
    ).all()


def list_given_up(since: datetime, *, most: int) -> Sequence[Any]:
    """Return the messages since a moment that never left, the newest first: kind, reference, error, created_at."""
    return db.session.execute(
        select(OutboxSms.kind, OutboxSms.reference, OutboxSms.error, OutboxSms.created_at)
        .where(OutboxSms.status == SmsStatus.FAILED, OutboxSms.created_at > since, OutboxSms.error != "")
        .order_by(OutboxSms.id.desc())
        .limit(most)
    ).all()
