"""The one place where a request changes its state: by the table, with an event, and told."""

from __future__ import annotations

from datetime import datetime

from storefront.database.base import db
from storefront.kernel.events import publish
from storefront.returns.events import ReturnMoved
from storefront.returns.models import Return, ReturnEvent
from storefront.returns.states import TRANSITIONS, ReturnAction, ReturnState


def move(found: Return, action: ReturnAction | None, *, by: str, at: datetime, **facts: object) -> Return:
    """Let a request come to its next state; without an action it begins."""
    if action is not None:
        found.state = TRANSITIONS.next(ReturnState(found.state), action)
    told = {"failed": True, **facts} if action is ReturnAction.FAIL else facts
    db.session.add(ReturnEvent(return_id=found.id, state=found.state, actor=by, at=at, facts=dict(told)))
    db.session.flush()
    if action is not ReturnAction.FAIL:
        publish(ReturnMoved(found.id, found.number, str(found.state)))
    return found
