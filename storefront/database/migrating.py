"""Flask-Migrate, set up when a command first asks for it: a web worker migrates nothing and need not carry Alembic.

A migration runs while the shop is open. An ALTER that waits for a lock makes everybody wait who comes after it, so on
PostgreSQL it waits `LOCK_SECONDS` and lets go; the migrations that were not done are then tried again. Of several
machines that migrate at once, one does and the others find it done.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError
from werkzeug.local import LocalProxy

from storefront.database.base import db

log = logging.getLogger(__name__)

LOCK_SECONDS = 3.0
"""How long a migration waits for a lock, and the shop with it."""
PAUSE = 5.0
"""Seconds at most until it is tried again."""
MOST_TRIES = 60
AGAIN = frozenset({"55P03", "40P01"})
"""SQLSTATEs of a lock that was not to be had in time, and of one that somebody else waited for crosswise."""
LOOK_EVERY = 1.0
"""Seconds between two looks whether another machine is done."""
_ONE_AT_A_TIME = 7_264_001


def patiently(run: Callable[[Connection], None]) -> None:
    """Run migrations on a connection that holds nobody up, again and again until they got every lock."""
    for tries in range(1, MOST_TRIES + 1):
        try:
            with db.engine.connect() as connection:
                _prepare(connection)
                try:
                    run(connection)
                finally:
                    _put_away(connection)
                return
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") not in AGAIN or tries == MOST_TRIES:
                raise
            log.warning("A migration got no lock within %s s; it lets others go first", LOCK_SECONDS)
            time.sleep(random.uniform(0.2, 1.0) * PAUSE)


def _prepare(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return
    connection.execute(text("SET statement_timeout = 0"))
    connection.execute(text("SET idle_in_transaction_session_timeout = 0"))
    connection.execute(text(f"SET lock_timeout = {int(LOCK_SECONDS * 1000)}"))
    connection.commit()
    _wait_for_turn(connection)


def _wait_for_turn(connection: Connection) -> None:
    """Wait for a machine that migrates, without a transaction: an index that it builds waits for every open one."""
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ONE_AT_A_TIME}):
        connection.commit()
        time.sleep(LOOK_EVERY)
    connection.commit()


def _put_away(connection: Connection) -> None:
    """Close it for good: neither its lock nor its settings are for whoever would get it next."""
    if connection.dialect.name == "postgresql":
        connection.invalidate()


class _Commands(click.Command):
    """What stands for `flask db` until it is called."""

    def __init__(self, app: Flask, directory: Path) -> None:
        super().__init__("db", help="Perform database migrations.")
        self._app, self._directory = app, directory

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        _set_up(self._app, self._directory)
        group: click.Group = import_module("flask_migrate.cli").db
        return group.make_context(info_name, args, parent, **extra)


def _set_up(app: Flask, directory: Path) -> object:
    """Let Flask-Migrate take the place of what stands for it."""
    extension = import_module("flask_migrate").Migrate()
    extension.init_app(app, db, directory=str(directory), render_as_batch=True)
    return app.extensions["migrate"]


def init_app(app: Flask, directory: Path) -> None:
    """Give the application `flask db`, and what `migrations/env.py` looks for."""
    app.extensions["migrate"] = LocalProxy(partial(_set_up, app, directory))
    app.cli.add_command(_Commands(app, directory))
