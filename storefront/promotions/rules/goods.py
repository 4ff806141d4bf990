"""The goods of a shop in columns, so that what a scope means of a hundred thousand variants is found out at once.

`Goods.meant_by` says of all variants what `Scope.covers` says of one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from storefront.kernel.money import Money
from storefront.promotions.rules.scope import Scope

Marked = NDArray[np.bool_]
"""One value for each variant, in the order of the goods."""
Value = TypeVar("Value")
_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Good:
    """One variant of the catalogue: what scopes look at, its price, and what is known of its cost and stock."""

    sku: str
    price: Money
    product_id: int = 0
    brand_id: int | None = None
    category_ids: frozenset[int] = frozenset()
    collection_ids: frozenset[int] = frozenset()
    attributes: frozenset[str] = frozenset()
    cost: Money | None = None
    minimum_price: Money | None = None
    available: int | None = None
    """How many can be sold; None if nobody counts them."""

    def is_in(self, scope: Scope) -> bool:
        """Whether a scope means it."""
        return scope.covers(
            product_id=self.product_id,
            sku=self.sku,
            category_ids=self.category_ids,
            brand_id=self.brand_id,
            collection_ids=self.collection_ids,
            attributes=self.attributes,
        )


class Row(NamedTuple):
    """A variant as it is read; amounts are in minor units, attributes as `Goods` is told to read them."""

    sku: str
    product_id: int
    brand_id: int | None
    category_ids: frozenset[int]
    collection_ids: frozenset[int]
    attributes: Hashable
    price: int
    cost: int | None
    minimum: int | None
    available: int | None


class _Column(Generic[Value]):
    """A column of fewer values than places; they are kept as they are said, and read when somebody asks."""

    def __init__(self, said: Iterable[Hashable], read: Callable[[Any], Value]) -> None:
        numbers: dict[Hashable, int] = {}
        self._numbers = np.array([numbers.setdefault(value, len(numbers)) for value in said], np.intp)
        self._said, self._read = tuple(numbers), read

    def at(self, place: int) -> Value:
        return self._read(self._said[self._numbers[place]])

    def where(self, is_so: Callable[[Value], bool]) -> Marked:
        """Mark where something is so of the value."""
        found: Marked = np.array([is_so(self._read(value)) for value in self._said], np.bool_)[self._numbers]
        return found


class Goods:
    """All variants, and the answers already given about them.

    `prices` are in minor units, `available` in pieces; where `is_counted` is false nobody counts them.
    """

    def __init__(
        self, rows: Iterable[Row], currency: str, read_attributes: Callable[[Any], frozenset[str]] = frozenset
    ) -> None:
        """Take rows in any order; of variants that are alike, the earlier comes first. `read_attributes` makes
        "name=value" of a row's attributes.
        """
        columns: list[list[Any]] = [[] for _ in Row._fields]
        for row in rows:
            for column, value in zip(columns, row, strict=True):
                column.append(value)
        self._skus, products, brands, categories, collections, attributes, *amounts = columns
        prices, costs, minimums, available = amounts
        self._currency, self._products = currency, np.array(products, np.int64)
        self._brands: _Column[int | None] = _Column(brands, _as_it_is)
        self._categories, self._collections = _Column(categories, frozenset[int]), _Column(collections, frozenset[int])
        self._attributes = _Column(attributes, read_attributes)
        self.prices, self._costs, self._minimums = np.array(prices, np.int64), _known(costs), _known(minimums)
        self.is_counted: Marked = np.array([pieces is not None for pieces in available], np.bool_)
        self.available = np.array([pieces or 0 for pieces in available], np.int64)
        self._places: dict[str, int] = {}
        self._meant: dict[Scope, Marked] = {}

    @classmethod
    def of(cls, goods: Sequence[Good]) -> Goods:
        """Return goods that are at hand one by one, all in one currency."""
        return cls(map(_row, goods), goods[0].price.currency if goods else "")

    def __len__(self) -> int:
        return len(self._skus)

    def at(self, place: int) -> Good:
        """Return one variant by its place."""
        return Good(
            sku=self._skus[place],
            price=Money(int(self.prices[place]), self._currency),
            product_id=int(self._products[place]),
            brand_id=self._brands.at(place),
            category_ids=self._categories.at(place),
            collection_ids=self._collections.at(place),
            attributes=self._attributes.at(place),
            cost=self._money(self._costs[place]),
            minimum_price=self._money(self._minimums[place]),
            available=int(self.available[place]) if self.is_counted[place] else None,
        )

    def find(self, sku: str) -> int | None:
        """Return the place of a SKU, None where there is none."""
        if not self._places:
            self._places = {known: place for place, known in enumerate(self._skus)}
        return self._places.get(sku)

    def meant_by(self, *scopes: Scope) -> Marked:
        """Return what one of these scopes means, as for the parts of a set."""
        marked: Marked = np.zeros(len(self), np.bool_)
        for scope in scopes:
            if scope not in self._meant:
                self._meant[scope] = self._find(scope)
            marked |= self._meant[scope]
        return marked

    def cheapest(self, marked: Marked) -> int | None:
        """Return the place of the cheapest of those marked that cost something, None where there is none."""
        places = np.flatnonzero(marked & (self.prices > 0))
        if not places.size:
            return None
        prices = self.prices[places]
        return int(min(places[prices == prices.min()], key=lambda place: self._skus[place]))

    def earning_least(self, marked: Marked, most: int | None) -> list[int]:
        """Return the places of those marked of which cost or minimum price is known, up to `most` (None: all) that keep
        the smallest share of their price.
        """
        floors = np.maximum(self._costs, self._minimums)
        places = np.flatnonzero(marked & (self.prices > 0) & (floors != _UNKNOWN))
        kept = 1 - floors[places] / self.prices[places]
        return [int(place) for place in places[np.argsort(kept, kind="stable")][:most]]

    def _find(self, scope: Scope) -> Marked:
        named: Marked = np.isin(self._products, list(scope.product_ids))
        for place in map(self.find, scope.skus):
            if place is not None:
                named[place] = True
        meant = named | self._with_traits(scope) if scope.has_traits else named
        if not (scope.has_traits or scope.product_ids or scope.skus):
            meant = np.ones(len(self), np.bool_)
        return meant if scope.exclude is None else meant & ~self._find(scope.exclude)

    def _with_traits(self, scope: Scope) -> Marked:
        meant: Marked = np.ones(len(self), np.bool_)
        if scope.category_ids:
            meant &= self._categories.where(lambda ids: not scope.category_ids.isdisjoint(ids))
        if scope.brand_ids:
            meant &= self._brands.where(lambda brand: brand in scope.brand_ids)
        if scope.collection_ids:
            meant &= self._collections.where(lambda ids: not scope.collection_ids.isdisjoint(ids))
        if scope.attributes:
            meant &= self._attributes.where(scope.has_attributes)
        return meant

    def _money(self, minor: int) -> Money | None:
        return None if minor == _UNKNOWN else Money(int(minor), self._currency)


def _as_it_is(value: int | None) -> int | None:
    return value


def _known(column: Iterable[int | None]) -> NDArray[np.int64]:
    return np.array([_UNKNOWN if value is None else value for value in column], np.int64)


def _row(good: Good) -> Row:
    cost, minimum = (None if amount is None else amount.minor for amount in (good.cost, good.minimum_price))
    return Row(
        *(good.sku, good.product_id, good.brand_id, good.category_ids, good.collection_ids, good.attributes),
        *(good.price.minor, cost, minimum, good.available),
    )


NO_GOODS = Goods((), "")
