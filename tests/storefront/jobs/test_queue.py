"""Jobs run after the commit, are tried again, and leave a dead letter when they cannot be done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from huey import Huey, crontab

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.jobs import queue
from storefront.jobs.models import DeadLetter
from tests.conftest import REDIS, config_for

DONE: list[str] = []


@queue.job(retries=0)
def _note(text: str) -> None:
    DONE.append(text)


@queue.job(retries=0)
def _break(text: str) -> None:
    raise ValueError(f"cannot do {text}")


@pytest.fixture(autouse=True)
def _nothing_done() -> Iterator[None]:
    DONE.clear()
    yield
    DONE.clear()


def test_a_job_is_queued_by_the_commit_and_not_before(app: Flask) -> None:
    with app.app_context(), transaction():
        queue.enqueue_after_commit(_note, "mail")
        assert DONE == []
    assert DONE == ["mail"]


def test_a_rolled_back_fact_has_no_job(app: Flask) -> None:
    with app.app_context(), pytest.raises(ZeroDivisionError), transaction():
        queue.enqueue_after_commit(_note, "mail")
        1 / 0  # noqa: B018
    assert DONE == []


def test_a_job_that_fails_for_good_leaves_a_dead_letter(app: Flask) -> None:
    with app.app_context():
        with transaction():
            queue.enqueue_after_commit(_break, "this")
        letter = db.session.scalars(db.select(DeadLetter)).one()
        assert letter.job.endswith("_break")
        assert letter.arguments == ["this"]
        assert "cannot do this" in letter.error


def test_a_queue_that_is_down_does_not_fail_the_shopper(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def down(*_: object) -> None:
        raise ConnectionError("no queue")

    with app.app_context(), transaction():
        queue.enqueue_after_commit(down, 1)
    assert "periodic sweep" in caplog.text


def _round_trip(huey: Huey) -> None:
    @huey.task()
    def add(a: int, b: int) -> int:
        return a + b

    huey.flush()
    add(2, 3)
    assert huey.pending_count() == 1
    assert huey.execute(huey.dequeue()) == 5
    assert huey.result_count() == 0, "what nobody reads would pile up"
    huey.flush()
    huey.storage.close() if hasattr(huey.storage, "close") else None


def test_the_queue_works_on_a_file(tmp_path: Path) -> None:
    huey = queue.make_queue(config_for(tmp_path))
    _round_trip(huey)
    assert huey.storage.conn.execute("PRAGMA synchronous").fetchone() == (1,), "a job waits for no disk"
    assert (tmp_path / "jobs.db").exists()


@pytest.mark.redis
def test_the_queue_works_on_redis(tmp_path: Path) -> None:
    huey = queue.make_queue(config_for(tmp_path, REDIS_URL=REDIS))
    _round_trip(huey)


@pytest.mark.redis
def test_redis_is_where_the_jobs_are(tmp_path: Path) -> None:
    assert type(queue.make_queue(config_for(tmp_path, REDIS_URL=REDIS)).storage).__name__ == "RedisStorage"


@pytest.mark.redis
def test_of_two_workers_one_keeps_the_clock(tmp_path: Path) -> None:
    for address in (REDIS, ""):
        workers = [queue.make_queue(config_for(tmp_path, REDIS_URL=address)) for _ in range(2)]
        for huey in workers:
            huey.periodic_task(crontab(minute="*"), name="tick")(lambda: None)
        workers[0].flush()
        noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
        for minute in range(12):
            moment = noon + timedelta(minutes=minute)
            assert sorted(len(huey.read_periodic(moment)) for huey in workers) == [0, 1]
            assert workers[1].read_periodic(moment + timedelta(seconds=30)) == []
        assert workers[0].result_count() <= queue.FORGOTTEN_AFTER
        workers[0].flush()
        for huey in workers:
            huey.storage.close() if hasattr(huey.storage, "close") else None
