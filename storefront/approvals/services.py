"""Writes of requests: asked, approved and carried out, rejected, taken back, lapsed. Each waits no more but once."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, select, update

from storefront.accounts.identity import CurrentStaff
from storefront.approvals import letters, queries
from storefront.approvals.errors import AlreadyDecided, NotYours, ReasonNeeded
from storefront.approvals.kinds import Approved, Wanted, kind_of
from storefront.approvals.models import ApprovalRequest
from storefront.approvals.refused import written
from storefront.approvals.states import TRANSITIONS, RequestAction, RequestState
from storefront.audit import services as audit
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.kernel.errors import Forbidden, ShopError
from storefront.kernel.text import squeeze
from storefront.shop.queries import get_settings

log = logging.getLogger(__name__)
LONGEST_REASON = 255


def ask(*, wanted: Wanted, reason: str, by: CurrentStaff, at: datetime) -> ApprovalRequest:
    """Store what somebody wants, and tell those who may decide. The same asked again while it waits is one request."""
    said = squeeze(reason)[:LONGEST_REASON]
    if not said:
        raise ReasonNeeded(field="reason")
    kind, (object_kind, object_key) = kind_of(wanted.kind), wanted.about
    known = queries.find_waiting_about(kind.key, object_key)
    if known is not None and known.asked_by == by.actor and known.payload == dict(wanted.payload):
        return known
    request = ApprovalRequest(
        kind=kind.key,
        object_kind=object_kind,
        object_key=object_key,
        payload=dict(wanted.payload),
        seen=[fact.as_data() for fact in wanted.seen],
        amount_minor=wanted.amount.minor if wanted.amount is not None else None,
        currency=wanted.amount.currency if wanted.amount is not None else "",
        reason=said,
        state=RequestState.WAITING,
        asked_by=by.actor,
        asked_at=at,
        expires_at=at + timedelta(days=get_settings().approval_days),
    )
    db.session.add(request)
    db.session.flush()
    after_commit(queries.forget)
    _note(request, "approval.ask", {"reason": (None, said)}, by.actor, at)
    letters.tell_asked(request=request, kind=kind, maker=by, at=at)
    log.info("Approval %s of %s was asked for", request.id, kind.key)
    return request


def approve(*, request_id: int, by: CurrentStaff, at: datetime) -> ApprovalRequest:
    """Carry a request out, through the service that refused one person alone; raises what that refuses now."""
    request = _decidable(request_id, by)
    kind = kind_of(request.kind)
    _move(request, RequestAction.APPROVE, by=by.actor, answer="", at=at)
    kind.carry_out(Approved(request.id, request.payload, request.reason), at)
    _note(request, "approval.approve", {"asked_by": (None, request.asked_by)}, by.actor, at)
    letters.tell_answered(request=request, kind=kind, at=at)
    return request


def fail(*, request_id: int, why: ShopError, by: CurrentStaff, at: datetime) -> ApprovalRequest:
    """Write down that an approved request could no longer be carried out, after what was begun was undone."""
    request, answer = _decidable(request_id, by), written(why)
    _move(request, RequestAction.FAIL, by=by.actor, answer=answer, at=at)
    _note(request, "approval.refuse", {"answer": (None, answer)}, by.actor, at)
    letters.tell_answered(request=request, kind=kind_of(request.kind), at=at)
    return request


def reject(*, request_id: int, reason: str, by: CurrentStaff, at: datetime) -> ApprovalRequest:
    """Say no, and why."""
    request, said = _decidable(request_id, by), squeeze(reason)[:LONGEST_REASON]
    if not said:
        raise ReasonNeeded(field="answer")
    _move(request, RequestAction.REJECT, by=by.actor, answer=said, at=at)
    _note(request, "approval.reject", {"answer": (None, said)}, by.actor, at)
    letters.tell_answered(request=request, kind=kind_of(request.kind), at=at)
    return request


def withdraw(*, request_id: int, by: CurrentStaff, at: datetime) -> ApprovalRequest:
    """Take one's own request back."""
    request = queries.get_request(request_id, by)
    if request.asked_by != by.actor:
        raise Forbidden
    _move(request, RequestAction.WITHDRAW, by=by.actor, answer="", at=at)
    _note(request, "approval.withdraw", {}, by.actor, at)
    return request


def lapse_old(*, at: datetime) -> int:
    """Let requests lapse that nobody decided in time, and return how many."""
    statement = select(ApprovalRequest).where(
        ApprovalRequest.state == RequestState.WAITING, ApprovalRequest.expires_at <= at
    )
    rows = db.session.scalars(statement.order_by(ApprovalRequest.id).with_for_update()).all()
    for request in rows:
        request.state, request.answered_at = TRANSITIONS.next(RequestState.WAITING, RequestAction.LAPSE), at
        letters.tell_answered(request=request, kind=kind_of(request.kind), at=at)
    db.session.flush()
    return len(rows)


def _decidable(request_id: int, by: CurrentStaff) -> ApprovalRequest:
    """Return a request that somebody may decide: of a kind that they may, and not their own."""
    request = queries.get_request(request_id, by)
    if request.asked_by == by.actor:
        raise NotYours
    if not by.may(kind_of(request.kind).permission):
        raise Forbidden
    return request


def _move(request: ApprovalRequest, action: RequestAction, *, by: str, answer: str, at: datetime) -> None:
    """Let a waiting request stand otherwise; of two who decide at once, one is told that it no longer waits."""
    state = TRANSITIONS.next(RequestState.WAITING, action)
    taken = db.session.execute(
        update(ApprovalRequest)
        .where(
            ApprovalRequest.id == request.id,
            ApprovalRequest.state == RequestState.WAITING,
            ApprovalRequest.expires_at > at,
        )
        .values(state=state, answered_by=by, answered_at=at, answer=answer)
        .execution_options(synchronize_session=False)
    )
    if not cast("CursorResult[object]", taken).rowcount:
        raise AlreadyDecided
    db.session.refresh(request)
    after_commit(queries.forget)


def _note(
    request: ApprovalRequest, action: str, changes: dict[str, tuple[object, object]], by: str, at: datetime
) -> None:
    about = (request.object_kind, request.object_key)
    audit.record(actor=by, action=action, about=about, changes={"request": (None, request.id), **changes}, at=at)
