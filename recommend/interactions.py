"""What was bought: purchase lines in columns, and what is known of the goods they speak of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recommend.columns import (
    UNKNOWN,
    Codes,
    Floats,
    IdColumn,
    IdMap,
    Times,
    id_column,
    instant,
    labels,
    nullable_column,
    tight,
    times,
)


@dataclass(frozen=True, slots=True, eq=False)
class Interactions:
    """Purchase lines as parallel columns, one line per basket and item, in a canonical order.

    `user`, `item` and `basket` are codes; a user of -1 bought anonymously. `at` is UTC, to the second. The
    order (time, basket, item) does not depend on the order of the input, so equal input trains equal models.
    """

    users: IdMap
    items: IdMap
    baskets: int
    user: Codes
    item: Codes
    basket: Codes
    at: Times
    quantity: Floats

    def __post_init__(self) -> None:
        if len({len(self.user), len(self.item), len(self.basket), len(self.at), len(self.quantity)}) != 1:
            raise ValueError("the columns differ in length")

    def __len__(self) -> int:
        return len(self.item)

    @staticmethod
    def of(
        *, user: IdColumn, item: IdColumn, basket: IdColumn, timestamp: ArrayLike, quantity: ArrayLike | None = None
    ) -> Interactions:
        """Build from outside columns.

        `user` may hold None or NaN (anonymous); the other columns may not. `timestamp` holds numpy datetimes
        (UTC) or aware datetimes. Lines whose quantity is not above zero are returns or mistakes and are left
        out; the lines of one item in one basket become one line. Raises ValueError for what cannot be read.
        """
        items, baskets = id_column(item, "item"), id_column(basket, "basket")
        at = times(timestamp)
        amount = np.ones(len(items), np.float32) if quantity is None else np.asarray(quantity, np.float32)
        people, known = nullable_column(user)
        if len({len(people), len(items), len(baskets), len(at), len(amount)}) != 1:
            raise ValueError("the columns differ in length")
        users = IdMap(np.unique(people[known]))
        user_code = np.where(known, users.codes(people), UNKNOWN).astype(np.int32)
        item_map, item_code = _coded(items)
        basket_map, basket_code = _coded(baskets)
        return Interactions.coded(
            users=users,
            items=item_map,
            baskets=len(basket_map),
            user=user_code,
            item=item_code,
            basket=basket_code,
            at=at,
            quantity=amount,
        )

    @staticmethod
    def coded(
        *,
        users: IdMap,
        items: IdMap,
        baskets: int,
        user: Codes,
        item: Codes,
        basket: Codes,
        at: Times,
        quantity: Floats,
    ) -> Interactions:
        """Build from columns that are codes already, with the same rules as `of`; codes follow the order of the ids."""
        raw = Interactions(users, items, baskets, user, item, basket, at, quantity)
        good = quantity > 0
        return _merged(raw if bool(good.all()) else raw.where(good))

    @staticmethod
    def none() -> Interactions:
        """Return a history in which nothing has happened yet."""
        return Interactions.of(user=[], item=[], basket=[], timestamp=[])

    def between(self, start: datetime | date | None, end: datetime | date) -> Interactions:
        """Return the lines with start <= time < end, codes compacted: what lies outside leaves no trace."""
        keep = self.at < instant(end)
        if start is not None:
            keep &= self.at >= instant(start)
        return self.where(keep)

    def where(self, keep: NDArray[np.bool_]) -> Interactions:
        """Return the chosen lines, codes compacted."""
        users, user = _compact(self.users, self.user[keep])
        items, item = _compact(self.items, self.item[keep])
        basket_numbers, basket = np.unique(self.basket[keep], return_inverse=True)
        return Interactions(
            users,
            items,
            len(basket_numbers),
            user,
            item,
            basket.astype(np.int32),
            self.at[keep],
            self.quantity[keep],
        )

    def recoded(self, items: IdMap) -> Interactions:
        """Return the same lines with item codes of another map, which must hold every item."""
        codes = items.codes(self.items.ids)[self.item] if len(self) else self.item
        if len(codes) and int(codes.min()) < 0:
            raise ValueError("the other map lacks an item")
        return Interactions(self.users, items, self.baskets, self.user, codes, self.basket, self.at, self.quantity)


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """What is known of the goods beside their sales: product type, category, price. -1 and NaN mean unknown."""

    ids: IdMap
    types: IdMap
    categories: IdMap
    product_type: Codes
    category: Codes
    price: Floats

    def __post_init__(self) -> None:
        if {len(self.product_type), len(self.category), len(self.price)} != {len(self.ids)}:
            raise ValueError("the columns differ in length")

    def __len__(self) -> int:
        return len(self.ids)

    @staticmethod
    def of(
        *,
        item: IdColumn,
        product_type: IdColumn | None = None,
        category: IdColumn | None = None,
        price: ArrayLike | None = None,
    ) -> Items:
        """Build from outside columns; of an item that is given twice the first row counts."""
        column = id_column(item, "item")
        ids, first = np.unique(column, return_index=True)
        types, type_code = labels(product_type, len(column))
        categories, category_code = labels(category, len(column))
        prices = np.full(len(column), np.nan, np.float32) if price is None else np.asarray(price, np.float32)
        if len({len(column), len(type_code), len(category_code), len(prices)}) != 1:
            raise ValueError("the columns differ in length")
        return Items(IdMap(ids), types, categories, type_code[first], category_code[first], prices[first])

    @staticmethod
    def unknown(ids: IdMap) -> Items:
        """Return goods of which nothing but the id is known."""
        return Items.of(item=ids.ids)

    def joined(self, others: IdMap) -> Items:
        """Return these goods and those that only the history knows."""
        if not len(others):
            return self
        if not len(self):
            return Items.unknown(others)
        if self.ids.ids.dtype.kind != others.ids.dtype.kind:
            raise ValueError("item ids are whole numbers on one side and text on the other")
        return self.only(IdMap(np.union1d(self.ids.ids, others.ids)))

    def only(self, ids: IdMap) -> Items:
        """Return what is known of these goods alone; of those that are not here it is nothing."""
        if not len(self) or not len(ids):
            return Items.unknown(ids)
        at = self.ids.codes(ids.ids)
        here = at >= 0
        return Items(
            ids,
            self.types,
            self.categories,
            np.where(here, self.product_type[at], UNKNOWN).astype(np.int32),
            np.where(here, self.category[at], UNKNOWN).astype(np.int32),
            np.where(here, self.price[at], np.nan).astype(np.float32),
        )


def _merged(raw: Interactions) -> Interactions:
    """One line per basket and item (earliest time, its user, summed quantity), in time order."""
    if not len(raw):
        return raw
    order = np.lexsort((raw.quantity, raw.user, raw.at, raw.item, raw.basket))
    item, basket = raw.item[order], raw.basket[order]
    first = np.flatnonzero(np.r_[True, (basket[1:] != basket[:-1]) | (item[1:] != item[:-1])])
    quantity = np.add.reduceat(raw.quantity[order], first)
    kept = order[first]
    final = np.lexsort((raw.item[kept], raw.basket[kept], raw.at[kept]))
    kept = kept[final]
    return Interactions(
        raw.users,
        raw.items,
        raw.baskets,
        raw.user[kept],
        raw.item[kept],
        raw.basket[kept],
        raw.at[kept],
        quantity[final],
    )


def _coded(column: NDArray[Any]) -> tuple[IdMap, Codes]:
    ids, codes = np.unique(column, return_inverse=True)
    return IdMap(ids), codes.astype(np.int32)


def _compact(ids: IdMap, codes: Codes) -> tuple[IdMap, Codes]:
    used = np.zeros(len(ids), bool)
    used[codes[codes >= 0]] = True
    renumbered = np.where(used, np.cumsum(used) - 1, UNKNOWN).astype(np.int32)
    if not len(renumbered):
        return ids, codes
    return IdMap(tight(ids.ids[used])), np.where(codes >= 0, renumbered[codes], UNKNOWN).astype(np.int32)
