"""What a process remembers of products, and how it learns that something changed.

A remembered value stays until its product or one of its variants is written to, or lists show its stock otherwise than
before: every two seconds at most, and right after any commit to their tables that this process makes or hears of, the
store asks what was written and forgets that. Of a thousand pieces one may be sold and no list looks different; only the
product's own page is another (`is_written`). Bulk writes may leave `updated_at` alone, so everything is forgotten every
ten minutes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Hashable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

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
TABLES = frozenset({"product", "variant", "stock_level"})
"""Those of which a `Write` may be a row: what is written to no other can change what is remembered."""


class Write(NamedTuple):
    """A row that was written: of which product, when, and how it is now. A stock level names its warehouse, 0 is none.

    What was written twice in one moment is told from how it was between.
    """

    product_id: int
    at: datetime
    variant_id: int
    warehouse_id: int
    state: int


Written = Callable[[datetime], Iterable[Write]]
"""A moment -> the rows of products, variants and stock levels that were written since."""


class Restocked(NamedTuple):
    """Products of which stock is shown otherwise than before: on their own pages, and in lists."""

    alone: Collection[int]
    listed: Collection[int]


Shown = Callable[["Store", Collection[int]], Restocked]
"""Products of which stock was written -> those where somebody could see it."""


def _nothing(_since: datetime) -> Iterable[Write]:
    return ()


def _all(_store: Store, product_ids: Collection[int]) -> Restocked:
    return Restocked(product_ids, product_ids)


class _Bound:
    """Who knows what was written; stock lies in a room above this one."""

    written: Written = staticmethod(_nothing)
    shown: Shown = staticmethod(_all)


def bind(*, written: Written, shown: Shown) -> None:
    """Say who knows what was written, and who what of it can be seen."""
    _Bound.written, _Bound.shown = staticmethod(written), staticmethod(shown)


class _Commits:
    """How many commits there were that a store has to look for."""

    number = 0


_commits = _Commits()


class Store:
    """Values by product and key. Two threads may build the same value at once; the later one stays."""

    def __init__(self) -> None:
        self._values: dict[int, dict[Hashable, object]] = {}
        self.generation = object()
        """Another one after every change that lists show, to be compared by identity."""
        self.writes = 0
        """How many looks found something written."""
        self._written: dict[int, int] = {}
        self._last: frozenset[Write] = frozenset()
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

    def is_written(self, product_id: int, *, since: int) -> bool:
        """Say whether the page of a product has changed since there were so many `writes`."""
        return self._written.get(product_id, 0) > since

    def check(self) -> None:
        """Forget what was written since the last look, if it is time to look."""
        seen = _commits.number
        if (time.monotonic() < self._check_at and seen == self._seen) or not self._checking.acquire(blocking=False):
            return
        try:
            moment = now()
            with on_primary():
                written = frozenset(_Bound.written(self._read_at - OVERLAP))
                if fresh := written - self._last:
                    self._forget(fresh)
                    replica_must_know()
            self._last, self._read_at = written, moment
            self._seen, self._check_at = seen, time.monotonic() + CHECK_EVERY
        finally:
            self._checking.release()

    def _forget(self, fresh: Collection[Write]) -> None:
        """Forget what these writes changed; those of the overlap were seen before."""
        changed = {write.product_id for write in fresh if not write.warehouse_id}
        stock = {write.product_id for write in fresh} - changed
        restocked = _Bound.shown(self, stock) if stock else Restocked((), ())
        self.writes += 1
        self._written.update(dict.fromkeys((*changed, *restocked.alone), self.writes))
        changed.update(restocked.listed)
        for product_id in changed:
            self._values.pop(product_id, None)
        if changed:
            self.generation = object()


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
