"""The only place that commits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from storefront.database.base import ShopSession, db
from storefront.database.engine import IMMEDIATE
from storefront.database.replica import IS_WRITING as _OPEN
from storefront.database.written import written

_AFTER = "after_commit"
_ONCE = "after_commit_once"
_HELD = "held_rows"
_TURN = threading.Lock()
"""SQLite has one writer at a time and lets the others knock until one is lucky; threads of a process stand in line."""
_PATIENCE = 30.0
"""Seconds after which a thread knocks anyway."""

Row = TypeVar("Row")


@contextmanager
def transaction() -> Iterator[Session]:
    """Run a block in one write transaction: committed at its end, rolled back on any exception.

    What was read before is read again inside, so nothing decides on stale rows. Nesting is refused: two commits are
    two transactions and should look like it.
    """
    session = cast(Session, db.session())
    if session.info.get(_OPEN):
        raise RuntimeError("a transaction is already open here")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made outside a transaction")
    session.commit()
    session.expire_all()
    is_next = db.engine.dialect.name == "sqlite" and _TURN.acquire(timeout=_PATIENCE)
    session.info[_OPEN] = True
    written.take()
    session.info[_AFTER] = []
    session.info[_ONCE] = set()
    session.info[_HELD] = {}
    try:
        session.connection(execution_options={IMMEDIATE: True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    else:
        callbacks = session.info[_AFTER]
    finally:
        session.info.pop(_OPEN, None)
        session.info.pop(_AFTER, None)
        session.info.pop(_ONCE, None)
        session.info.pop(_HELD, None)
        if is_next:
            _TURN.release()
    for callback in callbacks:
        callback()


def is_open() -> bool:
    """Say whether a write transaction is open, so that what is read may yet be rolled back."""
    return bool(db.session().info.get(_OPEN))


def after_commit(callback: Callable[[], object], *, once: Hashable | None = None) -> None:
    """Call `callback` once the open transaction has committed; never when it rolls back.

    Of those with the same `once` the first is called, and no other.
    """
    session = db.session()
    if not session.info.get(_OPEN):
        raise RuntimeError("no transaction is open")
    if once is not None:
        if once in session.info[_ONCE]:
            return
        session.info[_ONCE].add(once)
    session.info[_AFTER].append(callback)


def held(key: Hashable, lock: Callable[[], Row]) -> Row:
    """Return the row that `lock` reads and locks; the same row once more where this transaction holds it already.

    Nobody else can have changed it since. A rollback to a savepoint may have let go of it, so it is locked anew then.
    """
    rows: dict[Hashable, Any] | None = db.session().info.get(_HELD)
    if rows is None:
        return lock()
    if key not in rows:
        rows[key] = lock()
    return cast(Row, rows[key])


@event.listens_for(ShopSession, "after_soft_rollback")
def _let_go(session: Session, _ended: SessionTransaction) -> None:
    session.info.get(_HELD, {}).clear()
