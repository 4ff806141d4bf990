"""How often something is bought again: by one customer, of an item, of a product type; and when it is due."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommend.columns import Codes, Floats
from recommend.interactions import Interactions

DAY = 86_400.0
USUAL_DAYS = 28.0
SAME_PURCHASE = 0.5
TRUST = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """The days between purchases. `item_every` is per item; the rest per customer and item, in order of `pair`.

    `pair` is user * items + item, ascending; `last` the day (since 1970, with its fraction) of the latest
    purchase, `every` the customer's interval, `times` how often it was bought.
    """

    item_every: Floats
    pair: NDArray[np.int64]
    last: NDArray[np.float64]
    every: Floats
    times: Codes

    def at(self, user: NDArray[np.integer], item: NDArray[np.integer]) -> NDArray[np.intp]:
        """Return the places of pairs that were bought."""
        return np.searchsorted(self.pair, user.astype(np.int64) * len(self.item_every) + item)


def intervals(history: Interactions, types: Codes) -> Intervals:
    """Measure the intervals of a history whose item codes index `types` (the product type of each item, -1 unknown).

    The estimate is the geometric mean of the gaps, drawn towards the next wider circle as if that had been seen
    TRUST times: the customer's towards the item's, the item's towards its type's, the type's towards that of all
    goods, that towards USUAL_DAYS. A gap under half a day is the same purchase.
    """
    n = len(types)
    known = history.user >= 0
    pair = history.user[known].astype(np.int64) * n + history.item[known]
    day = history.at[known].astype("datetime64[s]").astype(np.float64) / DAY
    order = np.lexsort((day, pair))
    pair, day = pair[order], day[order]
    pairs, starts = np.unique(pair, return_index=True)
    ends = np.r_[starts[1:], len(pair)]
    gap = np.diff(day)
    counted = (pair[1:] == pair[:-1]) & (gap >= SAME_PURCHASE)
    place = np.searchsorted(pairs, pair[1:][counted])
    length = np.log(gap[counted])
    of_pair = (pairs % n).astype(np.intp) if len(pairs) else np.zeros(0, np.intp)
    of_gap = of_pair[place]
    everything = (length.sum() + TRUST * np.log(USUAL_DAYS)) / (len(length) + TRUST)
    label = np.where(types >= 0, types, int(types.max(initial=-1)) + 1)
    by_type = _drawn(length, label[of_gap], np.full(int(label.max(initial=0)) + 1, everything))
    by_item = _drawn(length, of_gap, by_type[label] if n else np.zeros(0))
    by_pair = _drawn(length, place, by_item[of_pair])
    apart = np.bincount(place, minlength=len(pairs)) + 1
    return Intervals(
        item_every=np.exp(by_item).astype(np.float32),
        pair=pairs,
        last=day[ends - 1] if len(pairs) else np.zeros(0),
        every=np.exp(by_pair).astype(np.float32),
        times=apart.astype(np.int32),
    )


def _drawn(values: NDArray[np.float64], label: NDArray[np.integer], prior: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of every label's values, TRUST of the prior among them."""
    count = np.bincount(label, minlength=len(prior))
    total = np.bincount(label, weights=values, minlength=len(prior))
    return np.asarray((total + TRUST * prior) / (count + TRUST))
