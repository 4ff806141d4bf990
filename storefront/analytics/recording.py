"""The one way in: `record(event, ...)`. What happened waits in a buffer until the answer is sent."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from flask import current_app, has_request_context
from sqlalchemy import Connection

from storefront.analytics.events import Event
from storefront.analytics.writing import Noted, write
from storefront.database.apart import BUSY, write_apart
from storefront.kernel.clock import now
from storefront.shop.queries import get_settings
from storefront.web.afterwards import afterwards
from storefront.web.visitor import find_visitor, is_ahead, is_robot

log = logging.getLogger(__name__)

MOST_WAITING = 5_000
PAUSE = 5.0
"""How many seconds a database that could not be written to is left alone."""
_NAME = "analytics"
Waiting = TypeVar("Waiting")


class Buffer(Generic[Waiting]):
    """What waits to be written, in the order in which it happened. Any thread may put, one at a time writes.

    `write` stores a batch in one transaction.
    """

    def __init__(self, write: Callable[[Sequence[Waiting], Connection], None]) -> None:
        self._write_into = write
        self._waiting: deque[Waiting] = deque(maxlen=MOST_WAITING)
        self._writing = threading.Lock()
        self._not_before = 0.0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, noted: Waiting) -> None:
        """Let one more wait; when there are too many, the oldest is lost."""
        self._waiting.append(noted)

    def flush(self) -> None:
        """Write everything that waits. While another thread writes, leave it to that one: it looks again at the end."""
        while self._waiting and time.monotonic() >= self._not_before and self._writing.acquire(blocking=False):
            try:
                self._write()
            finally:
                self._writing.release()

    def _write(self) -> None:
        batch = []
        while self._waiting:
            batch.append(self._waiting.popleft())
        try:
            self._write_together(batch)
        except BUSY:
            log.warning("%d events wait for a database that is busy", len(batch), exc_info=True)
            self._not_before = time.monotonic() + PAUSE
            room = MOST_WAITING - len(self._waiting)
            self._waiting.extendleft(reversed(batch[len(batch) - min(room, len(batch)) :]))
        except Exception:
            log.exception("%d events could not be written together", len(batch))
            self._write_one_by_one(batch)

    def _write_together(self, batch: Sequence[Waiting]) -> None:
        with write_apart() as connection:
            self._write_into(batch, connection)

    def _write_one_by_one(self, batch: Sequence[Waiting]) -> None:
        """Write what can be written: one event that the database refuses takes no other with it."""
        for noted in batch:
            try:
                self._write_together([noted])
            except Exception:
                name = type(getattr(noted, "event", noted)).__name__
                log.warning("A %s could not be written and is lost", name, exc_info=True)


def _nobody() -> bool:
    return False


_leaves_out: Callable[[], bool] = _nobody


def leave_out(who: Callable[[], bool]) -> None:
    """Say who is not counted beside robots; accounts lie in a room above this one."""
    global _leaves_out  # noqa: PLW0603
    _leaves_out = who


def is_left_out() -> bool:
    """Say whether a robot or a member of staff is asking."""
    return is_robot() or _leaves_out()


def is_counted() -> bool:
    """Say whether what this request does is recorded: no robot, no member of staff, no page fetched ahead."""
    return not (is_ahead() or is_left_out())


def record(*events: Event) -> None:
    """Write down what happened: after the answer of this request, at once where there is none."""
    if not has_request_context():
        record_for("", *events)
    elif is_counted():
        _put(find_visitor(), events)
        afterwards(buffer_here().flush)


def record_for(visitor: str, *events: Event) -> None:
    """Write down at once what a visitor did; "" is nobody in particular."""
    _put(visitor, events)
    buffer_here().flush()


def today() -> date:
    """Return the day of the shop."""
    return _day(now())


def _put(visitor: str, events: Sequence[Event]) -> None:
    buffer, at = buffer_here(), now()
    for event in events:
        buffer.put(Noted(event, visitor or None, at, _day(at)))


def buffer_here() -> Buffer[Noted]:
    """Return the buffer of this application."""
    found: Buffer[Noted] = current_app.extensions.setdefault(_NAME, Buffer(_write_events))
    return found


def _write_events(batch: Sequence[Noted], connection: Connection) -> None:
    write(batch, connection)


def _day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(get_settings().timezone)).date()
