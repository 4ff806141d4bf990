"""The goods while promotions are being tried: unit prices as runs, cheap to copy, in bare minor units.

A line of 999 units is a run `(999, price, False)`; a reduction splits it only where unit prices differ. Runs keep their
order, so the position of a unit in its line stays the same from the first promotion to the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storefront.kernel.money import Money
from storefront.pricing.allocation import DELIVERY, Allocation, spread
from storefront.pricing.label import FactValue
from storefront.pricing.snapshot import GiftStock, Snapshot

Run = tuple[int, int, bool]
"""So many units at this price; the flag says that a promotion of this stage has used them."""
Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What does not change while promotions are tried."""

    currency: str
    line_ids: tuple[str, ...]
    product_ids: tuple[int, ...]
    skus: tuple[str, ...]
    quantities: tuple[int, ...]
    floors: tuple[int, ...]
    gifts: tuple[GiftStock, ...] = ()


@dataclass(frozen=True, slots=True)
class Position:
    """The goods after some promotions; `entry` holds the line totals at the entry of the present stage."""

    runs: tuple[Runs, ...]
    totals: tuple[int, ...]
    delivery: int
    entry: tuple[int, ...]
    saved: int = 0
    given: tuple[tuple[str, int], ...] = ()
    """The gifts so far, as SKU and pieces."""

    def enter_stage(self) -> Position:
        """Start the next stage: thresholds look at the totals of now, and every unit is free again."""
        if self.entry is self.totals:
            return self  # nothing was taken off since the last stage began
        runs = tuple(
            tuple([(count, price, False) for count, price, _ in line]) if True in [run[2] for run in line] else line
            for line in self.runs
        )
        return Position(runs, self.totals, self.delivery, self.totals, self.saved, self.given)

    def after(self, reduction: Reduction) -> Position:
        """Return the goods after one more reduction."""
        runs, totals = list(self.runs), list(self.totals)
        for index, line, amount in reduction.lines:
            runs[index] = line
            totals[index] -= amount
        delivery = self.delivery - reduction.delivery
        given = (*self.given, reduction.gift) if reduction.gift else self.given
        return Position(tuple(runs), tuple(totals), delivery, self.entry, self.saved + reduction.worth, given)


@dataclass(frozen=True, slots=True)
class Reduction:
    """What one promotion takes off: new runs and the amount for each touched line, and a part off the delivery.

    A gift takes nothing off: its amount is what the pieces of `gift` are worth.
    """

    amount: int
    lines: tuple[tuple[int, Runs, int], ...] = ()
    delivery: int = 0
    facts: tuple[tuple[str, FactValue], ...] = ()
    gift: tuple[str, int] | None = None

    @property
    def worth(self) -> int:
        """What it counts for in the search of the best deal; a gift that costs nothing is better than no gift."""
        return self.amount or 1


@dataclass(frozen=True, slots=True)
class Goods:
    """The goods of one scope at one position: what conditions and benefits see."""

    frame: Frame
    position: Position
    indexes: tuple[int, ...]
    sides: tuple[tuple[int, ...], ...] = ()
    """The goods of each sort that a many-sided benefit is about."""

    @property
    def subtotal(self) -> int:
        """The scope's subtotal at the entry of the stage, in minor units."""
        entry = self.position.entry
        return sum(entry if len(self.indexes) == len(entry) else [entry[index] for index in self.indexes])

    @property
    def now(self) -> int:
        """The scope's subtotal after the promotions applied so far, in minor units."""
        totals = self.position.totals
        return sum(totals if len(self.indexes) == len(totals) else [totals[index] for index in self.indexes])

    @property
    def pieces(self) -> int:
        quantities = self.frame.quantities
        return sum([quantities[index] for index in self.indexes])

    @property
    def room(self) -> int:
        """How much can be taken off before every unit is at its minimum price."""
        return sum([self.room_of(index) for index in self.indexes])

    @property
    def delivery(self) -> int:
        return self.position.delivery

    def room_of(self, index: int) -> int:
        floor = self.frame.floors[index]
        if not floor:
            return self.position.totals[index]
        return sum([count * (price - floor) for count, price, _ in self.position.runs[index] if price > floor])

    def narrowed(self, indexes: Sequence[int]) -> Goods:
        return Goods(self.frame, self.position, tuple(indexes))

    def part(self, number: int) -> Goods:
        """Return the goods of one sort."""
        return self.narrowed(self.sides[number])

    def gift(self, sku: str) -> GiftStock | None:
        """Return what may be given away of a SKU."""
        return next((gift for gift in self.frame.gifts if gift.sku == sku), None)

    def gifts_left(self, gift: GiftStock) -> int:
        """How many pieces of a gift earlier promotions have left."""
        return gift.available - sum([count for sku, count in self.position.given if sku == gift.sku])

    def money(self, minor: int) -> Money:
        return Money(minor, self.frame.currency)


