"""Migrations build exactly what the models say, on both databases, and can be undone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from storefront.database.base import db
from tests.conftest import POSTGRES, config_for, make_app


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def unbuilt_app(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[Flask]:
    """The application before its first migration."""
    if request.param == "sqlite":
        app = make_app(config_for(tmp_path))
        yield app
    else:
        name = f"shop_migrations_{worker_id}_{os.getpid()}"
        server = create_engine(POSTGRES.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        url = server.url.set(database=name).render_as_string(hide_password=False)
        app = make_app(config_for(tmp_path, DATABASE_URL=url))
        yield app
        with app.app_context():
            db.engine.dispose()
        with server.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        server.dispose()
    with app.app_context():
        db.engine.dispose()


def _ledger_is_guarded(connection: Connection) -> None:
    values = "(1, '2026-01-01 00:00:00', 'staff:1', 'x.y', 'x', '1', '{}')"
    connection.execute(
        text(f"INSERT INTO audit_entry (id, at, actor, action, object_kind, object_key, changes) VALUES {values}")
    )
    for statement in ("UPDATE audit_entry SET actor = 'staff:2'", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError, match="only ever added"), connection.begin_nested():
            connection.execute(text(statement))
    connection.rollback()


def test_migrations_build_what_the_models_say_and_can_be_undone(unbuilt_app: Flask) -> None:
    with unbuilt_app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, db.metadata) == []
            _ledger_is_guarded(connection)
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        db.session.remove()
