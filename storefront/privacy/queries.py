"""Reads of requests."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from storefront.database.base import db
from storefront.kernel.errors import NotFound
from storefront.privacy.errors import CopyGone
from storefront.privacy.models import PrivacyCopy, PrivacyRequest
from storefront.privacy.states import UNDER_WAY, RequestKind, RequestState

MOST_SHOWN = 5


def get_request(request_id: int) -> PrivacyRequest:
    """Return a request, or NotFound."""
    found = db.session.get(PrivacyRequest, request_id)
    if found is None:
        raise NotFound
    return found


def find_under_way(customer_id: int, kind: RequestKind) -> PrivacyRequest | None:
    """Return the request of a kind that has not ended."""
    return db.session.scalar(
        select(PrivacyRequest).where(
            PrivacyRequest.customer_id == customer_id,
            PrivacyRequest.kind == kind,
            PrivacyRequest.state.in_(UNDER_WAY),
        )
    )


def list_copies(customer_id: int) -> Sequence[PrivacyRequest]:
    """Return the latest copies that a customer asked for: those to come and those that wait for them."""
    return db.session.scalars(
        select(PrivacyRequest)
        .where(
            PrivacyRequest.customer_id == customer_id,
            PrivacyRequest.kind == RequestKind.COPY,
            PrivacyRequest.state.in_((RequestState.WAITING, RequestState.DONE)),
        )
        .order_by(PrivacyRequest.id.desc())
        .limit(MOST_SHOWN)
    ).all()


def get_copy(*, customer_id: int, token: str, at: datetime) -> bytes:
    """Return the ZIP behind a link to the customer whose it is, while it is kept; CopyGone otherwise."""
    row = db.session.execute(
        select(PrivacyRequest.customer_id, PrivacyRequest.token, PrivacyCopy.content)
        .join(PrivacyCopy, PrivacyCopy.request_id == PrivacyRequest.id)
        .where(
            PrivacyRequest.customer_id == customer_id,
            PrivacyRequest.token == token,
            PrivacyRequest.state == RequestState.DONE,
            PrivacyRequest.due_at > at,
        )
    ).first()
    if row is None or not hmac.compare_digest(row.token.encode(), token.encode()):
        raise CopyGone
    return bytes(row.content)


def list_due(kind: RequestKind, state: RequestState, at: datetime) -> Sequence[int]:
    """Return the ids of requests whose time has come."""
    return db.session.scalars(
        select(PrivacyRequest.id)
        .where(PrivacyRequest.kind == kind, PrivacyRequest.state == state, PrivacyRequest.due_at <= at)
        .order_by(PrivacyRequest.due_at, PrivacyRequest.id)
    ).all()
