"""The only place that commits."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from types import SimpleNamespace

import pytest
from flask import Flask

from storefront.database.base import db
from storefront.database.engine import BUSY_TIMEOUT
from storefront.database.transaction import after_commit, held, transaction
from storefront.kernel.clock import now
from storefront.shop.models import Setting


def _names() -> list[str]:
    return sorted(db.session.scalars(db.select(Setting.key)))


def test_a_block_is_kept_whole_or_not_at_all(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction() as session:
            session.add(Setting(key="kept", value=1, updated_at=now()))
        with pytest.raises(ZeroDivisionError), transaction() as session:
            session.add(Setting(key="lost", value=1, updated_at=now()))
            session.flush()
            1 / 0  # noqa: B018
        assert _names() == ["kept"]


def test_nesting_is_refused(app: Flask) -> None:
    with app.app_context(), transaction(), pytest.raises(RuntimeError, match="already open"), transaction():
        pass


def test_changes_outside_a_transaction_are_noticed(app: Flask) -> None:
    with app.app_context():
        db.session.add(Setting(key="loose", value=1, updated_at=now()))
        with pytest.raises(RuntimeError, match="outside a transaction"), transaction():
            pass


def test_what_follows_a_commit_runs_only_after_one(app: Flask) -> None:
    heard: list[str] = []
    with app.app_context():
        with pytest.raises(ZeroDivisionError), transaction():
            after_commit(lambda: heard.append("rolled back"))
            1 / 0  # noqa: B018
        with transaction():
            after_commit(lambda: heard.append("committed"))
            assert heard == []
        assert heard == ["committed"]
        with pytest.raises(RuntimeError):
            after_commit(lambda: None)


def test_stale_rows_are_read_again_inside(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction() as session:
            session.add(Setting(key="counter", value=1, updated_at=now()))
        row = db.session.get_one(Setting, "counter")
        assert row.value == 1

        def elsewhere() -> None:
            with any_app.app_context(), transaction() as other:
                other.get_one(Setting, "counter").value = 2

        thread = threading.Thread(target=elsewhere)
        db.session.commit()
        thread.start()
        thread.join()
        with transaction():
            assert row.value == 2


def test_many_writers_wait_for_each_other(any_app: Flask) -> None:
    with any_app.app_context(), transaction() as session:
        session.add(Setting(key="counter", value=0, updated_at=now()))
    failures: list[BaseException] = []

    def add_ten() -> None:
        for _ in range(10):
            try:
                with any_app.app_context(), transaction() as session:
                    query = db.select(Setting).where(Setting.key == "counter").with_for_update()
                    row = session.scalars(query).one()
                    row.value = row.value + 1
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=add_ten) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with any_app.app_context():
        assert db.session.get_one(Setting, "counter").value == 60


def test_another_process_is_waited_for_and_not_for_ever(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite_app.app_context():
        path = db.engine.url.database
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.2, other.execute, ["COMMIT"])
        timer.start()
        with sqlite_app.app_context(), transaction() as session:
            session.add(Setting(key="after", value=1, updated_at=now()))
        timer.join()
        other.execute("BEGIN IMMEDIATE")
        clock = iter(range(0, 1_000, 4))
        monkeypatch.setattr(
            "storefront.database.engine.time", SimpleNamespace(monotonic=lambda: next(clock), sleep=time.sleep)
        )
        with sqlite_app.app_context(), pytest.raises(sqlite3.OperationalError, match="locked"), transaction():
            pass
    with sqlite_app.app_context():
        assert _names() == ["after"]
        (patience,) = db.session.connection().exec_driver_sql("PRAGMA busy_timeout").one()
        assert patience == BUSY_TIMEOUT, "what a statement waits for is as it was"


def test_a_row_is_locked_once_in_a_transaction_and_again_after_a_rollback_to_a_savepoint(any_app: Flask) -> None:
    locks: list[int] = []

    def lock() -> Setting:
        locks.append(1)
        query = db.select(Setting).where(Setting.key == "row").with_for_update()
        return db.session.scalars(query.execution_options(populate_existing=True)).one()

    with any_app.app_context():
        with transaction() as session:
            session.add(Setting(key="row", value=1, updated_at=now()))
        with transaction() as session:
            row = held("row", lock)
            row.value = 2
            assert held("row", lock) is row
            assert len(locks) == 1
            savepoint = session.begin_nested()
            row.value = 3
            session.flush()
            savepoint.rollback()
            assert held("row", lock).value == 2
            assert len(locks) == 2
        with transaction():
            assert held("row", lock).value == 2
            assert len(locks) == 3, "another transaction holds nothing"
        held("row", lock)
        held("row", lock)
        assert len(locks) == 5, "outside of one nothing is held"
