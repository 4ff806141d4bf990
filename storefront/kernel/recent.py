"""The values that were asked for last: no more than so many, each under a key."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """What was put here, until too much was put after it that was asked for since. Threads may share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> Value | None:
        """Return the value under `key`, None if there is none."""
        value = self._values.get(key)
        if value is not None:
            with suppress(KeyError):  # another thread may just have dropped it
                self._values.move_to_end(key)
        return value

    def put(self, key: Hashable, value: Value) -> None:
        """Keep a value; the one that nobody asked for longest goes when there are too many."""
        self._values[key] = value
        with suppress(KeyError):
            self._values.move_to_end(key)
        while len(self._values) > self._most:
            with suppress(KeyError):
                self._values.popitem(last=False)
