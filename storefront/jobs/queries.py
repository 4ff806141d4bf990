"""Reads of the queue: what waits, what runs when, and what failed for good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from storefront.database.base import db
from storefront.jobs.models import DeadLetter, JobRun
from storefront.jobs.queue import SCHEDULE, huey
from storefront.jobs.states import LetterState

MOST_NAMED = 1_000
"""Of so many waiting jobs the names are read; beyond that they are only counted."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the queue holds: how many jobs wait, how many wait for a moment, and how many there are of each name."""

    queued: int
    delayed: int
    names: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Planned:
    """A periodic job: when it last ran and will next; what went wrong, where the last time failed."""

    job: str
    started_at: datetime | None
    next_at: datetime
    failed_at: datetime | None
    error: str

    @property
    def has_failed(self) -> bool:
        """Say whether the last time failed."""
        return self.failed_at is not None and self.started_at is not None and self.failed_at >= self.started_at


def count_dead() -> int:
    """Return how many jobs failed for good and wait for somebody."""
    dead = select(func.count(DeadLetter.id)).where(DeadLetter.state == LetterState.DEAD)
    return db.session.scalar(dead) or 0


def letters() -> Select[*tuple[Any, ...]]:
    """Return the statement of the dead letters, in no order."""
    return select(
        DeadLetter.id,
        DeadLetter.job,
        DeadLetter.arguments,
        DeadLetter.payload,
        DeadLetter.error,
        DeadLetter.at,
        DeadLetter.state,
        DeadLetter.settled_at,
        DeadLetter.settled_by,
        DeadLetter.reason,
    )


def waiting() -> Waiting:
    """Return what the queue holds."""
    tasks = huey.pending(MOST_NAMED)
    names = Counter(f"{type(task).__module__}.{type(task).__name__}" for task in tasks)
    return Waiting(huey.pending_count(), huey.scheduled_count(), names.most_common())


def planned(at: datetime) -> list[Planned]:
    """Return the periodic jobs, those that failed the last time first, then the next to run."""
    rows = db.session.execute(select(JobRun.job, JobRun.started_at, JobRun.failed_at, JobRun.error))
    runs = {run.job: run for run in rows}
    found = []
    for name, clock in SCHEDULE.items():
        run = runs.get(name)
        past = (run.started_at, run.failed_at, run.error) if run else (None, None, "")
        found.append(Planned(name, past[0], clock.next_after(at), past[1], past[2]))
    return sorted(found, key=lambda each: (not each.has_failed, each.next_at, each.job))
