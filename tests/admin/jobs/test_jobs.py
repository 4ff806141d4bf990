"""What fails for good is seen in plain words, tried again or dismissed, and nobody's data stands there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin.jobs.words import WORDS
from storefront.accounts.permissions import Role
from storefront.audit.models import AuditEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.jobs import queries, queue, services
from storefront.jobs.errors import AlreadySettled, NotRetriable
from storefront.jobs.models import DeadLetter, JobRun
from storefront.jobs.queue import JOBS, SCHEDULE, Clock, note_run
from storefront.jobs.rules import masked, plain_words
from storefront.kernel.clock import now
from tests.admin.people import at_work

DONE: list[tuple[Any, ...]] = []
JOB = "storefront.mail.jobs.send_mail"


@pytest.fixture(autouse=True)
def _noted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(JOBS, JOB, lambda *args: DONE.append(args))
    yield
    DONE.clear()


def fail(app: Flask, count: int = 1, **values: Any) -> None:
    told = {
        "job": JOB,
        "arguments": ["7"],
        "payload": [7],
        "error": "SMTPServerDisconnected('ada@example.com')",
        "at": now(),
    }
    with app.app_context(), transaction() as session:
        session.add_all(DeadLetter(**{**told, **values}) for _ in range(count))


def test_what_failed_is_told_in_words_and_without_anybodys_data(app: Flask) -> None:
    fail(app, arguments=["ada@example.com", "+86 138 0013 8000"])
    page = at_work(app, Role.OPERATIONS).get("/admin/jobs")
    assert "Send a letter" in page.words("#jobs")
    assert "The mail server did not take a letter." in page.said
    assert "ada@example.com" not in page.text
    assert "0013" not in page.text
    assert page.all("button[value='retry']") == []
    with app.app_context():
        assert queries.count_dead() == 1


def test_chosen_ones_are_tried_again_and_others_dismissed_with_a_reason(app: Flask) -> None:
    fail(app, 2)
    fail(app, payload=None)
    staff = at_work(app)
    page = staff.submit(staff.get("/admin/jobs"), "form[data-list]", action="retry", row=["1", "3"])
    page = staff.submit(page, ".confirm-page")
    assert DONE == [(7,)]
    assert "1 row is done." in page.said
    assert "cannot be tried again from here" in page.said
    page = staff.submit(staff.get("/admin/jobs"), "form[data-list]", action="dismiss", row=["2", "3"])
    page = staff.submit(page, ".confirm-page", value="needless")
    assert "2 rows are done." in page.said
    assert "Nothing has failed" in staff.get("/admin/jobs").said
    assert "It is no longer needed" in staff.get("/admin/jobs?state=dismissed").said
    with app.app_context():
        assert queries.count_dead() == 0
        told = {row.action: row.changes for row in db.session.scalars(select(AuditEntry))}
        assert told["job.dismiss"]["reason"] == [None, "needless"]
        assert told["job.retry"]["state"] == ["dead", "retried"]


def test_of_two_who_deal_with_one_the_second_is_told(any_app: Flask) -> None:
    fail(any_app)
    fail(any_app, job="long.gone")
    with any_app.app_context():
        with transaction():
            services.retry(letter_id=1, by="staff:1", at=now())
        for deed in (services.retry, services.dismiss):
            more = {"reason": "x"} if deed is services.dismiss else {}
            with pytest.raises(AlreadySettled), transaction():
                deed(letter_id=1, by="staff:2", at=now(), **more)
        with pytest.raises(NotRetriable), transaction():
            services.retry(letter_id=2, by="staff:2", at=now())


def test_the_schedule_tells_last_time_next_time_and_what_went_wrong(any_app: Flask) -> None:
    name = "storefront.discovery.jobs.train_nightly"
    at = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
    with any_app.app_context():
        note_run(name, started_at=at, error=None, at=at)
        later = at + timedelta(days=1)
        note_run(name, started_at=later, error=TimeoutError("slow"), at=later)
        row = db.session.get(JobRun, name)
        assert row is not None
        assert (row.finished_at, row.failed_at) == (at, later)
        first = queries.planned(later)[0]
        assert (first.job, first.has_failed) == (name, True)
        assert first.next_at == datetime(2026, 5, 6, 2, 20, tzinfo=UTC)
        note_run(name, started_at=later + timedelta(days=1), error=None, at=later + timedelta(days=1))
        db.session.rollback()  # what was read before is what one goes on reading
        assert not any(each.has_failed for each in queries.planned(later))
    page = at_work(any_app).get("/admin/jobs")
    assert "Train the recommender" in page.said


def test_a_queue_that_does_not_answer_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue.huey, "pending", lambda *_: 1 / 0)
    assert "The queue does not answer." in at_work(app).get("/admin/jobs").said


def test_every_job_says_what_it_does(app: Flask) -> None:
    ours = {name for name in {*JOBS, *SCHEDULE} if not name.startswith("tests.")}
    assert ours == set(WORDS)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("OperationalError('locked')", "The database was busy"),
        ("ReadTimeout(...)", "did not answer in time"),
        ("ConnectionRefusedError(111)", "could not be reached"),
        ("ValueError('x')", "nobody foresaw"),
    ],
)
def test_faults_have_words(error: str, says: str) -> None:
    assert says in plain_words(error)
    assert masked("to ada@example.com, 13800138000, order A-17") == "to …@…, …, order A-17"
    assert Clock("*/5", "*").next_after(datetime(2026, 1, 1, 0, 3, 30, tzinfo=UTC)).minute == 5
