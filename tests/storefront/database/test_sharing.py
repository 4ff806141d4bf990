"""Work of many transactions lets others write in between."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask

from storefront.database import sharing
from storefront.database.sharing import LONGEST, PAUSE, Turns


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that goes on by `LONGEST` with every look, and sleeps that are noted."""
    looks, slept = iter(range(1_000)), list[float]()
    clock = SimpleNamespace(monotonic=lambda: next(looks) * LONGEST * 1.5, sleep=slept.append)
    monkeypatch.setattr(sharing, "time", clock)
    return slept


def test_after_a_while_others_get_their_turn_on_sqlite(app: Flask, slept: list[float]) -> None:
    with app.app_context():
        turns = Turns()
        turns.give()
        turns.give()
    assert slept == [PAUSE, PAUSE]


def test_who_has_only_begun_goes_on(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(monotonic=lambda: 0.0, sleep=lambda _seconds: pytest.fail("nobody waited long"))
    monkeypatch.setattr(sharing, "time", clock)
    with app.app_context():
        Turns().give()


@pytest.mark.postgres
def test_where_many_may_write_nobody_pauses(postgres_app: Flask, slept: list[float]) -> None:
    with postgres_app.app_context():
        Turns().give()
    assert slept == []
