"""Two requests lock the same rows the other way round: the database lets one lose, and neither shopper sees it."""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask, request
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storefront.database.base import db
from storefront.database.transaction import transaction
from tests.conftest import make_app

pytestmark = pytest.mark.postgres
HEADERS = {"Sec-Fetch-Site": "same-origin"}


class Crossing:
    """A view that counts two rows up, in the order it is told, and waits between them for its opposite."""

    def __init__(self) -> None:
        self.both_hold_one = threading.Barrier(2)
        self.tries: Counter[str] = Counter()
        self.lock = threading.Lock()

    def answer(self, first: str, second: str) -> str:
        with self.lock:
            self.tries[first] += 1
        if "early" in request.args:
            with transaction():
                count("early")
        with transaction():
            count(first)
            if self.tries[first] == 1:
                self.both_hold_one.wait(timeout=10)
            count(second)
        return b" ".join(sent.read() for sent in request.files.getlist("proof")).decode()


def count(key: str) -> None:
    more = "ON CONFLICT (key) DO UPDATE SET value = to_jsonb((setting.value #>> '{}')::int + 1)"
    db.session.execute(
        text(f"INSERT INTO setting (key, value, updated_at) VALUES (:key, '1', now()) {more}"), {"key": key}
    )


def counted(app: Flask) -> dict[str, int]:
    with app.app_context():
        rows = db.session.execute(text("SELECT key, value FROM setting WHERE key IN ('a', 'b', 'early')"))
        return {row.key: int(row.value) for row in rows}


@pytest.fixture
def crossing(postgres_app: Flask) -> Iterator[tuple[Flask, Crossing]]:
    app, crossing = make_app(postgres_app.config["SHOP"]), Crossing()
    app.add_url_rule("/cross/<first>/<second>", view_func=crossing.answer, methods=["POST"])
    with app.app_context(), transaction():
        for key in ("a", "b", "early"):
            count(key)
    yield app, crossing
    with app.app_context():
        db.engine.dispose()


def meet(app: Flask, query: str = "") -> list[object]:
    """Send both at once; return the answers, or what was raised."""
    found: list[object] = []

    def send(path: str) -> None:
        try:
            form = {"proof": [(io.BytesIO(sent.encode()), "proof.txt") for sent in (path, "too")]}
            answer = app.test_client().post(f"/cross/{path}{query}", headers=HEADERS, data=form)
            found.append((answer.status_code, answer.text))
        except DBAPIError as error:
            found.append(error)

    threads = [threading.Thread(target=send, args=(path,)) for path in ("a/b", "b/a")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_the_loser_of_a_deadlock_is_run_again_with_what_was_sent(crossing: tuple[Flask, Crossing]) -> None:
    app, view = crossing
    assert set(meet(app)) == {(200, "a/b too"), (200, "b/a too")}
    assert sorted(view.tries.values()) == [1, 2]
    assert counted(app) == {"a": 3, "b": 3, "early": 1}


def test_what_has_committed_once_is_not_run_again(crossing: tuple[Flask, Crossing]) -> None:
    app, view = crossing
    found = meet(app, "?early=1")
    assert sorted(view.tries.values()) == [1, 1]
    assert sum(isinstance(each, DBAPIError) for each in found) == 1
    assert counted(app) == {"a": 2, "b": 2, "early": 3}
