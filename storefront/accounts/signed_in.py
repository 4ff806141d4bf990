"""Where somebody is signed in: one row a device, for customers and staff alike, each of which can be ended alone.

What asks whether a session still holds is `queries.find_identity`; here is what begins, lists and ends them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from storefront.accounts.models import SignInSession
from storefront.database.base import db
from storefront.kernel.errors import NotFound

SEEN_EVERY = {"staff": timedelta(minutes=5), "customer": timedelta(hours=1)}
"""So exact is the time at which a session was last seen: not every page is worth a write."""
LASTS = timedelta(days=30)
"""How long a session lasts, however often it is used."""
LIVES = timedelta(days=31)
"""How long its row stays."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose sessions are meant: a customer's or a member of staff's, by number."""

    kind: str
    """"customer" or "staff"."""
    id: int

    @property
    def condition(self) -> ColumnElement[bool]:
        column = SignInSession.customer_id if self.kind == "customer" else SignInSession.staff_id
        return column == self.id


def begin(*, owner: Owner, way: str, device: str, address: str, at: datetime) -> int:
    """Remember that somebody has signed in, and return the number that their cookie holds."""
    whose = {f"{owner.kind}_id": owner.id}
    row = SignInSession(way=way[:16], device=device[:80], address=address[:64], created_at=at, last_seen_at=at, **whose)
    db.session.add(row)
    db.session.flush()
    return row.id


def list_open(owner: Owner, *, since: datetime) -> Sequence[Any]:
    """Return where somebody is signed in and was seen since a moment, the latest seen first: id, way, device, address,
    created_at, last_seen_at."""
    columns = (SignInSession.id, SignInSession.way, SignInSession.device, SignInSession.address)
    return db.session.execute(
        select(*columns, SignInSession.created_at, SignInSession.last_seen_at)
        .where(owner.condition, SignInSession.ended_at.is_(None), SignInSession.last_seen_at > since)
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
        .limit(100)
    ).all()


def end(*, owner: Owner, session_id: int, at: datetime) -> None:
    """End one of somebody's sessions; one that is none of theirs, or over, is NotFound."""
    if not _end(at, owner.condition, SignInSession.id == session_id):
        raise NotFound


def end_all(*, owner: Owner, at: datetime, but: int | None = None) -> int:
    """End all of somebody's sessions, but perhaps one, and return how many."""
    others = () if but is None else (SignInSession.id != but,)
    return _end(at, owner.condition, *others)


def note_seen(*, session_id: int, at: datetime) -> None:
    """Remember that a session is in use."""
    statement = update(SignInSession).where(SignInSession.id == session_id, SignInSession.last_seen_at < at)
    db.session.execute(statement.values(last_seen_at=at).execution_options(synchronize_session=False))


def forget_old(*, at: datetime) -> int:
    """Delete the rows of sessions that are long over, and return how many."""
    gone = db.session.execute(delete(SignInSession).where(SignInSession.last_seen_at < at - LIVES))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _end(at: datetime, *conditions: ColumnElement[bool]) -> int:
    statement = update(SignInSession).where(*conditions, SignInSession.ended_at.is_(None)).values(ended_at=at)
    ended = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(ended.rowcount)  # type: ignore[attr-defined]
