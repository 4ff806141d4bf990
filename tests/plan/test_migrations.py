"""Migrations build exactly what the models say, on both databases, keep what is there, and let an open shop be."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from storefront.config import ROOT
from storefront.database import migrating
from storefront.database.base import db
from storefront.jobs import queue
from storefront.kernel.kept import Kept
from storefront.shop.verifying import list_ledgers, verify
from tests.browser import Shopper
from tests.conftest import POSTGRES, config_for, make_app
from tests.storefront.checkout.desk import buy, open_shop

OLDEST = 24
"""The revision to which a shop with orders can be taken back with all that it has."""


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


@pytest.mark.long
def test_an_older_shop_keeps_everything_it_has(unbuilt_app: Flask) -> None:
    """A shop with orders is taken back as far as the models of its day reach, and forward again, a step at a time."""
    with unbuilt_app.app_context():
        upgrade()
        db.session.remove()
    queue.bind(unbuilt_app)
    open_shop(unbuilt_app, stock=20)
    buy(unbuilt_app)
    with unbuilt_app.app_context():
        before = _counted()
        assert {"order", "order_line", "payment", "product", "stock_movement", "outbox_mail"} <= set(before)
        revisions = _revisions()
        for revision in reversed(revisions[OLDEST - 1 : -1]):
            downgrade(revision=revision)
        older = set(inspect(db.engine).get_table_names())
        assert older < {*db.metadata.tables, "alembic_version"}, "it is older indeed"
        for revision in revisions[OLDEST:]:
            upgrade(revision=revision)
        after = _counted()
        lost = {name: count for name, count in before.items() if name in older and after.get(name, 0) < count}
        assert lost == {}
        db.session.remove()
        assert [finding for finding in verify(list_ledgers()) if finding.discrepancies] == []
        db.session.remove()
    assert "Lamp" in Shopper(unbuilt_app).get("/search?q=lamp").said
    buy(unbuilt_app)
    Kept.forget_all()


@pytest.mark.postgres
@pytest.mark.parametrize("unbuilt_app", ["postgres"], indirect=True)
def test_a_migration_waits_for_no_lock_while_the_shop_waits_for_it(
    unbuilt_app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(migrating, "LOCK_SECONDS", 0.2)
    monkeypatch.setattr(migrating, "PAUSE", 0.2)
    with unbuilt_app.app_context():
        upgrade(revision="0031")
        held, is_read = db.engine.connect(), threading.Event()
        held.execute(text("LOCK TABLE customer IN ROW EXCLUSIVE MODE"))
        engine = db.engine

    def shop_goes_on() -> None:
        time.sleep(0.3)
        with engine.connect() as connection:
            connection.execute(text("SET lock_timeout = '2s'"))
            connection.execute(text("UPDATE customer SET name = name"))
            connection.rollback()
        is_read.set()
        held.rollback()
        held.close()

    thread = threading.Thread(target=shop_goes_on)
    thread.start()
    with unbuilt_app.app_context(), caplog.at_level(logging.WARNING):
        upgrade(revision="0032")
        assert "ticket" in inspect(db.engine).get_table_names()
        db.session.remove()
    thread.join()
    assert is_read.is_set(), "a shopper's write went through while the migration tried"
    assert "got no lock" in caplog.text


def _counted() -> dict[str, int]:
    with db.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        counts = {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}
    return {name: count for name, count in counts.items() if count}


def _revisions() -> list[str]:
    return sorted(path.name[:4] for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))