def take_off(goods: Goods, wanted: int, *, facts: tuple[tuple[str, FactValue], ...] = ()) -> Reduction | None:
    """Spread `wanted` over the goods by discounted price, as far as minimum prices allow; None if nothing can be taken.

    A reduction cut short by minimum prices carries the fact `wanted`.
    """
    position, floors = goods.position, goods.frame.floors
    rooms = [goods.room_of(index) for index in goods.indexes]
    amount = min(wanted, sum(rooms))
    if amount <= 0:
        return None
    parts = spread(amount, [position.totals[index] for index in goods.indexes], rooms)
    lines = tuple(
        (index, _cut(position.runs[index], part, floors[index]), part)
        for index, part in zip(goods.indexes, parts, strict=True)
        if part
    )
    if amount < wanted:
        facts = (*facts, ("wanted", goods.money(wanted)))
    return Reduction(amount, lines, facts=facts)


def allocations_of(frame: Frame, before: Position, reduction: Reduction) -> tuple[Allocation, ...]:
    """Say which units bear a reduction, by comparing the runs before and after it."""
    result: list[Allocation] = []
    for index, runs, _ in reduction.lines:
        result += _differences(frame.line_ids[index], before.runs[index], runs, frame.currency)
    if reduction.delivery:
        result.append(Allocation(DELIVERY, 0, Money(reduction.delivery, frame.currency)))
    return tuple(result)


def released(before: Position, reduction: Reduction, end: Position) -> Position:
    """Return the goods at `end` as if a promotion had used nothing: its pieces are free at their old price."""
    runs, totals = list(end.runs), list(end.totals)
    for index, after, _ in reduction.lines:
        pieces = [
            (count, was[1], False) if own[2] and not was[2] else (count, now[1], now[2])
            for count, (was, own, now) in _aligned(before.runs[index], after, end.runs[index])
        ]
        runs[index] = join(pieces)
        totals[index] = sum([count * price for count, price, _ in runs[index]])
    return Position(tuple(runs), tuple(totals), end.delivery, end.entry, end.saved, end.given)


def start(snapshot: Snapshot) -> tuple[Frame, Position]:
    """Lay out a snapshot before any promotion."""
    lines = snapshot.lines
    frame = Frame(
        currency=snapshot.currency,
        line_ids=tuple(line.line_id for line in lines),
        product_ids=tuple(line.product_id for line in lines),
        skus=tuple(line.sku for line in lines),
        quantities=tuple(line.quantity for line in lines),
        floors=tuple(line.minimum_price.minor if line.minimum_price else 0 for line in lines),
        gifts=snapshot.gifts,
    )
    runs = tuple(((line.quantity, line.unit_price.minor, False),) for line in lines)
    totals = tuple(line.quantity * line.unit_price.minor for line in lines)
    delivery = snapshot.delivery.amount.minor if snapshot.delivery else 0
    return frame, Position(runs, totals, delivery, totals)


def join(runs: Sequence[Run]) -> Runs:
    """Merge neighbouring runs that do not differ, and drop empty ones."""
    joined: list[Run] = []
    for run in runs:
        if not run[0]:
            continue
        if joined and joined[-1][1:] == run[1:]:
            joined[-1] = (joined[-1][0] + run[0], run[1], run[2])
        else:
            joined.append(run)
    return tuple(joined)


def cut_run(run: Run, amount: int) -> tuple[Run, Run]:
    """Take `amount` off a run; the earlier units bear the odd minor units."""
    count, price, used = run
    each, more = divmod(amount, count)
    return (more, price - each - 1, used), (count - more, price - each, used)


def _cut(runs: Runs, amount: int, floor: int) -> Runs:
    if len(runs) == 1:
        [(count, price, used)] = runs
        each, more = divmod(amount, count)
        return ((count, price - each, used),) if not more else cut_run(runs[0], amount)
    weights = [count * price for count, price, _ in runs]
    rooms = [count * (price - floor) if price > floor else 0 for count, price, _ in runs] if floor else weights
    parts = spread(amount, weights, rooms)
    pieces: list[Run] = []
    for run, part in zip(runs, parts, strict=True):
        pieces += cut_run(run, part) if part else (run,)
    return join(pieces)


def _differences(line_id: str, before: Runs, after: Runs, currency: str) -> list[Allocation]:
    result: list[Allocation] = []
    index = 0
    for units, (old, new) in _aligned(before, after):
        if old[1] > new[1]:
            result.append(Allocation(line_id, index, Money(old[1] - new[1], currency), units))
        index += units
    return result


def _aligned(*several: Runs) -> Iterator[tuple[int, tuple[Run, ...]]]:
    """Walk the runs of one line at several moments; yield so many pieces, and the run they are in at each moment."""
    places = [iter(runs) for runs in several]
    runs = [next(place) for place in places]
    left = [run[0] for run in runs]
    while True:
        units = min(left)
        yield units, tuple(runs)
        for moment, place in enumerate(places):
            left[moment] -= units
            if not left[moment]:
                following = next(place, None)
                if following is None:
                    return
                runs[moment], left[moment] = following, following[0]
