"""What providers send: kept as it arrived, read once, and read again where that went wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import cast

from sqlalchemy import CursorResult, delete, select, update

from storefront.database.base import db
from storefront.payments import queries
from storefront.payments.models import PaymentMessage
from storefront.payments.providers.protocol import Notification
from storefront.payments.rules import gives_up, wait_after
from storefront.payments.states import MessageState
from storefront.shop.queries import get_settings

LEASE = timedelta(minutes=2)
KEPT_REFUSED = timedelta(days=7)
UNTOLD = frozenset({"cookie", "authorization"})
"""Headers that are nobody's business."""
MOST_HEADERS, LONGEST_HEADER = 60, 4000


def store_message(*, provider: str, notification: Notification, at: datetime) -> PaymentMessage:
    """Keep a message before anybody reads it.

    One that did not fit our books and comes again, to the byte, is kept once; a person can read it again. All others
    are kept each time, for the signature is judged anew.
    """
    digest = sha256(notification.body).hexdigest()
    headers = list(notification.headers.items())[:MOST_HEADERS]
    kept = {name: value[:LONGEST_HEADER] for name, value in headers if name not in UNTOLD}
    before = _find_same(provider, digest, notification.query[:2000])
    if before is not None:
        return before
    message = PaymentMessage(
        provider=provider[:32],
        headers=kept,
        query=notification.query[:2000],
        body=notification.body,
        digest=digest,
        state=MessageState.RECEIVED,
        about="",
        told="",
        error="",
        attempts=0,
        next_try_at=at,
        received_at=at,
    )
    db.session.add(message)
    db.session.flush()
    return message


def _find_same(provider: str, digest: str, query: str) -> PaymentMessage | None:
    ended = (MessageState.UNMATCHED, MessageState.SETTLED)
    same = (PaymentMessage.digest == digest, PaymentMessage.provider == provider[:32], PaymentMessage.query == query)
    found = select(PaymentMessage).where(*same, PaymentMessage.state.in_(ended))
    return db.session.scalar(found.order_by(PaymentMessage.id.desc()).limit(1))


def claim_message(*, message_id: int, at: datetime) -> PaymentMessage | None:
    """Take a message that is due for reading; None when somebody else reads it or it needs none."""
    claimed = cast(
        "CursorResult[object]",
        db.session.execute(
            update(PaymentMessage)
            .where(
                PaymentMessage.id == message_id,
                PaymentMessage.state == MessageState.RECEIVED,
                PaymentMessage.next_try_at <= at,
            )
            .values(attempts=PaymentMessage.attempts + 1, next_try_at=at + LEASE)
            .execution_options(synchronize_session=False)
        ),
    )
    return queries.get_message(message_id) if claimed.rowcount else None


def close_message(
    *, message_id: int, state: MessageState, at: datetime, about: str = "", told: str = "", error: str = ""
) -> PaymentMessage:
    """Write down what became of a message."""
    message = queries.get_message(message_id)
    message.state, message.ended_at, message.next_try_at = state, at, None
    message.about, message.told, message.error = about[:64] or message.about, told[:255], error[:2000]
    db.session.flush()
    return message


def put_off(*, message_id: int, error: str, at: datetime) -> PaymentMessage:
    """Plan the next try of a message that could not be booked, or leave it to a person."""
    message = queries.get_message(message_id)
    message.error, message.next_try_at = error[:2000], at + wait_after(message.attempts)
    if gives_up(message.attempts):
        message.state, message.next_try_at, message.ended_at = MessageState.STUCK, None, at
    db.session.flush()
    return message


def read_again(*, message_id: int, at: datetime) -> PaymentMessage:
    """Let a message be read once more, because a person wants it."""
    message = queries.get_message(message_id)
    message.state, message.attempts, message.next_try_at, message.ended_at = MessageState.RECEIVED, 0, at, None
    db.session.flush()
    return message


def settle_message(*, message_id: int, at: datetime) -> PaymentMessage:
    """Put a message aside that somebody has looked at."""
    message = queries.get_message(message_id)
    if message.state in {MessageState.UNMATCHED, MessageState.STUCK}:
        message.state, message.ended_at, message.next_try_at = MessageState.SETTLED, at, None
        db.session.flush()
    return message


def forget_old(*, at: datetime) -> int:
    """Delete messages that were kept long enough, refused ones after a week; return how many."""
    kept = timedelta(days=get_settings().keep_payment_messages_days)
    is_refused = PaymentMessage.state == MessageState.REFUSED
    old = (PaymentMessage.received_at < at - kept) | (is_refused & (PaymentMessage.received_at < at - KEPT_REFUSED))
    gone = cast("CursorResult[object]", db.session.execute(delete(PaymentMessage).where(old)))
    return int(gone.rowcount)
