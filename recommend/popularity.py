"""What sells: to everybody, within a category, and again and again to one customer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommend.columns import Codes, Floats
from recommend.interactions import Interactions
from recommend.matrix import decay, user_item

WINDOW_DAYS = 28
LONG_HALF_LIFE = 180.0


def popularity(history: Interactions, as_of: np.datetime64, window_days: float = WINDOW_DAYS) -> Floats:
    """Return for every item the baskets of the last `window_days`, shape (items,).

    A share of the faded sales of all time, always below half a basket, orders the items that the window does
    not tell apart, so a shop that was quiet for a month still knows what it used to sell.
    """
    n = len(history.items)
    recent = history.at >= as_of - np.timedelta64(round(window_days * 86_400), "s")
    in_window = np.bincount(history.item[recent], minlength=n).astype(np.float64)
    faded = np.bincount(history.item, weights=decay(history.at, as_of, LONG_HALF_LIFE), minlength=n)
    return np.asarray(in_window + 0.5 * faded / (1.0 + faded.max(initial=0.0)), np.float32)


def ranked(scores: Floats, longest: int | None = None) -> Codes:
    """Return the items that sold at all, best first, ties by code."""
    order = np.lexsort((np.arange(len(scores)), -scores)).astype(np.int32)
    return order[: int((scores > 0).sum())][:longest]


def ranked_by_label(scores: Floats, labels: Codes, count: int, longest: int) -> tuple[NDArray[np.int64], Codes]:
    """Return (starts, items): items[starts[l]:starts[l + 1]] are the items of label `l`, best first, at most `longest`.

    Items that never sold come last, so that a label with nothing but new goods still has a list.
    """
    order = np.lexsort((np.arange(len(scores)), -scores, labels)).astype(np.int32)
    order = order[labels[order] >= 0]
    sizes = np.bincount(labels[order], minlength=count)
    starts = np.r_[0, np.cumsum(sizes)]
    rank = np.arange(len(order)) - starts[labels[order]]
    kept = rank < longest
    return np.r_[0, np.cumsum(np.minimum(sizes, longest))].astype(np.int64), order[kept]


def personal_frequency(history: Interactions, as_of: np.datetime64, half_life_days: float = 60.0) -> csr_matrix:
    """Return (users x items): the sum over a customer's baskets with the item of 2^(-age / half-life)."""
    return user_item(history, decay(history.at, as_of, half_life_days))
