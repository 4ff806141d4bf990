"""Pure decisions about payments: when to ask again, how a refund is spread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

MOST_TRIES = 10
LONGEST_WAIT = timedelta(hours=6)
ASKED_FOR = timedelta(days=3)
"""How long after it began a provider is asked about an attempt that has no outcome."""


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failed tries: 1, 2, 4, ... minutes, at most six hours."""
    return min(timedelta(minutes=2 ** min(max(attempts - 1, 0), 16)), LONGEST_WAIT)


def gives_up(attempts: int) -> bool:
    """Say whether a person has to look after so many failed tries."""
    return attempts >= MOST_TRIES


def next_ask(*, created_at: datetime, at: datetime, first: timedelta) -> datetime | None:
    """Return when to ask a provider next about an attempt: `first` after it began, then at twice its age each time.

    After three days nobody pays any more, and it is None.
    """
    age = max(at - created_at, timedelta())
    wanted = created_at + first if age < first else at + min(age, LONGEST_WAIT)
    return wanted if wanted <= created_at + ASKED_FOR else None


def spread(amount: int, available: Sequence[int]) -> list[int]:
    """Take `amount` minor units from what is `available`, the first one first; raise ValueError where it is too little.

    What comes out has one part for each that is available, and the parts sum to `amount`.
    """
    if amount <= 0 or min(available, default=0) < 0:
        raise ValueError("a refund is of more than nothing, from what is not below zero")
    parts = []
    for each in available:
        part = min(amount, each)
        parts.append(part)
        amount -= part
    if amount:
        raise ValueError("more than there is")
    return parts
