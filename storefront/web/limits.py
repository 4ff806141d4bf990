"""How often one address may ask for what costs a write: counted in this process, over fixed spans of time."""

from __future__ import annotations

import threading
import time

MOST_KEYS = 10_000


class Limit:
    """At most `most` times in `seconds`, for each key. Safe to use from several threads."""

    def __init__(self, most: int, *, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._counts: dict[str, int] = {}
        self._until = 0.0
        self._lock = threading.Lock()

    def allows(self, key: str) -> bool:
        """Count one more, and say whether that is still few enough. Beyond MOST_KEYS, strangers wait."""
        with self._lock:
            moment = time.monotonic()
            if moment >= self._until:
                self._counts, self._until = {}, moment + self._seconds
            if key not in self._counts and len(self._counts) >= MOST_KEYS:
                return False
            self._counts[key] = self._counts.get(key, 0) + 1
            return self._counts[key] <= self._most

    def is_spent(self, key: str) -> bool:
        """Say whether the next one would be too many, without counting it."""
        with self._lock:
            return time.monotonic() < self._until and self._counts.get(key, 0) >= self._most
