"""When a letter is tried again."""

from __future__ import annotations

from datetime import timedelta

MOST_TRIES = 8
LONGEST_WAIT = timedelta(hours=6)


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failed tries: 1, 2, 4, ... minutes, at most six hours."""
    return min(timedelta(minutes=2 ** min(max(attempts - 1, 0), 16)), LONGEST_WAIT)


def gives_up(attempts: int, *, permanent: bool) -> bool:
    """Say whether a letter is left unsent after so many failed tries."""
    return permanent or attempts >= MOST_TRIES
