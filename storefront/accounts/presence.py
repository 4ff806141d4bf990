"""Where a customer came in lately, and with which browser: a new one is told. Their sessions are in `signed_in`.

A browser is known again by a number that it keeps; only a digest of it is stored, made anew for each customer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from storefront.accounts import letters, queries
from storefront.accounts.models import SignInRecord
from storefront.accounts.states import Way
from storefront.database.base import db

LATEST = 10
"""How many times of coming in are shown, and kept."""


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


def find_device(*, email: str, token: str) -> str:
    """Return what a browser is known by with whom an e-mail belongs to, if they came in with it before; else ""."""
    customer = queries.find_customer_by_email(email) if token else None
    if customer is None:
        return ""
    key = Visit("", "", token).key_for(customer.id)
    mine = (SignInRecord.customer_id == customer.id, SignInRecord.device_key == key)
    return key if db.session.scalar(select(SignInRecord.id).where(*mine).limit(1)) else ""


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
