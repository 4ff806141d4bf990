"""Counts that all processes share, and each process's own while Redis is gone."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest

from storefront.shared import store
from storefront.web.limits import Limit
from tests.redis_server import RedisServer


@pytest.fixture
def bound(redis_server: RedisServer) -> Iterator[RedisServer]:
    """The shop's Redis."""
    store.bind(redis_server.url)
    yield redis_server
    store.bind("")


def two_processes(most: int = 3) -> tuple[Limit, Limit]:
    """Return a limit as two processes have it: nothing in memory is shared."""
    return Limit(most, seconds=60, name="knocks"), Limit(most, seconds=60, name="knocks")


@pytest.mark.redis
def test_processes_count_together_each_limit_for_itself(bound: RedisServer) -> None:
    one, other = two_processes()
    assert [one.allows("anna"), other.allows("anna"), one.allows("anna"), other.allows("anna")] == [True] * 3 + [False]
    assert one.is_spent("anna")
    assert not other.is_spent("ben")
    assert Limit(3, seconds=60, name="rings").allows("anna")
    shared = store.shared().ask(lambda redis: list(redis.scan_iter("*")))
    assert shared, "it is counted there"
    assert not any(b"anna" in key for key in shared), "by nobody's name"


@pytest.mark.redis
def test_a_span_ends(bound: RedisServer) -> None:
    limit = Limit(1, seconds=0.2, name="short")
    assert [limit.allows("anna"), limit.allows("anna")] == [True, False]
    time.sleep(0.3)
    assert limit.allows("anna")


@pytest.mark.redis
@pytest.mark.parametrize("fault", ["stop", "freeze"])
def test_a_redis_that_is_gone_costs_one_request_a_moment_and_is_logged_once(
    bound: RedisServer, fault: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    one, other = two_processes()
    assert one.allows("anna")
    getattr(bound, fault)()
    with caplog.at_level(logging.WARNING):
        assert [one.allows("anna") for _ in range(4)] == [True, True, True, False], "it counts for itself"
        assert other.allows("anna"), "and so does the other"
    assert caplog.text.count("Redis does not answer") == 1
    store.shared().ask(asked.append)
    assert asked == [], "nobody knocks at a door that is closed"

    bound.stop()
    bound.start()
    monkeypatch.setattr(store.shared(), "_closed_until", 0.0)
    assert [one.allows("ben"), other.allows("ben"), one.allows("ben"), other.allows("ben")] == [True] * 3 + [False]


def test_without_redis_or_a_name_each_process_counts_for_itself() -> None:
    limit = Limit(2, seconds=60)
    assert [limit.allows("anna"), limit.allows("anna"), limit.allows("anna")] == [True, True, False]
    assert limit.is_spent("anna")
    assert not limit.is_spent("ben")
