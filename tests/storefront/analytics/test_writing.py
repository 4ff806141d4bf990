"""Writing never gets in anybody's way: failures, busy databases and many threads."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storefront.analytics import recording
from storefront.analytics.events import AddedToCart, GoodsBought, ResultClicked, ResultsShown, SearchMade, Sold
from storefront.analytics.jobs import forget_old_events
from storefront.analytics.recording import MOST_WAITING, buffer_here, record, record_for
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.shop.services import change_settings
from tests.browser import Shopper
from tests.storefront.analytics.reading import additions, click, clicks, orders, purchases, search_of, searches, shown

VISITOR = "v" * 22


def made(number: int, words: str = "tea") -> SearchMade:
    return SearchMade(search=f"{number:016}", text=words, language="en", total=2)


def at_once(*jobs: Callable[[], None]) -> None:
    start = threading.Barrier(len(jobs))
    faults: list[BaseException] = []

    def run(job: Callable[[], None]) -> None:
        start.wait()
        try:
            job()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_a_writer_that_fails_is_logged_and_never_shown(
    searched: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(recording, "write", fail)
    shopper = Shopper(searched.app)
    search = search_of(shopper.get("/search?q=tea"))
    assert click(shopper, search, searched.ids["white"]).status == 204
    assert shopper.post("/cart/lines", {"sku": "WHITE-1"}).status == 303
    assert "the disk is on fire" in caplog.text
    monkeypatch.undo()
    shopper.get("/search?q=tea")
    assert len(searches(searched.app)) == 1


def test_a_busy_database_gets_the_events_later(
    searched: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write, shopper = recording.write, Shopper(searched.app)

    def busy(*_: object) -> None:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr(recording, "write", busy)
    search = search_of(shopper.get("/search?q=tea"))
    click(shopper, search, searched.ids["white"])
    assert caplog.text.count("wait for a database that is busy") == 1, "it is left alone for a while"
    monkeypatch.setattr(recording, "write", write)
    monkeypatch.setattr(recording, "PAUSE", 0.0)
    with searched.app.app_context():
        assert len(buffer_here()) == 3
        buffer_here()._not_before = 0.0
    shopper.get("/search?q=cup")
    assert [row.words for row in searches(searched.app)] == ["tea", "cup"]
    assert len(clicks(searched.app)) == 1


def test_a_shopper_who_writes_is_not_disturbed(searched: SimpleNamespace) -> None:
    """Somebody holds the write lock for longer than anybody waits for it: the answer has been sent before."""
    shopper = Shopper(searched.app)
    with searched.app.app_context(), transaction():
        db.session.execute(text("UPDATE product SET popularity = popularity"))
        response = shopper.client.get("/search?q=tea", headers={"Sec-Fetch-Site": "same-origin"})
        assert response.status_code == 200
        assert b"White tea" in response.get_data()
        response.close()
    with searched.app.app_context():
        buffer_here()._not_before = 0.0
        buffer_here().flush()
        assert len(buffer_here()) == 0
    assert len(searches(searched.app)) == 1


def test_one_event_that_is_refused_takes_no_other_with_it(
    searched: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    with searched.app.app_context():
        for event in (made(1), made(1), made(2), ResultsShown(f"{2:016}", (7, 8)), ResultClicked(f"{2:016}", 8)):
            recording._put(VISITOR, (event,))
        buffer_here().flush()
        assert len(buffer_here()) == 0
    assert [row.id for row in searches(searched.app)] == [f"{1:016}", f"{2:016}"]
    assert [row.rank for row in clicks(searched.app)] == [2]
    assert "A SearchMade could not be written and is lost" in caplog.text


def test_only_so_much_waits(searched: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    with searched.app.app_context():
        monkeypatch.setattr(buffer_here(), "_not_before", float("inf"))
        for number in range(MOST_WAITING + 10):
            record(made(number))
        assert len(buffer_here()) == MOST_WAITING
        buffer_here()._waiting.clear()


def test_many_threads_lose_nothing_and_count_nothing_twice(searched: SimpleNamespace) -> None:
    app, ids, each = searched.app, tuple(searched.ids.values()), 25

    def search(worker: int) -> None:
        for number in range(each):
            with app.app_context():
                search = made(worker * 1_000 + number)
                record_for(f"{worker:022}", search, ResultsShown(search.search, ids))
                record_for(f"{worker:022}", ResultClicked(search.search, ids[number % 3]))

    at_once(*(lambda worker=worker: search(worker) for worker in range(8)))
    rows = searches(app)
    assert len(rows) == len(shown(app)) == 8 * each
    assert sum(row.clicks for row in rows) == len(clicks(app)) == 8 * 3, "each visitor opened three products"
    with app.app_context():
        assert len(buffer_here()) == 0


def test_the_same_click_from_many_threads_counts_once(searched: SimpleNamespace) -> None:
    def go() -> None:
        with searched.app.app_context():
            record_for(VISITOR, ResultClicked(f"{1:016}", 8))

    with searched.app.app_context():
        record_for(VISITOR, made(1), ResultsShown(f"{1:016}", (7, 8)))
    at_once(*(go for _ in range(8)))
    assert [(row.clicks, row.ranks) for row in searches(searched.app)] == [(1, 2)]


def test_requests_from_many_threads_are_all_recorded(searched: SimpleNamespace) -> None:
    def go() -> None:
        shopper = Shopper(searched.app)
        for query in ("tea", "cup", "white tea"):
            search = search_of(shopper.get(f"/search?q={query}"))
            click(shopper, search, searched.ids["white"])

    at_once(*(go for _ in range(4)))
    rows = searches(searched.app)
    assert len(rows) == 12
    assert len({row.visitor for row in rows}) == 4
    assert len(clicks(searched.app)) == 8


def test_what_is_old_goes_with_everything_that_belongs_to_it(searched: SimpleNamespace) -> None:
    with searched.app.app_context():
        with transaction():
            change_settings(values={"analytics_keep_days": 30}, at=now())
        for days in (31, 30, 0):
            with time_machine.travel(now() - timedelta(days=days), tick=False):
                search = made(days)
                record_for(VISITOR, search, ResultsShown(search.search, (7,)), ResultClicked(search.search, 7))
                record_for(VISITOR, AddedToCart(7, 1), GoodsBought(f"N{days}", (Sold(7, 1, 100),)))
        assert forget_old_events.call_local() == 1
    kept = {f"{30:016}", f"{0:016}"}
    assert {row.id for row in searches(searched.app)} == {row.search_id for row in shown(searched.app)} == kept
    assert {row.order_number for row in orders(searched.app)} == {"N30", "N0"}
    for rows in (clicks(searched.app), additions(searched.app), purchases(searched.app)):
        assert {row.search_id for row in rows} == kept


@pytest.mark.parametrize("days", [1, 10**9])
def test_any_number_of_days_may_be_kept(searched: SimpleNamespace, days: int) -> None:
    with searched.app.app_context():
        with transaction():
            change_settings(values={"analytics_keep_days": days}, at=now())
        record_for(VISITOR, made(1))
        assert forget_old_events.call_local() == 0


def test_nothing_is_recorded_for_nobody(any_app: Flask) -> None:
    with any_app.app_context():
        record_for("", AddedToCart(7, 1), GoodsBought("N1", (Sold(7, 1, 100),)), ResultClicked("a" * 16, 7))
    assert additions(any_app) == purchases(any_app) == clicks(any_app) == []
