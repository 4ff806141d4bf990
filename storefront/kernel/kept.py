"""A value that a process keeps for a while because reading it each time would cost more than being a little late."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import ClassVar, Generic, TypeVar
from weakref import WeakSet

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """What `read` returned, at most `seconds` old. A value that was read again and is equal stays the same object, so
    that what was made from it can tell by identity.

    Two threads may read at once after it has grown old; both get a fresh value and the later one is kept.
    """

    _every: ClassVar[WeakSet[Kept[object]]] = WeakSet()
    on_forget: ClassVar[Callable[[], None]] = lambda: None
    """Called when a room drops a value because it was written anew: other processes keep it too."""
    reading: ClassVar[Callable[[], AbstractContextManager[object]]] = nullcontext
    """What reads are done within: they are to be read where writes go."""
    on_change: ClassVar[Callable[[], None]] = lambda: None
    """Called when a value turns out to be another than before."""

    def __init__(self, read: Callable[[], Value], *, seconds: float) -> None:
        self._read, self._seconds = read, seconds
        self._held: tuple[float, Value] | None = None
        Kept._every.add(self)  # type: ignore[arg-type]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was read yet, or what was read has been dropped."""
        return self._held is None

    @property
    def last(self) -> Value | None:
        """What was read last, however old; None if nothing is kept. Nothing is read."""
        held = self._held
        return None if held is None else held[1]

    def get(self) -> Value:
        """Return the kept value, read anew when it is too old."""
        held, moment = self._held, time.monotonic()
        if held is None or moment - held[0] > self._seconds:
            with Kept.reading():
                value = self._read()
            if held is not None and held[1] == value:
                value = held[1]
            else:
                Kept.on_change()
            held = self._held = (moment, value)
        return held[1]

    def forget(self) -> None:
        """Drop the value, so that the next `get` reads what was just written."""
        self._held = None
        Kept.on_forget()

    @classmethod
    def forget_all(cls) -> None:
        """Drop every kept value of this process."""
        for kept in list(cls._every):
            kept._held = None

    @classmethod
    def age_all(cls, seconds: float) -> None:
        """Have everything that is kept for at most `seconds` read anew when it is next asked for."""
        for kept in list(cls._every):
            held = kept._held
            if held is not None and kept._seconds <= seconds:
                kept._held = (-math.inf, held[1])
