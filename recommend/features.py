"""What the past says of a customer and an item together: the columns that the repurchase ranker learns from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommend.columns import Codes
from recommend.interactions import Interactions
from recommend.popularity import popularity
from recommend.repurchase import DAY, Intervals, intervals

NEVER_DAYS = 999.0
"""Stands for "not yet" where days are asked for: trees put it beyond every real age."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Customers and items to be judged, one pair a row, with what the taste models say of each."""

    user: Codes
    item: Codes
    taste: Doubles
    discovery: Doubles


class Past:
    """A history before a moment, summed up per pair, customer, item and product type."""

    def __init__(self, history: Interactions, types: Codes, as_of: np.datetime64) -> None:
        known = history.user >= 0
        self.items = len(types)
        self.types = np.where(types >= 0, types, int(types.max(initial=-1)) + 1).astype(np.int64)
        self.kinds = int(self.types.max(initial=0)) + 1
        self.day = float(as_of.astype("datetime64[s]").astype(np.int64)) / DAY
        self.pace: Intervals = intervals(history, types)
        self.user = history.user[known].astype(np.int64)
        self.item = history.item[known].astype(np.int64)
        self.at = history.at[known].astype("datetime64[s]").astype(np.float64) / DAY
        self.rank = _order_rank(self.user, history.basket[known].astype(np.int64), self.at)
        self.users = len(history.users)
        self._types_of_users = np.unique(self.user * self.kinds + self.types[self.item], return_inverse=True)
        self._history, self._as_of = history, as_of
        self._facts_of_items: tuple[Doubles, ...] = ()

    def columns(self, asked: Pairs) -> NDArray[np.float32]:
        """Return one row of features per candidate, in the order of NAMES."""
        found = [*self._of_pairs(asked), *self._of_types(asked), *self._of_users(asked), *self._of_items(asked)]
        return np.stack([*found, asked.taste, asked.discovery], axis=1).astype(np.float32)

    def _of_pairs(self, asked: Pairs) -> list[Doubles]:
        pairs, n = self.pace.pair, len(self.pace.pair)
        place = np.searchsorted(pairs, self.user * self.items + self.item)
        age = self.day - self.at
        first = np.full(n, np.inf)
        np.minimum.at(first, place, self.at)
        columns = [
            *(np.bincount(place, weights=np.exp2(-age / half), minlength=n) for half in (15.0, 60.0, 180.0)),
            np.bincount(place, minlength=n).astype(np.float64),
            np.bincount(place, weights=self.rank < 3, minlength=n),
            np.bincount(place, weights=self.rank < 10, minlength=n),
        ]
        wanted = asked.user.astype(np.int64) * self.items + asked.item
        at = np.minimum(np.searchsorted(pairs, wanted), max(n - 1, 0))
        here = pairs[at] == wanted if n else np.zeros(len(wanted), bool)

        def read(column: NDArray[Any], missing: float = 0.0) -> Doubles:
            return np.where(here, column[at], missing) if n else np.full(len(wanted), missing)

        since = read(self.day - self.pace.last, NEVER_DAYS)
        every = np.where(here, read(self.pace.every), self.pace.item_every[asked.item])
        tenure = read(self.day - first, NEVER_DAYS)
        orders = self._orders_since_first(first, place)
        return [*(read(column) for column in columns), since, every, since / every, tenure, read(orders)]

    def _orders_since_first(self, first: Doubles, place: NDArray[np.intp]) -> Doubles:
        """Return for every pair the share of the customer's orders since the first with the item that held it."""
        n = len(first)
        rank_of_first = np.zeros(n)
        np.maximum.at(rank_of_first, place, self.rank.astype(np.float64))
        return np.bincount(place, minlength=n) / (rank_of_first + 1.0)

    def _of_types(self, asked: Pairs) -> list[Doubles]:
        """Pairs of customer and type that there are have a place: those that could be are hundreds of millions."""
        keys, place = self._types_of_users
        wanted = asked.user.astype(np.int64) * self.kinds + self.types[asked.item]
        at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
        here = keys[at] == wanted if len(keys) else np.zeros(len(wanted), bool)
        faded = np.bincount(place, weights=np.exp2(-(self.day - self.at) / 60.0), minlength=len(keys))
        last = np.full(len(keys), -np.inf)
        np.maximum.at(last, place, self.at)
        lines = np.bincount(place, minlength=len(keys))

        def read(column: NDArray[Any], missing: float = 0.0) -> Doubles:
            return np.where(here, column[at], missing) if len(keys) else np.full(len(wanted), missing)

        of_user = np.bincount(self.user, minlength=self.users)
        return [
            read(faded),
            np.minimum(self.day - read(last, -np.inf), NEVER_DAYS),
            read(lines) / np.maximum(of_user[asked.user], 1),
        ]

    def _of_users(self, asked: Pairs) -> list[Doubles]:
        lines = np.bincount(self.user, minlength=self.users)
        orders = np.zeros(self.users)
        np.maximum.at(orders, self.user, self.rank + 1.0)
        last, first = np.full(self.users, -NEVER_DAYS), np.full(self.users, self.day)
        np.maximum.at(last, self.user, self.at)
        np.minimum.at(first, self.user, self.at)
        between = np.where(orders > 0, last - first, 0.0) / np.maximum(orders - 1, 1)
        quiet = np.minimum(self.day - last, NEVER_DAYS)
        columns = (orders, lines / np.maximum(orders, 1), between, quiet)
        return [column[asked.user] for column in columns]

    def _item_columns(self) -> tuple[Doubles, ...]:
        recent = popularity(self._history, self._as_of).astype(np.float64)
        longer = popularity(self._history, self._as_of, 120.0).astype(np.float64)
        of_pair = self.pace.pair % max(self.items, 1)
        buyers = np.bincount(of_pair, minlength=self.items)
        again = np.bincount(of_pair, weights=self.pace.times > 1, minlength=self.items)
        return (
            np.log1p(recent),
            np.log1p(recent) - np.log1p(longer * 28.0 / 120.0),
            (again + 1.0) / (buyers + 4.0),
            self.pace.item_every.astype(np.float64),
        )

    def _of_items(self, asked: Pairs) -> list[Doubles]:
        self._facts_of_items = self._facts_of_items or self._item_columns()
        return [column[asked.item] for column in self._facts_of_items]


def _order_rank(user: NDArray[np.int64], basket: NDArray[np.int64], at: Doubles) -> NDArray[np.int64]:
    """Return for every line how many later orders its customer has; an order begins with its first line."""
    if not len(user):
        return np.zeros(0, np.int64)
    orders, of_line = np.unique(user * (int(basket.max()) + 1) + basket, return_inverse=True)
    owner, begun = orders // (int(basket.max()) + 1), np.full(len(orders), np.inf)
    np.minimum.at(begun, of_line, at)
    latest_first = np.lexsort((orders, -begun, owner))
    starts = np.searchsorted(owner, owner)
    rank = np.empty(len(orders), np.int64)
    rank[latest_first] = np.arange(len(orders)) - starts
    return rank[of_line]
