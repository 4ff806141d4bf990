"""Reading from a replica: which requests may, and whether it knows enough just now.

A view marked `@from_replica` decides nothing: a request to it by somebody without an account, a cart or an order here
reads from the replica. Everything else reads from the primary: whoever is signed in or has a cart,
every write, every job.

The replica may be used when it has replayed everything that the primary had written when this process last asked, and
it asks again once `DATABASE_REPLICA_LAG` seconds have gone by, and at once after every commit that it makes or hears
of. So a page shows a price that was changed a moment ago, or is read from the primary until the replica knows it too.
What a process keeps for all its readers, price lists and settings among it, is always read from the primary; where that
turns out to be other than before, the replica must know it before a page is made of it. Where the replica fails, the
view is run once more on the primary, and nobody asks the replica for some seconds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from storefront.database.engine import engine_options, prepare
from storefront.databases import DatabaseSetup

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

NAME = "replica"
MISSING = object()
PAUSE = 10.0
"""Seconds after a failure in which nobody asks."""
AGAIN = 0.05
"""Seconds until one that was behind is asked again."""
IS_WRITING = "open_transaction"
"""What a session is marked with while a write transaction is open."""
ANYBODYS = frozenset({"visitor", "unit", "lang", "theme", "view", "deliver_to", "unwanted"})
"""Cookies that tell readers' tastes, and open nothing that they have written."""
_WRITTEN = text("SELECT CAST(pg_current_wal_lsn() AS text)")
_REPLAYED = text(
    "SELECT coalesce(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END"
    " >= CAST(:written AS pg_lsn), false)"
)
"""One that does not follow may be the primary itself, under another address; one that was promoted is left behind."""


class Standing:
    """What this process knows of the replica."""

    def __init__(self) -> None:
        self.commits = 0
        """Commits that this process has made or heard of."""
        self._asked = -1
        self._knows_enough = False
        self._next = 0.0
        self._is_gone = False

    def is_current(self, primary: Engine, replica: Engine, lag: float) -> bool:
        """Say whether the replica knows enough; asks it if it must."""
        moment = time.monotonic()
        if moment < self._next and (self._asked == self.commits or not self._knows_enough):
            return self._knows_enough
        seen = self.commits
        try:
            with primary.connect() as connection:
                written = connection.scalar(_WRITTEN)
            with replica.connect() as connection:
                self._knows_enough = bool(connection.scalar(_REPLAYED, {"written": written}))
        except DBAPIError as failure:
            self.note(failure)
            return False
        if self._is_gone:
            log.warning("The replica answers again")
            self._is_gone = False
        self._asked, self._next = seen, moment + (lag if self._knows_enough else AGAIN)
        return self._knows_enough

    def note(self, failure: Exception) -> None:
        """Ask nothing for a while. Said once in the log."""
        self._knows_enough, self._next = False, time.monotonic() + PAUSE
        if not self._is_gone:
            log.warning("The replica cannot be read; the primary answers (%s)", type(failure.__cause__ or failure))
        self._is_gone = True


standing = Standing()


def note_commit() -> None:
    """Something was written, here or elsewhere: what the replica must know is more than before."""
    standing.commits += 1
    if has_request_context() and "replica" in g:
        g.replica = None


@contextmanager
def on_primary() -> Iterator[None]:
    """Read a block from the primary, whoever asks."""
    aside = g.pop("replica", MISSING) if has_request_context() else MISSING
    try:
        yield
    finally:
        if aside is not MISSING:
            g.replica = aside


def from_replica(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Mark a view that may be read from the replica, for readers who are nobody in particular."""

    @wraps(view)
    def answer(**values: Any) -> Answer:
        if NAME not in current_app.extensions or not _is_stranger():
            return view(**values)
        session = current_app.extensions["sqlalchemy"].session
        g.replica = None
        try:
            return view(**values)
        except DBAPIError as failure:
            if not g.replica:
                raise
            standing.note(failure)
            session.rollback()
        finally:
            g.pop("replica")
        session.rollback()
        return view(**values)

    return answer


def _is_stranger() -> bool:
    """Say whether the reader has neither account nor cart nor order here, so that nothing on the page is theirs."""
    return request.method in {"GET", "HEAD"} and ANYBODYS.issuperset(request.cookies)


def replica_for(session: Any) -> Engine | None:
    """Return the engine of the replica if this request reads from it; asked once in a request, by its first query."""
    if "replica" not in g or session.info.get(IS_WRITING):
        return None
    if g.replica is None:
        primary, engine = current_app.extensions["sqlalchemy"].engine, current_app.extensions[NAME]
        lag = current_app.config["SHOP"].database.replica_lag
        g.replica = standing.is_current(primary, engine, lag) and engine
    return g.replica or None


def init_app(app: Flask, setup: DatabaseSetup) -> None:
    """Open the replica, if there is one."""
    if setup.replica_url:
        engine = app.extensions[NAME] = create_engine(setup.replica_url, **engine_options(setup.replica_url, setup))
        prepare(engine, setup)
