"""How the shop talks to its database: pragmas for SQLite, timeouts for PostgreSQL, BEGIN under our control."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, event

from storefront.databases import DatabaseSetup

IMMEDIATE = "immediate_write"
BUSY_TIMEOUT = 10_000
"""How many milliseconds SQLite waits for another writer."""
KNOCK = 0.001
"""Seconds between two tries to become the one writer of SQLite."""
SPARE = 5
"""Connections beyond the pool, for moments when a request's work overlaps with what is left for after it."""

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_SNAPSHOT, sqlite3.SQLITE_BUSY_RECOVERY}
_DETAIL = re.compile(r"\nDETAIL:.*?(?=\n[A-Z]+:|\Z)", re.DOTALL)

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT}",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-32000",
    "PRAGMA mmap_size=268435456",
    "PRAGMA wal_autocheckpoint=4000",
)


LOCK_TIMEOUT = 10
"""Seconds that a statement waits for a lock; whoever holds one that long is stuck."""
IDLE_TIMEOUT = 60
"""Seconds that a transaction on behalf of a request may rest: its process hangs, and holds locks."""
KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""A server that vanished without a word is noticed in a minute at most, and in half of one in the midst of a query."""


class _Process:
    """What this process does: it answers requests once it has begun to, and does jobs or commands until then."""

    answers = False


def note_request() -> None:
    """Somebody waits for this process from now on: connections that it opens have little patience."""
    _Process.answers = True


def engine_options(url: str, setup: DatabaseSetup) -> dict[str, Any]:
    """Return `create_engine` options for a database URL; what people typed stays out of error messages.

    The connection that was used last is taken first: what one writes makes the pages that others hold worthless to
    SQLite, so that two which take turns read everything again.
    """
    always = {"hide_parameters": True, "pool_use_lifo": True}
    if url.startswith("sqlite"):
        return {**always, "connect_args": {"timeout": 10}}
    return {
        **always,
        "pool_size": setup.pool,
        "max_overflow": SPARE,
        "pool_timeout": 10,
        "pool_pre_ping": True,
        "pool_recycle": 1800,
        "connect_args": {"connect_timeout": 5, **KEEPALIVES},
    }


def server_settings(setup: DatabaseSetup) -> dict[str, str]:
    """Return what a new connection of this process asks of the server."""
    patience = setup.timeout if _Process.answers else setup.job_timeout
    idle = IDLE_TIMEOUT if _Process.answers else setup.job_timeout
    options = {
        "statement_timeout": patience,
        "lock_timeout": LOCK_TIMEOUT,
        "idle_in_transaction_session_timeout": idle,
    }
    return {
        "options": " ".join(f"-c {name}={seconds * 1000}" for name, seconds in options.items()),
        "application_name": f"shop {'web' if _Process.answers else 'jobs'} {os.getpid()}",
    }


def prepare(engine: Engine, setup: DatabaseSetup) -> None:
    """Install the connection set-up that `engine`'s database needs."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "do_connect", partial(_set_up_postgres, setup))
        event.listen(engine, "handle_error", _hide_rows)


def _set_up_postgres(setup: DatabaseSetup, _dialect: object, _record: object, _args: object, wanted: Any) -> None:
    given = wanted.get("options", "")
    wanted.update(server_settings(setup))
    wanted["options"] = f"{wanted['options']} {given}".strip()


def _hide_rows(context: ExceptionContext) -> None:
    """Take the row that PostgreSQL shows out of an error's words: it is somebody's, and words go into the log."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (_DETAIL.sub("", str(error.args[0])), *error.args[1:])


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    if connection.get_execution_options().get(IMMEDIATE):
        _begin_writing(driver)
    else:
        driver.execute("BEGIN")


def _begin_writing(driver: Any) -> None:
    """Begin as the only writer, as soon as the one before has ended.

    SQLite itself knocks at growing intervals of up to a tenth of a second, for transactions of a few milliseconds: most
    of the time nobody writes then, though everybody wants to.
    """
    (patience,) = driver.execute("PRAGMA busy_timeout").fetchone()
    give_up_at = time.monotonic() + patience / 1000
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as refusal:
                if refusal.sqlite_errorcode not in _BUSY or time.monotonic() > give_up_at:
                    raise
                time.sleep(KNOCK)
    finally:
        driver.execute(f"PRAGMA busy_timeout={patience}")
