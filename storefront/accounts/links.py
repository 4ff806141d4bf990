"""Links that work once: made for a letter, known by their digest alone, used by one conditional UPDATE."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update

from storefront.accounts.emails import email_key
from storefront.accounts.errors import LinkOver
from storefront.accounts.models import OneTimeLink
from storefront.accounts.states import Purpose
from storefront.database.base import db

VALID: Mapping[Purpose, timedelta] = {
    Purpose.RESET: timedelta(hours=1),
    Purpose.CONNECT: timedelta(hours=1),
    Purpose.EMAIL: timedelta(days=1),
    Purpose.ORDERS: timedelta(days=1),
    Purpose.GUEST: timedelta(days=1),
}
KEPT_FOR = timedelta(days=7)
LONGEST_TOKEN = 64


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is for, and whom."""

    id: int
    purpose: Purpose
    customer_id: int
    """0 where it is about no account."""
    email_key: str
    facts: Mapping[str, Any]


def make_link(
    *, purpose: Purpose, customer_id: int | None, email: str, facts: Mapping[str, str] | None = None, at: datetime
) -> str:
    """Make a link and return its token, which is kept nowhere; without a customer it leads nowhere."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        OneTimeLink(
            token_hash=_digest(token),
            purpose=purpose,
            customer_id=customer_id,
            email_key=email_key(email),
            facts=dict(facts or {}),
            created_at=at,
            expires_at=at + VALID[purpose],
        )
    )
    db.session.flush()
    return token


def read_link(token: str, *, purpose: Purpose | None = None, at: datetime) -> Link:
    """Return what a link would do, without using it up; raises LinkOver."""
    row = db.session.execute(
        select(
            OneTimeLink.id, OneTimeLink.purpose, OneTimeLink.customer_id, OneTimeLink.email_key, OneTimeLink.facts
        ).where(
            OneTimeLink.token_hash == _digest(token[: LONGEST_TOKEN + 1]),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > at,
        )
    ).first()
    if row is None or (row.purpose == Purpose.GUEST) != (purpose == Purpose.GUEST):
        raise LinkOver
    leads_nowhere = not row.facts if row.purpose == Purpose.GUEST else row.customer_id is None
    if leads_nowhere or (purpose is not None and row.purpose != purpose):
        raise LinkOver
    return Link(row.id, Purpose(row.purpose), row.customer_id or 0, row.email_key, row.facts)


def use_link(token: str, *, purpose: Purpose, at: datetime) -> Link:
    """Use a link up and return what it was for; of two at once, one gets LinkOver."""
    link = read_link(token, purpose=purpose, at=at)
    taken = cast(
        "CursorResult[object]",
        db.session.execute(
            update(OneTimeLink)
            .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
            .values(used_at=at, facts={})
            .execution_options(synchronize_session=False)
        ),
    )
    if not taken.rowcount:
        raise LinkOver
    return link


def end_links(*, customer_id: int, at: datetime) -> None:
    """Let no link that was made for somebody work any more: how they sign in has changed."""
    db.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.customer_id == customer_id, OneTimeLink.used_at.is_(None))
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )


def end_guest_links(*, email: str, at: datetime) -> None:
    """Let no link for a guest's inbox work any more, and forget the address in them."""
    db.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.email_key == email_key(email), OneTimeLink.purpose == Purpose.GUEST)
        .values(used_at=at, facts={})
        .execution_options(synchronize_session=False)
    )


def forget_old(*, at: datetime) -> int:
    """Delete links that are long over, and return how many."""
    gone = db.session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < at - KEPT_FOR))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
