"""Writes beside the session: a connection and a transaction of their own, for what must never disturb anybody's work.

What is written here is not told to those who watch the session's commits, and nobody waits long for a lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from storefront.database.base import db
from storefront.database.engine import BUSY_TIMEOUT, IMMEDIATE

PATIENCE = 500
"""How many milliseconds to wait for a lock."""
BUSY = (OperationalError, sqlite3.OperationalError)
"""What is raised where a database cannot be written to just now; trying again may help."""


@contextmanager
def write_apart() -> Iterator[Connection]:
    """Run a block in a write transaction of its own: committed at its end, rolled back on any exception."""
    with db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        driver: Any = connection.connection.driver_connection
        if is_sqlite:
            driver.execute(f"PRAGMA busy_timeout={PATIENCE}")
        try:
            connection.execution_options(**{IMMEDIATE: True})
            with connection.begin():
                if not is_sqlite:
                    connection.execute(text(f"SET LOCAL lock_timeout = {PATIENCE}"))
                yield connection
        finally:
            if is_sqlite:
                driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
