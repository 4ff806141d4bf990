"""A letter goes once more, as it was written, to its reader or to a corrected address."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import func, select

from storefront.config import Config
from storefront.database.base import db
from storefront.kernel.events import publish
from storefront.mail.errors import LetterGone, SentTooOften
from storefront.mail.events import MailQueued
from storefront.mail.models import OutboxMail
from storefront.mail.states import MailStatus

MOST, WITHIN = 5, timedelta(hours=1)
"""So many letters about one thing go again in that time."""
_AGAIN = "<again-"


def list_letters(references: Collection[str], *, but_to: str) -> Sequence[OutboxMail]:
    """Return what was written about these, the newest first: neither to the shop itself, nor what opens a door."""
    mine = OutboxMail.reference.in_(references), OutboxMail.recipient != but_to, ~OutboxMail.holds_secret
    return db.session.scalars(select(OutboxMail).where(*mine).order_by(OutboxMail.id.desc())).all()


def send_again(*, letter: OutboxMail, recipient: str, at: datetime) -> OutboxMail:
    """Put a copy of a letter into the outbox; refuse with SentTooOften, or with LetterGone where its words are gone."""
    if not letter.text or letter.holds_secret:
        raise LetterGone
    recent = (
        OutboxMail.reference == letter.reference,
        OutboxMail.message_id.startswith(_AGAIN),
        OutboxMail.created_at > at - WITHIN,
    )
    if int(db.session.scalar(select(func.count()).select_from(OutboxMail).where(*recent)) or 0) >= MOST:
        raise SentTooOften(most=MOST)
    config: Config = current_app.config["SHOP"]
    host = urlsplit(config.public_url).hostname or "localhost"
    copy = OutboxMail(
        message_id=f"{_AGAIN}{secrets.token_hex(12)}@{host}>"[:120],
        recipient=recipient,
        status=MailStatus.QUEUED,
        next_try_at=at,
        created_at=at,
        **{name: getattr(letter, name) for name in _KEPT},
    )
    db.session.add(copy)
    db.session.flush()
    publish(MailQueued(copy.id))
    return copy


_KEPT = ("template", "locale", "subject", "text", "html", "topic", "reference", "holds_secret")
