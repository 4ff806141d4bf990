"""Writes of the outbox: a message is put in, claimed by one sender, and marked with what became of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import current_app
from sqlalchemy import CursorResult, delete, update

from storefront.database.base import db
from storefront.kernel.events import publish
from storefront.mail.rules import MOST_TRIES, wait_after
from storefront.sms import queries
from storefront.sms.errors import SmsNotSent
from storefront.sms.events import SmsQueued
from storefront.sms.message import Message, find_template
from storefront.sms.models import OutboxSms
from storefront.sms.sealing import seal, unseal
from storefront.sms.states import LONGEST_PARAMETER, SmsKind, SmsStatus
from storefront.sms.words import text_of

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
"""A sender that has not answered for so long has died, and another one may try."""
KEPT_FOR = timedelta(days=30)
SOON = timedelta(seconds=15)
"""Between tries of a code: whoever waits for one waits with the phone in the hand. Others wait as letters do."""


@dataclass(frozen=True, slots=True)
class Note:
    """What to send; `reference` is one message's for ever, `facts` are what its words and templates need."""

    kind: SmsKind
    phone: str
    locale: str
    reference: str
    facts: Mapping[str, str]


def put_in(*, note: Note, expires_at: datetime, at: datetime) -> OutboxSms | None:
    """Write a message into the outbox; after `expires_at` it is of no use and is not sent.

    The same reference is one message. None where nobody carries messages of this kind: no carrier, or no template.
    """
    if not can_send(note.kind, locale=note.locale):
        return None
    found = queries.find_by_reference(note.reference)
    if found is not None:
        return found
    sms = OutboxSms(
        reference=note.reference,
        kind=note.kind,
        phone=note.phone,
        locale=note.locale,
        sealed=seal({name: text[:LONGEST_PARAMETER] for name, text in note.facts.items()}, _secrets()),
        status=SmsStatus.QUEUED,
        next_try_at=at,
        expires_at=expires_at,
        created_at=at,
    )
    db.session.add(sms)
    db.session.flush()
    publish(SmsQueued(sms.id))
    return sms


def can_send(kind: SmsKind, *, locale: str) -> bool:
    """Say whether a message of a kind would leave: whoever carries it has a template for it, or takes words."""
    setup = current_app.config["SHOP"].sms
    return bool(setup.sender) and (setup.sender == "console" or bool(find_template(setup, kind, locale)))


def claim(*, sms_id: int, at: datetime) -> OutboxSms | None:
    """Take a message that is due for sending; None when another sender has it or it needs none."""
    claimed = cast(
        "CursorResult[object]",
        db.session.execute(
            update(OutboxSms)
            .where(OutboxSms.id == sms_id, OutboxSms.status == SmsStatus.QUEUED, OutboxSms.next_try_at <= at)
            .values(attempts=OutboxSms.attempts + 1, next_try_at=at + LEASE)
            .execution_options(synchronize_session=False)
        ),
    )
    return queries.get_sms(sms_id) if claimed.rowcount else None


def as_message(sms: OutboxSms, *, at: datetime) -> Message:
    """Return a message as it goes out; raise SmsNotSent when it is too late for it."""
    if sms.expires_at <= at:
        raise SmsNotSent("it has expired", permanent=True)
    facts, kind = unseal(sms.sealed, _secrets()), SmsKind(sms.kind)
    return Message(sms.phone, sms.locale, text_of(kind, facts, locale=sms.locale), facts, kind)


def record_sent(*, sms_id: int, at: datetime) -> None:
    """Mark a message as handed over, and forget what it said."""
    sms = queries.get_sms(sms_id)
    sms.status, sms.sent_at, sms.error, sms.sealed = SmsStatus.SENT, at, "", ""
    db.session.flush()


def record_failure(*, sms_id: int, error: SmsNotSent, at: datetime) -> None:
    """Plan the next try, or give up."""
    sms = queries.get_sms(sms_id)
    wait = SOON * sms.attempts if sms.kind == SmsKind.CODE else wait_after(sms.attempts)
    sms.error, sms.next_try_at = str(error)[:2000], at + wait
    if error.permanent or sms.attempts >= MOST_TRIES or sms.next_try_at >= sms.expires_at:
        sms.status, sms.sealed = SmsStatus.FAILED, ""
        log.error("SMS %s was given up after %s tries: %s", sms.id, sms.attempts, sms.error)
    db.session.flush()


def forget_old(*, at: datetime) -> int:
    """Delete messages of more than a month ago, and return how many."""
    gone = db.session.execute(delete(OutboxSms).where(OutboxSms.created_at < at - KEPT_FOR))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _secrets() -> tuple[str, ...]:
    secrets: tuple[str, ...] = current_app.config["SHOP"].secrets
    return secrets
