"""How often somebody may do what costs the shop something, counted over spans of time.

A limit with a name is counted on the shared Redis, for all processes and machines together: one key for each span,
INCR and PEXPIRE in one script, so that no count outlives its span. Keys are hashes: no address of anybody lies there.
Where there is no Redis, or it does not answer, and for a limit without a name, each process counts for itself.

The library `limits` would count as well; what matters here, little patience and a count of one's own while Redis is
gone, would have had to be built around it.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from hashlib import blake2s
from typing import Any

from redis import Redis

from storefront.shared.store import shared

MOST_KEYS = 10_000
_COUNT = """
local count = redis.call("INCR", KEYS[1])
if count == 1 then redis.call("PEXPIRE", KEYS[1], ARGV[1]) end
return count
"""


class Limit:
    """At most `most` times in `seconds`, for each key. Safe to use from several threads."""

    def __init__(self, most: int, *, seconds: float, name: str = "") -> None:
        self._most, self._seconds, self._name = most, seconds, name
        self._here = _Counts(seconds)

    def allows(self, key: str) -> bool:
        """Count one more, and say whether that is still few enough."""
        count = self._ask(lambda redis: redis.eval(_COUNT, 1, self._key(key), round(self._seconds * 1000)))
        return (self._here.add(key) if count is None else count) <= self._most

    def is_spent(self, key: str) -> bool:
        """Say whether the next one would be too many, without counting it."""
        count = self._ask(lambda redis: redis.get(self._key(key)) or 0)
        return (self._here.look(key) if count is None else count) >= self._most

    def _ask(self, question: Callable[[Redis], Any]) -> int | None:
        answer = shared().ask(question) if self._name else None
        return None if answer is None else int(answer)

    def _key(self, key: str) -> str:
        return f"shop:limit:{self._name}:{blake2s(key.encode(), digest_size=12).hexdigest()}"


class _Counts:
    """Counts of this process, over fixed spans. Beyond MOST_KEYS, strangers wait."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._counts: dict[str, int] = {}
        self._until = 0.0
        self._lock = threading.Lock()

    def add(self, key: str) -> float:
        """Count one more and return the sum."""
        with self._lock:
            moment = time.monotonic()
            if moment >= self._until:
                self._counts, self._until = {}, moment + self._seconds
            if key not in self._counts and len(self._counts) >= MOST_KEYS:
                return math.inf
            self._counts[key] = self._counts.get(key, 0) + 1
            return self._counts[key]

    def look(self, key: str) -> int:
        """Return the sum."""
        with self._lock:
            return self._counts.get(key, 0) if time.monotonic() < self._until else 0
