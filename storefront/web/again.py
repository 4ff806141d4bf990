"""A request that lost a race in the database is run once more, and its sender notices nothing.

PostgreSQL ends one of two transactions that wait for each other (a deadlock), and one that cannot be put in order with
another. What that request had written is rolled back as a whole; the other one went through. So the view is run again
from the beginning, after a moment of random length, with the same form and files.

That is done only while nothing of the request has been committed: then its effects would happen twice. A request
commits once, so this is the usual case. Jobs are tried again by their queue.
"""

from __future__ import annotations

import logging
import random
import time
from typing import Any

from flask import Flask, current_app, g, has_request_context, request
from flask.globals import request_ctx
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from storefront.database.base import db
from storefront.database.transaction import is_open

log = logging.getLogger(__name__)

LOST = frozenset({"40P01", "40001"})
"""SQLSTATEs of a deadlock and of a failure to serialize."""
MOST_TRIES = 3
PAUSE = 0.05
"""Seconds to wait at most before the second try; twice that before the third."""


def has_lost(error: DBAPIError) -> bool:
    """Say whether the database chose this transaction as the loser of a race."""
    return getattr(error.orig, "sqlstate", None) in LOST


def _again(error: DBAPIError) -> Any:
    tries = g.get("_tries", 1)
    if not has_lost(error) or tries >= MOST_TRIES or g.get("_has_committed"):
        fault = current_app.error_handler_spec[None][None].get(Exception)
        if fault is None:
            raise error
        return fault(error)
    g._tries = tries + 1
    log.warning("%s lost a race in the database; try %s", request.endpoint, g._tries)
    db.session.rollback()
    db.session.expire_all()
    g.pop("_afterwards", None)
    request_ctx._after_request_functions.clear()
    for _, sent in request.files.items(multi=True):
        sent.stream.seek(0)
    time.sleep(random.uniform(0, PAUSE * tries))
    try:
        answer = current_app.dispatch_request()
    except Exception as next_error:
        answer = current_app.handle_user_exception(next_error)
    return current_app.make_response(answer)


def _note(_session: object) -> None:
    if has_request_context() and is_open():
        g._has_committed = True


def init_app(app: Flask) -> None:
    """Run lost requests again."""
    app.register_error_handler(DBAPIError, _again)
    if not event.contains(db.session, "after_commit", _note):
        event.listen(db.session, "after_commit", _note)
