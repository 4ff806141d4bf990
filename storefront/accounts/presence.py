"""Where a customer is signed in, and was lately: each browser can be signed out by itself, and a new one is told.

A browser is known again by a number that it keeps; only a digest of it is stored, made anew for each customer.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from storefront.accounts import letters, queries
from storefront.accounts.models import CustomerSession, SignInRecord
from storefront.accounts.states import Way
from storefront.database.base import db
from storefront.kernel.errors import NotFound

LATEST = 10
"""How many times of coming in are shown, and kept."""
SEEN_EVERY = timedelta(hours=1)
LIVES = timedelta(days=31)
"""A cookie ends after thirty days, however often it is used; its row a little later."""


@dataclass(frozen=True, slots=True)
class Visit:
    """From where somebody comes in: which device by its name, which browser, from which network."""

    device: str
    network: str
    token: str
    """What the browser keeps."""

    def key_for(self, customer_id: int) -> str:
        """Return what the browser is known by, with this customer."""
        return hashlib.sha256(f"device:{customer_id}:{self.token}".encode()).hexdigest()


def begin(*, customer_id: int, way: Way, visit: Visit, at: datetime) -> str:
    """Let a session begin, and return its key for the cookie."""
    row = CustomerSession(
        key=secrets.token_urlsafe(24),
        customer_id=customer_id,
        way=way,
        device=visit.device[:80],
        network=visit.network[:64],
        began_at=at,
        seen_at=at,
    )
    db.session.add(row)
    db.session.flush()
    return row.key


def note_sign_in(*, customer_id: int, way: Way, visit: Visit, at: datetime) -> None:
    """Remember that somebody came in, tell them if it was with a new device, and forget what is no longer among the
    latest. Who came by a link in a letter has just looked into the inbox that would be told.
    """
    key, mine = visit.key_for(customer_id), SignInRecord.customer_id == customer_id
    before = db.session.execute(select(SignInRecord.device, SignInRecord.device_key).where(mine)).all()
    is_known = any(row.device_key == key or (not row.device_key and row.device == visit.device) for row in before)
    db.session.add(SignInRecord(customer_id=customer_id, way=way, device=visit.device[:80], device_key=key, at=at))
    db.session.flush()
    if before and not is_known and way is not Way.LETTER:
        letters.tell_new_device(customer=queries.get_customer(customer_id), way=way, visit=visit, at=at)
    kept = select(SignInRecord.id).where(mine).order_by(SignInRecord.id.desc()).limit(LATEST).scalar_subquery()
    db.session.execute(
        delete(SignInRecord).where(mine, SignInRecord.id.not_in(kept)).execution_options(synchronize_session=False)
    )


def way_of(*, customer_id: int, visit: Visit) -> Way:
    """Return how a browser came in the last time."""
    mine = (SignInRecord.customer_id == customer_id, SignInRecord.device_key == visit.key_for(customer_id))
    found = db.session.scalar(select(SignInRecord.way).where(*mine).order_by(SignInRecord.id.desc()).limit(1))
    return Way(found) if found else Way.PASSWORD


def list_sign_ins(customer_id: int) -> Sequence[Any]:
    """Return the latest times somebody came in, the newest first: way, device, at."""
    return db.session.execute(
        select(SignInRecord.way, SignInRecord.device, SignInRecord.at)
        .where(SignInRecord.customer_id == customer_id)
        .order_by(SignInRecord.id.desc())
        .limit(LATEST)
    ).all()


def list_sessions(customer_id: int, *, at: datetime) -> Sequence[CustomerSession]:
    """Return where a customer is signed in, the latest used first."""
    return db.session.scalars(
        select(CustomerSession)
        .where(CustomerSession.customer_id == customer_id, CustomerSession.began_at > at - LIVES)
        .order_by(CustomerSession.seen_at.desc(), CustomerSession.id.desc())
    ).all()


def end(*, customer_id: int, row_id: int) -> str:
    """End one session of a customer and return its key; NotFound where it is somebody else's or over."""
    mine = (CustomerSession.id == row_id, CustomerSession.customer_id == customer_id)
    key = db.session.scalar(select(CustomerSession.key).where(*mine))
    if key is None:
        raise NotFound
    leave(key=key)
    return key


def leave(*, key: str) -> None:
    """End the session that a browser was in, whosever it was: somebody goes, or comes in there anew."""
    db.session.execute(delete(CustomerSession).where(CustomerSession.key == key))


def end_all(*, customer_id: int) -> None:
    """End every session of a customer."""
    db.session.execute(delete(CustomerSession).where(CustomerSession.customer_id == customer_id))


def is_stale(seen_at: datetime | None, at: datetime) -> bool:
    """Say whether it is time to write down that a session is still in use."""
    return seen_at is not None and at - seen_at > SEEN_EVERY


def see(*, key: str, at: datetime) -> None:
    """Write down that a session is in use."""
    db.session.execute(update(CustomerSession).where(CustomerSession.key == key).values(seen_at=at))


def forget_old(*, at: datetime) -> int:
    """Delete the rows of sessions whose cookies are over, and return how many."""
    gone = db.session.execute(delete(CustomerSession).where(CustomerSession.began_at < at - LIVES))
    return int(gone.rowcount)  # type: ignore[attr-defined]
