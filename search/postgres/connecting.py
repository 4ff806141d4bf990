"""Connections to PostgreSQL: a few, shared by the threads of a process, made anew when one was lost.

Whatever PostgreSQL answers but rows becomes an IndexProblem with a sentence, so that the shop can search its database
instead. After a server did not answer, it is left alone for `PAUSE` seconds: pages must not wait for it one by one.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg import errors, sql
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.postgres import types
from psycopg.pq import Format

from search.documents import IndexBroken, IndexMissing, IndexProblem

log = logging.getLogger(__name__)

CONNECT_SECONDS = 3
STATEMENT_SECONDS = 5
LOCK_SECONDS = 2
PAUSE = 2.0
MOST_IDLE = 4

Query = LiteralString | bytes | sql.SQL | sql.Composed
Rows = list[tuple[Any, ...]]
Connection = psycopg.Connection[tuple[Any, ...]]
Answer = TypeVar("Answer")


class _AsSent(Loader):
    """Leaves arrays of numbers as they were sent: numpy reads them (`terms.elements`)."""

    format = Format.BINARY

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


class Server:
    """One PostgreSQL database. Safe to share between threads, and to carry over a fork.

    Parameters
    ----------
    url : `postgresql://user:password@host:port/database?options`, as libpq takes it.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._idle: list[Connection] = []
        self._inherited: list[Connection] = []
        self._lock = threading.Lock()
        self._owner = os.getpid()
        self._away_until = 0.0
        self._away = ""
        weakref.finalize(self, _close_all, self._idle)

    def fetch(self, query: Query, parameters: Sequence[object] = (), *, binary: bool = False) -> Rows:
        """Return the rows of a reading statement, asked once more on a new connection when the first was lost.

        Raises IndexMissing where the tables or the namespace are not there, IndexBroken for a statement that was
        refused, IndexProblem when the server is away or too slow.
        """

        def ask(connection: Connection) -> Rows:
            return connection.execute(query, parameters, binary=binary).fetchall()

        try:
            return self._with_connection(ask)
        except psycopg.Error as error:
            raise problem_of(error) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a connection of its own and a transaction on it, without a time limit; commit, or undo on an error."""
        try:
            with self._connect() as connection, connection.transaction():
                connection.execute("SET LOCAL statement_timeout = 0")
                connection.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
                connection.execute("SET LOCAL maintenance_work_mem = '128MB'")
                yield connection
        except psycopg.Error as error:
            raise problem_of(error) from error

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            _close_all(self._idle)

    def _with_connection(self, ask: Callable[[Connection], Answer]) -> Answer:
        while True:
            connection, fresh = self._take()
            try:
                answer = ask(connection)
            except BaseException as error:
                lost = isinstance(error, psycopg.OperationalError) and connection.broken
                connection.close()
                if not lost or fresh:
                    raise
                self.close()
                continue
            self._give_back(connection)
            return answer

    def _take(self) -> tuple[Connection, bool]:
        """Return an idle connection, or a new one, and whether it is new."""
        with self._lock:
            if self._owner != os.getpid():
                self._inherited += self._idle
                self._idle.clear()
                self._owner = os.getpid()
            if self._idle:
                return self._idle.pop(), False
        return self._connect(), True

    def _give_back(self, connection: Connection) -> None:
        with self._lock:
            if len(self._idle) < MOST_IDLE and not connection.closed:
                self._idle.append(connection)
                return
        connection.close()

    def _connect(self) -> Connection:
        if time.monotonic() < self._away_until:
            raise psycopg.OperationalError(self._away)
        try:
            connection = psycopg.connect(
                self.url,
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                application_name="shop search",
                client_encoding="utf8",
            )
        except psycopg.OperationalError as error:
            self._away_until, self._away = time.monotonic() + PAUSE, str(error)
            raise
        for kind in ("int4", "float4"):
            connection.adapters.register_loader(types[kind].array_oid, _AsSent)
        connection.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'")
        connection.execute("SET jit = off")
        return connection


def _close_all(connections: list[Connection]) -> None:
    while connections:
        connections.pop().close()


def problem_of(error: psycopg.Error) -> IndexProblem:
    """Return what an error of PostgreSQL means for the index, in one sentence."""
    said = str(error).strip().partition("\n")[0]
    if isinstance(error, errors.UndefinedTable | errors.InvalidSchemaName):
        return IndexMissing(f"there is no search index in this PostgreSQL database ({said})")
    if isinstance(error, errors.QueryCanceled):
        return IndexProblem(f"PostgreSQL took longer than {STATEMENT_SECONDS} seconds")
    if isinstance(error, errors.LockNotAvailable):
        return IndexProblem(f"somebody else holds tables of the search index ({said})")
    if isinstance(error, psycopg.OperationalError):
        return IndexProblem(f"PostgreSQL does not answer ({said})")
    if isinstance(error, errors.InsufficientPrivilege):
        return IndexProblem(f"PostgreSQL does not let this user keep a search index ({said})")
    return IndexBroken(f"PostgreSQL refused to answer from the search index ({said})")
