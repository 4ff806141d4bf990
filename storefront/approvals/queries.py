"""Reads of requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from storefront.accounts.identity import CurrentStaff
from storefront.approvals.kinds import APPROVAL, kinds
from storefront.approvals.models import ApprovalRequest
from storefront.approvals.states import RequestState
from storefront.database.base import db
from storefront.kernel.clock import now
from storefront.kernel.errors import NotFound
from storefront.kernel.kept import Kept

LATEST = 50


def _read_waiting() -> tuple[tuple[str, str], ...]:
    waiting = ApprovalRequest.state == RequestState.WAITING, ApprovalRequest.expires_at > now()
    rows = db.session.execute(select(ApprovalRequest.kind, ApprovalRequest.asked_by).where(*waiting))
    return tuple((row.kind, row.asked_by) for row in rows)


_kept = Kept(_read_waiting, seconds=10.0)
forget = _kept.forget


def decides(staff: CurrentStaff) -> frozenset[str]:
    """Return the kinds of requests that somebody may decide."""
    return frozenset(key for key, kind in kinds().items() if staff.may(kind.permission))


def count_for(staff: CurrentStaff) -> int:
    """Return how many requests wait for somebody; at most some seconds old, since every page asks."""
    mine = decides(staff)
    return sum(kind in mine and asked_by != staff.actor for kind, asked_by in _kept.get()) if mine else 0


def list_waiting_for(staff: CurrentStaff) -> Sequence[ApprovalRequest]:
    """Return what waits for somebody, the oldest first."""
    return list_waiting(ApprovalRequest.kind.in_(decides(staff)), ApprovalRequest.asked_by != staff.actor)


def list_made_by(staff: CurrentStaff) -> Sequence[ApprovalRequest]:
    """Return what somebody has asked for lately, the latest first."""
    statement = select(ApprovalRequest).where(ApprovalRequest.asked_by == staff.actor)
    return db.session.scalars(statement.order_by(ApprovalRequest.id.desc()).limit(LATEST)).all()


def list_decided(staff: CurrentStaff) -> Sequence[ApprovalRequest]:
    """Return what was decided lately, of the kinds that somebody may decide, the latest first."""
    statement = select(ApprovalRequest).where(
        ApprovalRequest.state != RequestState.WAITING, ApprovalRequest.kind.in_(decides(staff))
    )
    return db.session.scalars(statement.order_by(ApprovalRequest.id.desc()).limit(LATEST)).all()


def get_request(request_id: int, staff: CurrentStaff) -> ApprovalRequest:
    """Return a request that somebody made or may decide, or NotFound."""
    found = db.session.get(ApprovalRequest, request_id, populate_existing=True)
    if found is None or (found.asked_by != staff.actor and found.kind not in decides(staff)):
        raise NotFound
    return found


def find_waiting_about(kind: str, key: str) -> ApprovalRequest | None:
    """Return a request of a kind about an object that still waits."""
    found = list_waiting(ApprovalRequest.kind == kind, ApprovalRequest.object_key == key)
    return found[-1] if found else None


def list_waiting(*conditions: ColumnElement[bool]) -> Sequence[ApprovalRequest]:
    """Return the requests that still wait and for which these hold, the oldest first."""
    waits = ApprovalRequest.state == RequestState.WAITING, ApprovalRequest.expires_at > now()
    return db.session.scalars(select(ApprovalRequest).where(*waits, *conditions).order_by(ApprovalRequest.id)).all()


def pairs_of(actors: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """Return who asked and who approved, by actor ("approval:3")."""
    numbers = {actor.removeprefix(APPROVAL) for actor in actors if actor.startswith(APPROVAL)}
    ids = [int(number) for number in numbers if number.isdecimal()]
    if not ids:
        return {}
    columns: Any = (ApprovalRequest.id, ApprovalRequest.asked_by, ApprovalRequest.answered_by)
    rows = db.session.execute(select(*columns).where(ApprovalRequest.id.in_(ids)))
    return {f"{APPROVAL}{row.id}": (row.asked_by, row.answered_by) for row in rows}
