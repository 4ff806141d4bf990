"""What a process remembers of products, and how it learns that something changed.

A remembered value stays until its product, one of its variants or its stock is written to: every two seconds at most,
and right after any commit that this process makes or hears of, the store asks which products were touched and forgets
those. Bulk writes may leave `updated_at` alone, so everything is forgotten every ten minutes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime, timedelta

from storefront.database.replica import note_commit as replica_must_know
from storefront.database.replica import on_primary
from storefront.database.transaction import is_open
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept

CHECK_EVERY = 2.0
OVERLAP = timedelta(seconds=10)
"""A transaction may commit a while after the moment that it wrote into its rows."""
EVERYTHING_AFTER = 600.0
MOST_PRODUCTS = 20_000

Touched = Callable[[datetime], Iterable[tuple[int, Hashable]]]
"""A moment -> products of which a row, a variant or a stock level was written since, and how each is now."""


def _untouched(_since: datetime) -> Iterable[tuple[int, Hashable]]:
    return ()


_touched: Touched = _untouched


def bind(touched: Touched) -> None:
    """Say who knows which products were written to; stock lies in a room above this one."""
    global _touched  # noqa: PLW0603
    _touched = touched


class _Commits:
    """How many commits this process has made."""

    number = 0


_commits = _Commits()


class Store:
    """Values by product and key. Two threads may build the same value at once; the later one stays."""

    def __init__(self) -> None:
        self._values: dict[int, dict[Hashable, object]] = {}
        self.generation = object()
        """Another one after every change, to be compared by identity."""
        self._read_at = now()
        self._check_at = time.monotonic() + CHECK_EVERY
        self._seen = _commits.number
        self._known: set[tuple[int, Hashable]] = set()
        """What the last look found; it finds the same again while that is young."""
        self._checking = threading.Lock()

    def get(self, product_id: int, key: Hashable) -> object:
        """Return what is remembered, or None."""
        values = self._values.get(product_id)
        return values.get(key) if values else None

    def put(self, product_id: int, key: Hashable, value: object) -> None:
        """Remember a value, unless it may yet be rolled back; a store that is full starts anew."""
        if is_open():
            return
        if len(self._values) >= MOST_PRODUCTS and product_id not in self._values:
            self._values = {}
        self._values.setdefault(product_id, {})[key] = value

    def check(self) -> None:
        """Forget what was touched since the last look, if it is time to look."""
        seen = _commits.number
        if (time.monotonic() < self._check_at and seen == self._seen) or not self._checking.acquire(blocking=False):
            return
        try:
            since, self._read_at = self._read_at - OVERLAP, now()
            with on_primary():
                touched = set(_touched(since))
            fresh = touched - self._known
            for product_id, _state in fresh:
                self._values.pop(product_id, None)
            if fresh:
                self.generation = object()
                replica_must_know()
            self._known = touched
            self._seen, self._check_at = seen, time.monotonic() + CHECK_EVERY
        finally:
            self._checking.release()


_kept = Kept(Store, seconds=EVERYTHING_AFTER)
forget = _kept.forget


def remembered() -> Store:
    """Return this process's store with nothing in it that has changed since."""
    store = _kept.get()
    store.check()
    return store


def note_commit() -> None:
    """Something was written, here or elsewhere: look before the next answer."""
    _commits.number += 1
