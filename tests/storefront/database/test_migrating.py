"""Migrations of several machines at once, and what one that was interrupted leaves behind."""

from __future__ import annotations

import runpy
import threading
import time

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from psycopg.errors import DeadlockDetected, UndefinedTable
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from storefront.config import ROOT
from storefront.database import migrating
from storefront.database.base import db

LOOKS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_try_advisory_lock%' AND pid <> pg_backend_pid()"
)
VALID = text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_order_to_send'::regclass")


@pytest.mark.postgres
def test_an_index_is_built_over_an_unfinished_one_while_another_machine_waits(
    postgres_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "LOOK_EVERY", 0.02)
    migration = runpy.run_path(str(ROOT / "migrations" / "versions" / "0033_few_of_many.py"))
    done: list[str] = []

    def wait() -> None:
        with postgres_app.app_context():
            migrating.patiently(lambda _connection: done.append("second"))

    other = threading.Thread(target=wait)

    def build(connection: Connection) -> None:
        other.start()
        for _ in range(200):
            if connection.scalar(LOOKS):
                break
            time.sleep(0.02)
        connection.commit()
        with Operations.context(MigrationContext.configure(connection)):
            migration["upgrade"]()
        done.append("first")

    with postgres_app.app_context():
        with db.engine.begin() as connection:  # as an interrupted CREATE INDEX CONCURRENTLY leaves it
            connection.execute(
                text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_order_to_send'::regclass")
            )
        migrating.patiently(build)
        other.join()
        with db.engine.connect() as connection:
            assert connection.scalar(VALID)
    assert done == ["first", "second"]


def test_the_loser_of_a_deadlock_tries_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "PAUSE", 0.0)
    failures: list[Exception] = [DeadlockDetected(), UndefinedTable()]

    def run(_connection: Connection) -> None:
        raise OperationalError("CREATE INDEX", {}, failures.pop(0))

    with app.app_context(), pytest.raises(OperationalError):
        migrating.patiently(run)
    assert failures == []
