"""Writes of dead letters: tried again, or dismissed; each once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from storefront.database.base import db
from storefront.jobs.errors import AlreadySettled, NotRetriable
from storefront.jobs.models import DeadLetter
from storefront.jobs.queue import JOBS, enqueue_after_commit
from storefront.jobs.states import LetterState
from storefront.kernel.errors import NotFound


def retry(*, letter_id: int, by: str, at: datetime) -> DeadLetter:
    """Queue a job that failed for good once more."""
    letter = _get(letter_id)
    task = JOBS.get(letter.job)
    if letter.payload is None or task is None:
        raise NotRetriable
    _settle(letter_id, LetterState.RETRIED, reason="", by=by, at=at)
    enqueue_after_commit(task, *letter.payload)
    return letter


def dismiss(*, letter_id: int, reason: str, by: str, at: datetime) -> DeadLetter:
    """Say that nothing more is to be done about a job that failed for good, and why."""
    letter = _get(letter_id)
    _settle(letter_id, LetterState.DISMISSED, reason=reason, by=by, at=at)
    return letter


def _get(letter_id: int) -> DeadLetter:
    found = db.session.get(DeadLetter, letter_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def _settle(letter_id: int, state: LetterState, *, reason: str, by: str, at: datetime) -> None:
    mine = (DeadLetter.id == letter_id, DeadLetter.state == LetterState.DEAD)
    values = {"state": state, "reason": reason[:255], "settled_by": by, "settled_at": at}
    settled = update(DeadLetter).where(*mine).values(values).execution_options(synchronize_session=False)
    if not db.session.execute(settled).rowcount:  # type: ignore[attr-defined]
        raise AlreadySettled
