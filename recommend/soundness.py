"""Whether tables can be served at all, and whether they are suspiciously poorer than those that are served now."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime

import numpy as np

from recommend.artifacts import Artefact, Tables
from recommend.columns import UNKNOWN, instant
from recommend.interactions import Interactions
from recommend.matrix import basket_item
from recommend.neighbours import Neighbours

UNBOUNDED = frozenset({"cart_numbers"})
"""Where infinity has a meaning: a split of a tree that everything passes."""

SHELVES = ("home", "discover", "cart", "together", "similar")
ENOUGH_BASKETS = 5
LEAST_LINES = 10_000
MOST_LONELY = 0.01
LEAST_COVERAGE = 0.5
ROWS = 0.3


def unsound(tables: Tables) -> tuple[str, ...]:
    """Say what no tables may be: empty, holding a value that is no number, pointing nowhere, silent to a customer."""
    found = []
    n = len(tables.item_ids)
    if not len(tables.popular):
        found.append("no item has sold at all")
    for entry in fields(tables):
        values = getattr(tables, entry.name)
        if values.dtype.kind == "f" and entry.name not in UNBOUNDED and not bool(np.isfinite(values).all()):
            found.append(f"{entry.name} holds a value that is no number")
        named = entry.name.endswith(("_items", "_because")) or entry.name == "popular"
        if named and values.size and (int(values.min()) < UNKNOWN or int(values.max()) >= n):
            found.append(f"{entry.name} points at an item that does not exist")
    strangers = int((tables.home_items[:, 0] < 0).sum()) if tables.home_items.size else 0
    if strangers:
        found.append(f"{strangers} customers have an empty home list")
    return tuple(found)


def lonely(tables: Tables, past: Interactions) -> tuple[str, ...]:
    """Items that sell in company must have cart neighbours; what sells alone has the best sellers to fall back on."""
    ones = basket_item(past)
    company = np.diff(ones.indptr) > 1
    names = past.items.ids[ones[company].getnnz(axis=0) >= ENOUGH_BASKETS]
    if not len(names):
        return ()
    counts = Neighbours(tables.cart_items, tables.cart_scores).counts
    missing = float((counts[np.searchsorted(tables.item_ids, names)] == 0).mean())
    return (f"cart: {missing:.1%} of the items that sell have no neighbours",) if missing > MOST_LONELY else ()


def shrunken(tables: Tables, past: Interactions, as_of: datetime | date, incumbent: Artefact) -> tuple[str, ...]:
    """Say where tables are much poorer than the incumbent's, or learnt from suspiciously fewer or more lines.

    Lines may be 30 % fewer or more than the incumbent's, more in proportion to a longer window; shops of under
    LEAST_LINES grow by leaps, and a training for an earlier day says nothing.
    """
    found = []
    before = incumbent.manifest
    lines, earlier = len(past), before.counts.get("lines", 0)
    if earlier >= LEAST_LINES and instant(_moment(before.as_of)) <= instant(as_of):
        longer = _days(past.at.min(), past.at.max()) / _days(*(np.datetime64(day) for day in before.window))
        if not (1 - ROWS) * earlier <= lines <= (1 + ROWS) * earlier * max(1.0, longer):
            found.append(f"{lines} lines where the incumbent learnt from {earlier}")
    for surface in SHELVES:
        mine, theirs = (_breadth(getattr(one, f"{surface}_items")) for one in (tables, incumbent.tables))
        if mine < LEAST_COVERAGE * theirs:
            found.append(f"{surface}: {mine} different items where the incumbent has {theirs}")
    return tuple(found)


def _breadth(listed: np.ndarray) -> int:
    """Return how many different items a table names."""
    return len(np.unique(listed[listed >= 0]))


def _days(first: np.datetime64, last: np.datetime64) -> float:
    return max(1.0, float((last - first) / np.timedelta64(1, "D")))


def _moment(text: str) -> datetime | date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
