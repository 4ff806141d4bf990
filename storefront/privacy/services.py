"""Writes of requests: asked for, called off, carried out step by step."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from storefront.accounts.models import Customer
from storefront.accounts.queries import get_customer
from storefront.audit import services as audit
from storefront.database.base import db
from storefront.kernel.events import publish
from storefront.kernel.personal import Keeper
from storefront.orders import claiming
from storefront.privacy import letters, queries
from storefront.privacy.errors import NothingToCallOff, UnderWay
from storefront.privacy.events import CopyAsked
from storefront.privacy.gathering import find_obstacles, get_person
from storefront.privacy.models import PrivacyCopy, PrivacyRequest
from storefront.privacy.states import RequestKind, RequestState
from storefront.shop.queries import get_settings

LOOK_AGAIN = timedelta(days=1)
"""When something is under way on the day of a deletion, it is tried again so much later."""
FAREWELL = timedelta(minutes=15)
"""So long after the account was closed its traces go: by then the last letter has left."""


def ask_copy(*, customer_id: int, by: str, at: datetime) -> PrivacyRequest:
    """Let a copy be made; while one is being made, that is the one."""
    _hold(customer_id)
    found = queries.find_under_way(customer_id, RequestKind.COPY)
    if found is not None:
        return found
    asked = _ask(customer_id, RequestKind.COPY, by=by, at=at, due_at=at)
    publish(CopyAsked(asked.id))
    return asked


def keep_copy(*, request_id: int, content: bytes, at: datetime) -> None:
    """Keep the copy that was made, and write to the customer where it is; once."""
    request = _locked(request_id)
    if request.state != RequestState.WAITING:
        return
    request.state, request.ended_at = RequestState.DONE, at
    request.due_at = at + timedelta(days=get_settings().copy_keep_days)
    db.session.add(PrivacyCopy(request_id=request.id, content=content))
    db.session.flush()
    letters.tell_copy_ready(request, at=at)


def drop_copies(*, at: datetime) -> int:
    """Delete the copies whose time is over; return how many."""
    over = queries.list_due(RequestKind.COPY, RequestState.DONE, at)
    db.session.execute(delete(PrivacyCopy).where(PrivacyCopy.request_id.in_(over)))
    db.session.execute(update(PrivacyRequest).where(PrivacyRequest.id.in_(over)).values(state=RequestState.EXPIRED))
    return len(over)


def ask_deletion(*, customer_id: int, by: str, at: datetime) -> PrivacyRequest:
    """Let an account be deleted after the days of waiting; UnderWay while something is not finished."""
    _hold(customer_id)
    found = queries.find_under_way(customer_id, RequestKind.DELETION)
    if found is not None:
        return found
    if find_obstacles(get_person(customer_id)):
        raise UnderWay
    due_at = at + timedelta(days=get_settings().deletion_wait_days)
    asked = _ask(customer_id, RequestKind.DELETION, by=by, at=at, due_at=due_at)
    letters.tell_deletion_asked(asked, at=at)
    return asked


def call_off_deletion(*, customer_id: int, by: str, at: datetime) -> None:
    """Leave everything as it is."""
    _hold(customer_id)
    found = queries.find_under_way(customer_id, RequestKind.DELETION)
    if found is None or found.state != RequestState.WAITING:
        raise NothingToCallOff
    found.state, found.ended_at = RequestState.CALLED_OFF, at
    db.session.flush()
    _note(found, "call_off", by=by, at=at)
    letters.tell_deletion_called_off(found, at=at)


def begin_deletion(*, request_id: int, at: datetime) -> bool:
    """Close the account so that nothing new begins, and say farewell; tomorrow if something is under way."""
    request = _locked(request_id)
    if request.state != RequestState.WAITING:
        return False
    _hold(request.customer_id)
    if find_obstacles(get_person(request.customer_id)):
        request.due_at = at + LOOK_AGAIN
        db.session.flush()
        return False
    letters.tell_deleted(request, at=at)
    _adopt_guest_orders(request.customer_id, at)
    closed = update(Customer).where(Customer.id == request.customer_id)
    db.session.execute(
        closed.values(is_active=False, session_version=Customer.session_version + 1).execution_options(
            synchronize_session=False
        )
    )
    request.state, request.begun_at, request.due_at = RequestState.RUNNING, at, at + FAREWELL
    db.session.flush()
    return True


def forget_with(*, request_id: int, keeper: Keeper, at: datetime) -> None:
    """Let one room forget; with the last of them the request ends, in the same transaction."""
    request = _locked(request_id)
    if request.state != RequestState.RUNNING:
        return
    keeper.forget(get_person(request.customer_id), at)
    if keeper.is_last:
        _drop_requests_of(request.customer_id)
        request.state, request.ended_at = RequestState.DONE, at
        _note(request, "delete", by=request.asked_by, at=at)
    db.session.flush()


def _adopt_guest_orders(customer_id: int, at: datetime) -> None:
    """What was ordered as a guest with the proven e-mail goes with the account, however often forgetting is begun."""
    customer = get_customer(customer_id)
    if customer.email and customer.email_verified_at is not None:
        claiming.adopt(customer_id=customer_id, email=customer.email, at=at)


def _ask(customer_id: int, kind: RequestKind, *, by: str, at: datetime, due_at: datetime) -> PrivacyRequest:
    asked = PrivacyRequest(
        customer_id=customer_id,
        kind=kind,
        state=RequestState.WAITING,
        asked_by=by,
        asked_at=at,
        due_at=due_at,
        token=secrets.token_urlsafe(32),
    )
    db.session.add(asked)
    db.session.flush()
    _note(asked, "ask", by=by, at=at)
    return asked


def _note(request: PrivacyRequest, what: str, *, by: str, at: datetime) -> None:
    about = ("customer", str(request.customer_id))
    audit.record(actor=by, action=f"{request.kind}.{what}", about=about, changes={}, at=at)


def _drop_requests_of(customer_id: int) -> None:
    """Copies of what is forgotten are forgotten too."""
    mine = select(PrivacyRequest.id).where(PrivacyRequest.customer_id == customer_id)
    db.session.execute(delete(PrivacyCopy).where(PrivacyCopy.request_id.in_(mine)))
    copies = (PrivacyRequest.customer_id == customer_id, PrivacyRequest.kind == RequestKind.COPY)
    db.session.execute(update(PrivacyRequest).where(*copies).values(state=RequestState.EXPIRED))


def _hold(customer_id: int) -> None:
    """One request at a time is decided for a customer."""
    db.session.execute(select(Customer.id).where(Customer.id == customer_id).with_for_update())


def _locked(request_id: int) -> PrivacyRequest:
    query = select(PrivacyRequest).where(PrivacyRequest.id == request_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
