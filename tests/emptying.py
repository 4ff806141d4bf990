"""Databases that one test after the other may scribble on: each finds them empty."""

from __future__ import annotations

import shutil
import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import cast

from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, text

from storefront.audit import guard
from storefront.audit.models import AuditEntry
from storefront.database.base import db

EMPTY = "empty.db"
_FRESH = "fresh database"


def empty_sqlite(app: Flask, folder: Path) -> None:
    """Delete what there is over a connection at hand: a new one reads the whole schema, and a new file waits for the
    disk, which takes longer than most tests. A file that was replaced, or whose tables were changed, is copied anew.
    """
    with app.app_context():
        db.session.remove()
        with db.engine.connect() as connection:
            is_ours = app.extensions.get(_FRESH) == _look_of(connection, folder)
            if is_ours:
                _delete_all(connection)
        if not is_ours:
            db.engine.dispose()
            for suffix in ("-wal", "-shm"):
                (folder / f"shop.db{suffix}").unlink(missing_ok=True)
            shutil.copy(folder / EMPTY, folder / "shop.db")
        with db.engine.connect() as connection:
            app.extensions[_FRESH] = _look_of(connection, folder)


def _look_of(connection: Connection, folder: Path) -> tuple[int, int]:
    """Return what changes with the file, and with its tables."""
    (version,) = _driver(connection).execute("PRAGMA schema_version").fetchone()
    return (folder / "shop.db").stat().st_ino, version


def _delete_all(connection: Connection) -> None:
    _driver(connection).execute("PRAGMA foreign_keys=OFF")  # everything goes, so no reference need be looked up
    filled = connection.scalars(text(_filled())).all()
    if AuditEntry.__tablename__ in filled:
        guard.lift(connection)
    for name in filled:
        connection.exec_driver_sql(f'DELETE FROM "{name}"')
    if AuditEntry.__tablename__ in filled:
        guard.put_up(connection)
    connection.commit()
    _driver(connection).execute("PRAGMA foreign_keys=ON")


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def sweeper_of(url: str) -> Engine:
    """Return an engine for `empty_postgres` alone.

    For a superuser no trigger objects and no reference is looked up, which row by row takes the square of many rows.
    Its connections begin so: to say it in between makes the server forget whatever it has planned.
    """
    engine = create_engine(url, pool_pre_ping=True)
    with engine.connect() as connection:
        if connection.scalar(text("SELECT current_setting('is_superuser') = 'off'")):
            return engine
    engine.dispose()
    return create_engine(url, pool_pre_ping=True, connect_args={"options": "-c session_replication_role=replica"})


def empty_postgres(sweeper: Engine) -> None:
    """Delete what there is, children first: to truncate each table takes a hundred times as long."""
    restart = "SELECT setval(format('%I', sequencename), 1, false) FROM pg_sequences"
    with sweeper.begin() as connection:
        for name in connection.scalars(text(_filled())).all():
            connection.execute(text(f'DELETE FROM "{name}"'))
        connection.execute(text(f"{restart} WHERE schemaname = 'public' AND last_value IS NOT NULL"))


@lru_cache(maxsize=1)
def _filled() -> str:
    """Return the query for the tables that hold anything, children first."""
    names = [table.name for table in reversed(db.metadata.sorted_tables)]
    return " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
