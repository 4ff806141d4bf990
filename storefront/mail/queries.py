"""Reads of the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storefront.database.base import db
from storefront.mail.models import OutboxMail
from storefront.mail.states import MailStatus


def get_mail(mail_id: int) -> OutboxMail:
    """Return a letter of the outbox."""
    return db.session.get_one(OutboxMail, mail_id)


def list_due(at: datetime, *, most: int) -> Sequence[int]:
    """Return the ids of letters to be tried now, those that wait longest first."""
    return db.session.scalars(
        select(OutboxMail.id)
        .where(OutboxMail.status == MailStatus.QUEUED, OutboxMail.next_try_at <= at)
        .order_by(OutboxMail.next_try_at, OutboxMail.id)
        .limit(most)
    ).all()


def list_mails_about(reference: str) -> Sequence[OutboxMail]:
    """Return the letters about something, the oldest first."""
    return db.session.scalars(select(OutboxMail).where(OutboxMail.reference == reference).order_by(OutboxMail.id)).all()


def list_given_up(since: datetime, *, most: int) -> Sequence[Any]:
    """Return the letters since a moment that never left, the newest first: template, reference, error, created_at."""
    return db.session.execute(
        select(OutboxMail.template, OutboxMail.reference, OutboxMail.error, OutboxMail.created_at)
        .where(OutboxMail.status == MailStatus.FAILED, OutboxMail.created_at > since, OutboxMail.error != "")
        .order_by(OutboxMail.id.desc())
        .limit(most)
    ).all()
