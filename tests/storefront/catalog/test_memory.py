"""What a process remembers of products is forgotten in time, also where a look fails or finds very much."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from storefront.catalog import memory, stock_shown
from storefront.catalog.memory import OVERLAP, Restocked, Store, Write

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_what_a_failed_look_did_not_see_the_next_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[datetime] = []

    def written(since: datetime) -> Iterable[Write]:
        asked.append(since)
        if len(asked) == 1:
            raise ConnectionError
        return ()

    monkeypatch.setattr(memory._Bound, "written", staticmethod(written))
    with time_machine.travel(START, tick=False) as clock:
        store = Store()
        clock.shift(300)
        store._check_at = 0.0
        with pytest.raises(ConnectionError):
            store.check()
        for _ in range(2):
            clock.shift(30)
            store._check_at = 0.0
            store.check()
    assert asked == [START - OVERLAP, START - OVERLAP, START + timedelta(seconds=330) - OVERLAP]


def test_of_very_many_products_no_stock_is_compared() -> None:
    many = range(stock_shown.MOST_COMPARED + 1)
    found = stock_shown.find_restocked(lambda _ids: pytest.fail("their stock was read"), Store(), many)
    assert found == Restocked(many, many)
