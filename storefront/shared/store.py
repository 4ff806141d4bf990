"""The Redis that processes share, for questions that can be answered without it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

PATIENCE = 0.1
"""Seconds to wait for a connection, and for an answer."""
PAUSE = 5.0
"""Seconds after a failure in which nobody asks."""


class Store:
    """A Redis that may be gone, or, without an address, that there is none of."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = connect(url, patience=PATIENCE) if url else None
        self._closed_until = 0.0
        self._is_gone = False

    @property
    def is_closed(self) -> bool:
        """Say whether it failed a moment ago, so that asking would only cost time."""
        return time.monotonic() < self._closed_until

    def ask(self, question: Callable[[Redis], Answer]) -> Answer | None:
        """Return the answer; None where there is no Redis, or none that answers now."""
        if self._client is None or self.is_closed:
            return None
        try:
            answer = question(self._client)
        except (RedisError, OSError) as failure:
            self.note(failure)
            return None
        if self._is_gone:
            log.warning("Redis answers again")
            self._is_gone = False
        return answer

    def note(self, failure: Exception) -> None:
        """Ask nothing for a while. Said once in the log."""
        self._closed_until = time.monotonic() + PAUSE
        if not self._is_gone:
            log.warning("Redis does not answer (%s); each process counts for itself meanwhile", failure)
        self._is_gone = True


def connect(url: str, *, patience: float) -> Redis:
    """Return a client that tries a second time, at once, where a connection that it had is gone."""
    return Redis.from_url(
        url, socket_timeout=patience, socket_connect_timeout=patience, retry=Retry(NoBackoff(), 1), protocol=2
    )


class _Bound:
    store = Store("")


def bind(url: str) -> None:
    """Use the Redis at `url`, or none."""
    if url != _Bound.store.url:
        _Bound.store = Store(url)


def shared() -> Store:
    """Return the Redis of this shop."""
    return _Bound.store
