"""Single pieces of goods: which are free, which belong together, and how taking some of them changes the lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from math import inf

from storefront.pricing.allocation import spread
from storefront.pricing.label import FactValue
from storefront.promotions.rules.scope import Scope
from storefront.promotions.rules.units import Goods, Reduction, Run, Runs, cut_run, join

Unit = tuple[int, int, int, int]
"""Price, line, position of the run in its line, number of pieces."""
Set = tuple[list[Unit], int]
"""The units of a full set, and how many sets are alike."""


class Together(StrEnum):
    """Which goods count together: all of the scope, those of one product, or only pieces of the same variant."""

    SCOPE = "scope"
    PRODUCT = "product"
    SKU = "sku"


def groups_of(goods: Goods, together: Together) -> list[tuple[Scope | None, Goods]]:
    """Part the goods into those that count together, each with its scope where that is not the promotion's own."""
    if together is Together.SCOPE:
        return [(None, goods)]
    frame = goods.frame
    groups: dict[Scope, list[int]] = defaultdict(list)
    for index in goods.indexes:
        product = Scope(product_ids=frozenset({frame.product_ids[index]}))
        groups[product if together is Together.PRODUCT else Scope(skus=frozenset({frame.skus[index]}))].append(index)
    return [(scope, goods.narrowed(indexes)) for scope, indexes in groups.items()]


def free_units(goods: Goods) -> list[Unit]:
    """Return the units that no promotion of this stage uses, dearest first; goods that cost nothing do not count."""
    units = [
        (price, index, position, count)
        for index in goods.indexes
        for position, (count, price, used) in enumerate(goods.position.runs[index])
        if price and not used
    ]
    units.sort(key=lambda unit: (-unit[0], unit[1], unit[2]))
    return units


def pieces_of(units: Iterable[Unit]) -> int:
    return sum([unit[3] for unit in units])


def worth_of(units: Iterable[Unit]) -> int:
    """Return what units cost, in minor units."""
    return sum([unit[0] * unit[3] for unit in units])


def first_pieces(units: Iterable[Unit], pieces: int) -> list[Unit]:
    """Return the first so many pieces of `units`."""
    found: list[Unit] = []
    for price, index, position, count in units:
        if pieces <= 0:
            break
        found.append((price, index, position, min(count, pieces)))
        pieces -= count
    return found


def last_pieces(units: Sequence[Unit], pieces: int) -> list[Unit]:
    """Return the last so many pieces of `units`, in their order."""
    return first_pieces(reversed(units), pieces)[::-1]


def sets_of(units: Iterable[Unit], size: int, most: int | None) -> Iterator[Set]:
    """Yield full sets of `size` pieces in the order of `units`, at most `most`, and how many of each are alike."""
    left: float = inf if most is None else most
    begun: list[Unit] = []
    missing = size
    for price, index, position, pieces in units:
        count = pieces
        while count and left:
            if missing == size and count >= size:
                alike = int(min(count // size, left))
                yield [(price, index, position, size)], alike
                count -= alike * size
                left -= alike
                continue
            taken = min(count, missing)
            begun.append((price, index, position, taken))
            count -= taken
            missing -= taken
            if not missing:
                yield begun, 1
                begun, missing = [], size
                left -= 1


def grouped_sets(goods: Goods, together: Together, size: int) -> Iterator[Set]:
    """Yield the full sets of `size` pieces of each group of goods, dearest first within a group."""
    for _, group in groups_of(goods, together):
        yield from sets_of(free_units(group), size, None)


def best_sets(sets: Iterable[Set], most: int | None, saving: Callable[[list[Unit]], int]) -> list[Set]:
    """Return at most `most` sets, those that save most, in the order in which they came."""
    found = list(sets)
    if most is None:
        return found
    chosen: dict[int, int] = {}
    for place, _ in sorted(enumerate(found), key=lambda each: -saving(each[1][0])):
        if most:
            chosen[place] = min(most, found[place][1])
            most -= chosen[place]
    return [(found[place][0], alike) for place, alike in sorted(chosen.items())]


def least_of(sets: Iterable[Set], most: int | None, saving: Callable[[list[Unit]], int]) -> int:
    """Return what the least of the best `most` sets saves, 0 while there are fewer: one set more takes its place."""
    best = best_sets(sets, most, saving)
    full = most is not None and sum([alike for _, alike in best]) >= most
    return min([saving(units) for units, _ in best]) if full else 0


def best_times(most: int, value: Callable[[int], float]) -> int:
    """Return the smallest `k` of 0 to `most` with the greatest `value(k)`; every further time must bring less."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if value(middle + 1) > value(middle):
            low = middle + 1
        else:
            high = middle
    return low


def room_of(goods: Goods, unit: Unit) -> int:
    """Return how much one piece of `unit` can sink before it is at its minimum price."""
    return max(0, unit[0] - goods.frame.floors[unit[1]])


class Takings:
    """Collects the pieces that a promotion uses and what each of them bears, and writes the lines anew."""

    def __init__(self, goods: Goods) -> None:
        self.goods = goods
        self._taken: dict[int, dict[int, list[Run]]] = defaultdict(lambda: defaultdict(list))

    def take(self, unit: Unit, off: int = 0) -> None:
        """Use up the pieces of `unit`, each for `off` less."""
        price, index, position, count = unit
        self._taken[index][position].append((count, price - off, True))

    def share(self, units: Sequence[Unit], wanted: int, alike: int = 1) -> int:
        """Use up `alike` sets of `units`, each set for `wanted` less, as far as minimum prices allow.

        The set shares the reduction by largest remainder over prices. Returns what one set saves; what saves nothing
        is not used up.
        """
        rooms = [unit[3] * room_of(self.goods, unit) for unit in units]
        amount = min(wanted, sum(rooms))
        if amount <= 0:
            return 0
        parts = spread(amount, [unit[0] * unit[3] for unit in units], rooms)
        for (price, index, position, count), part in zip(units, parts, strict=True):
            for pieces, now, used in cut_run((count, price, True), part):
                self._taken[index][position].append((pieces * alike, now, used))
        return amount

    def reduction(self, *facts: tuple[str, FactValue]) -> Reduction | None:
        """Return what all of it takes off, None if that is nothing."""
        lines = [self._line(index) for index in sorted(self._taken)]
        amount = sum([line[2] for line in lines])
        return Reduction(amount, tuple(lines), facts=facts) if amount else None

    def _line(self, index: int) -> tuple[int, Runs, int]:
        runs: list[Run] = []
        amount = 0
        for position, (count, price, used) in enumerate(self.goods.position.runs[index]):
            taken = self._taken[index].get(position, [])
            runs += taken
            runs.append((count - sum([run[0] for run in taken]), price, used))
            amount += sum([pieces * (price - now) for pieces, now, _ in taken])
        return index, join(runs), amount
