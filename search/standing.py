"""What is counted beside facets, out of live columns: prices, stock, promotion, rating."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from search.documents import LiveColumns
from search.results import PriceBucket, PriceRange

MOST_BUCKETS = 6
_SAMPLE = 500
_STARS = 5
_ENDS = tuple(step * 10**power for power in range(19) for step in (1, 2, 5))
"""Everything that `_round` returns for a price, ascending."""
_BANDS = len(_ENDS) + 1


def price_range(prices: NDArray[np.int64] | NDArray[np.int32], standing: Standing | None = None) -> PriceRange | None:
    """Return the ends of `prices` (minor units) and at most six buckets with round ends, or None for no prices.

    Inner ends are the quantiles at equal shares (of every n-th price, when there are thousands), rounded to 1, 2 or 5
    times a power of ten, so each bucket is worth a click. What `standing` says of the same documents saves counting.
    """
    size = int(prices.size)
    if not size:
        return None
    step = max(1, size // _SAMPLE)
    sample = np.sort(prices[::step])
    lowest, highest = (int(end) for end in ((sample[0], sample[-1]) if step == 1 else (prices.min(), prices.max())))
    quantiles = sample[np.arange(1, MOST_BUCKETS) * sample.size // MOST_BUCKETS].tolist()
    inner = sorted({rounded for value in quantiles if lowest < (rounded := _round(value)) <= highest})
    if not inner:
        return PriceRange(lowest, highest, (PriceBucket(lowest, None, size),))
    if step == 1:
        counted = sample.searchsorted(inner).tolist()
    elif standing and standing.by_price is not None:
        counted = standing.by_price[[bisect_left(_ENDS, end) for end in inner]].tolist()
    else:
        counted = [int(np.count_nonzero(prices < end)) for end in inner]
    ends = zip([0, *inner], [*inner, None], pairwise([0, *counted, size]), strict=True)
    return PriceRange(lowest, highest, tuple(PriceBucket(low, high, more - less) for low, high, (less, more) in ends))


@dataclass(frozen=True, slots=True)
class Standing:
    """How many documents are in stock, on promotion, and rated (n stars or more) for n = 4, 3, 2, 1."""

    in_stock: int
    on_promotion: int
    ratings: tuple[tuple[int, int], ...]
    by_price: NDArray[np.int64] | None
    """How many of many documents cost less than the first, the second, ... of the round prices."""


def standings(live: LiveColumns) -> NDArray[np.uint16]:
    """Return (documents,) what stock, promotion, rating and price say of each, in one number that `standing` counts."""
    bands = np.searchsorted(np.array(_ENDS, np.int64), live.price_minor, side="right").astype(np.uint16)
    stars = np.clip(np.floor(live.rating), 0, _STARS - 1).astype(np.uint16)
    return np.asarray((bands * _STARS + stars) * 4 + live.on_promotion * np.uint16(2) + live.in_stock, np.uint16)


def standing(column: NDArray[np.uint16]) -> Standing:
    """Count what `standings` gave some documents; prices only of many, few are counted as soon without."""
    by_price, size = None, _STARS * 4
    if column.size < 2 * _SAMPLE:
        each = np.bincount(column % np.uint16(size), minlength=size).tolist()
    else:
        counts = np.bincount(column, minlength=_BANDS * size).reshape(_BANDS, size)
        each, by_price = counts.sum(axis=0).tolist(), counts.sum(axis=1).cumsum()
    stars = [sum(each[least * 4 :]) for least in range(1, _STARS)]
    in_stock, on_promotion = sum(each[1::2]), sum(each[2::4]) + sum(each[3::4])
    return Standing(
        in_stock, on_promotion, tuple(zip(range(_STARS - 1, 0, -1), reversed(stars), strict=True)), by_price
    )


@lru_cache(maxsize=4096)
def _round(value: int) -> int:
    """Return the nearest of 1, 2, 5 times a power of ten, by ratio."""
    if value < 1:
        return 0
    power: int = 10 ** (len(str(value)) - 1)
    return min((step * power for step in (1, 2, 5, 10)), key=lambda end: max(end / value, value / end))
