"""Writes of the outbox: a message is put in, claimed by one sender, and marked with what became of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import current_app
from flask_babel import gettext
from sqlalchemy import CursorResult, delete, update

from storefront.database.base import db
from storefront.kernel.errors import N_
from storefront.kernel.events import publish
from storefront.mail.rules import MOST_TRIES
from storefront.shop.queries import get_settings
from storefront.sms import queries
from storefront.sms.errors import SmsNotSent
from storefront.sms.events import SmsQueued
from storefront.sms.message import Message
from storefront.sms.models import OutboxSms
from storefront.sms.sealing import seal, unseal
from storefront.sms.states import SmsKind, SmsStatus
from storefront.web.locale import speaking

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
"""A sender that has not answered for so long has died, and another one may try."""
KEPT_FOR = timedelta(days=30)
SOON = timedelta(seconds=15)
"""Between tries: whoever waits for a code waits with the phone in the hand."""
WORDS: Mapping[str, str] = {
    SmsKind.CODE: N_("%(code)s is your code for %(shop)s. It is good for %(minutes)s minutes. Tell it to nobody."),
}


@dataclass(frozen=True, slots=True)
class Note:
    """What to send; `reference` is one message's for ever, `facts` are what its words and templates need."""

    kind: SmsKind
    phone: str
    locale: str
    reference: str
    facts: Mapping[str, str]


def put_in(*, note: Note, expires_at: datetime, at: datetime) -> OutboxSms:
    """Write a message into the outbox; after `expires_at` it is of no use and is not sent."""
    sms = OutboxSms(
        reference=note.reference,
        kind=note.kind,
        phone=note.phone,
        locale=note.locale,
        sealed=seal(note.facts, _secret()),
        status=SmsStatus.QUEUED,
        next_try_at=at,
        expires_at=expires_at,
        created_at=at,
    )
    db.session.add(sms)
    db.session.flush()
    publish(SmsQueued(sms.id))
    return sms


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
    facts = unseal(sms.sealed, _secret())
    with speaking(sms.locale):
        text = gettext(WORDS[SmsKind(sms.kind)]) % {**facts, "shop": get_settings().name}
    return Message(sms.phone, sms.locale, text, facts)


def record_sent(*, sms_id: int, at: datetime) -> None:
    """Mark a message as handed over, and forget what it said."""
    sms = queries.get_sms(sms_id)
    sms.status, sms.sent_at, sms.error, sms.sealed = SmsStatus.SENT, at, "", ""
    db.session.flush()


def record_failure(*, sms_id: int, error: SmsNotSent, at: datetime) -> None:
    """Plan the next try, or give up."""
    sms = queries.get_sms(sms_id)
    sms.error, sms.next_try_at = str(error)[:2000], at + SOON * sms.attempts
    if error.permanent or sms.attempts >= MOST_TRIES or sms.next_try_at >= sms.expires_at:
        sms.status, sms.sealed = SmsStatus.FAILED, ""
        log.error("SMS %s was given up after %s tries: %s", sms.id, sms.attempts, sms.error)
    db.session.flush()


def forget_old(*, at: datetime) -> int:
    """Delete messages of more than a month ago, and return how many."""
    gone = db.session.execute(delete(OutboxSms).where(OutboxSms.created_at < at - KEPT_FOR))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _secret() -> str:
    return str(current_app.config["SHOP"].secret_key)
