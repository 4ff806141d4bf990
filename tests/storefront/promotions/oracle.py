"""A second, slow and simple opinion on the best deal: every set of promotions, every single unit, exact fractions.

It shares no code with the rules but their values. A set counts only if all of its members combine and give something.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from storefront.kernel.money import Money
from storefront.pricing.snapshot import Snapshot, SnapshotLine, Stage
from storefront.promotions.rules import (
    AmountOff,
    BuyAtLeast,
    DeliveryOff,
    NthItem,
    PercentOff,
    Promotion,
    Scope,
    SpendAtLeast,
    SpendLadder,
    SpendRepeat,
)

STAGES = [Stage.ITEM, Stage.ORDER, Stage.SHIPPING, Stage.COUPON]


@dataclass
class Unit:
    line: SnapshotLine
    price: int
    used: bool = False

    @property
    def room(self) -> int:
        floor = self.line.minimum_price.minor if self.line.minimum_price else 0
        return max(0, self.price - floor)


@dataclass
class World:
    units: list[Unit]
    delivery: int


def best_saving(snapshot: Snapshot, promotions: Sequence[Promotion]) -> int:
    """Return the greatest saving of any allowed set."""
    return max(saving for _, saving in savings(snapshot, promotions))


def savings(snapshot: Snapshot, promotions: Sequence[Promotion]) -> Iterator[tuple[frozenset[int], int]]:
    """Yield every allowed set that gives what it promises, with its saving."""
    for size in range(len(promotions) + 1):
        for members in combinations(promotions, size):
            if any(not _may_meet(a, b) for a, b in combinations(members, 2)):
                continue
            amounts = amounts_of(snapshot, members)
            if all(amounts.values()):
                yield frozenset(amounts), sum(amounts.values())


def amounts_of(snapshot: Snapshot, members: Sequence[Promotion]) -> dict[int, int]:
    """Return what each member gives when all are tried, in the order of the rules."""
    world = World(
        [Unit(line, line.unit_price.minor) for line in snapshot.lines for _ in range(line.quantity)],
        snapshot.delivery.amount.minor if snapshot.delivery else 0,
    )
    amounts: dict[int, int] = {}
    for stage in STAGES:
        entry = [unit.price for unit in world.units]
        for unit in world.units:
            unit.used = False
        in_stage = [p for p in members if _stage(p) is stage]
        for promotion in sorted(in_stage, key=lambda p: (-p.priority, _picky(p), p.id)):
            amounts[promotion.id] = _apply(world, entry, promotion)
    return amounts


def _apply(world: World, entry: list[int], promotion: Promotion) -> int:
    mine = [i for i, unit in enumerate(world.units) if _in(promotion.scope, unit.line)]
    subtotal = sum(entry[i] for i in mine)
    if not mine or not all(_holds(condition, world, entry, mine) for condition in promotion.conditions):
        return 0
    before = [(unit.price, unit.used) for unit in world.units], world.delivery
    amount = _give(world, [world.units[i] for i in mine], subtotal, promotion)
    budget = promotion.limits.budget_left
    if budget is not None and amount > budget.minor:
        for unit, (price, used) in zip(world.units, before[0], strict=True):
            unit.price, unit.used = price, used
        world.delivery = before[1]
        return 0
    return amount


def _give(world: World, units: list[Unit], subtotal: int, promotion: Promotion) -> int:
    benefit = promotion.benefit
    if isinstance(benefit, DeliveryOff):
        off = _least(_rounded(Fraction(world.delivery * benefit.basis_points, 10_000)), benefit.most)
        world.delivery -= off
        return off
    if isinstance(benefit, NthItem):
        return _give_nth(units, benefit)
    if isinstance(benefit, SpendLadder):
        return _spread(units, max([r.off.minor for r in benefit.rungs if r.spend.minor <= subtotal], default=0))
    if isinstance(benefit, SpendRepeat):
        times = subtotal // benefit.spend.minor
        return _spread(units, min(times, benefit.most_times or times) * benefit.off.minor)
    if promotion.falls_on is Stage.ITEM:
        return _give_each(units, benefit)
    if isinstance(benefit, AmountOff):
        return _spread(units, benefit.amount.minor)
    assert isinstance(benefit, PercentOff)
    whole = Fraction(sum(unit.price for unit in units) * benefit.basis_points, 10_000)
    return _spread(units, _least(_rounded(whole), benefit.most))


def _give_each(units: list[Unit], benefit: object) -> int:
    offs = []
    for unit in units:
        if isinstance(benefit, PercentOff):
            off = _rounded(Fraction(unit.price * benefit.basis_points, 10_000))
        else:
            assert isinstance(benefit, AmountOff)
            off = benefit.amount.minor
        offs.append(0 if unit.used else min(off, unit.room))
    most = benefit.most.minor if isinstance(benefit, PercentOff) and benefit.most else sum(offs)
    for unit, off in zip(units, offs, strict=True):
        unit.used = unit.used or off > 0
    if sum(offs) <= most:
        for unit, off in zip(units, offs, strict=True):
            unit.price -= off
        return sum(offs)
    return _by_line(units, offs, offs, most)


def _give_nth(units: list[Unit], benefit: NthItem) -> int:
    groups: dict[object, list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.price and not unit.used:
            groups[{"scope": 0, "product": unit.line.product_id, "sku": unit.line.sku}[benefit.together]].append(unit)
    sets: list[tuple[int, list[Unit]]] = []
    for group in groups.values():
        group.sort(key=lambda unit: -unit.price)
        for end in range(benefit.nth, len(group) + 1, benefit.nth):
            last = group[end - 1]
            off = min(_rounded(Fraction(last.price * benefit.basis_points, 10_000)), last.room)
            sets.append((off, group[end - benefit.nth : end]))
    sets.sort(key=lambda each: -each[0])
    total = 0
    for off, units in sets[: benefit.most_times]:
        for unit in units:
            unit.used = True
        units[-1].price -= off
        total += off
    if not total:
        for group in groups.values():
            for unit in group:
                unit.used = False
    return total


def _spread(units: list[Unit], wanted: int) -> int:
    amount = min(wanted, sum(unit.room for unit in units))
    return _by_line(units, [unit.price for unit in units], [unit.room for unit in units], amount) if amount else 0


def _by_line(units: list[Unit], weights: list[int], rooms: list[int], amount: int) -> int:
    """Share over lines first and then over equal units of each line, always by largest remainder."""
    lines: dict[str, list[int]] = defaultdict(list)
    for i, unit in enumerate(units):
        lines[unit.line.line_id].append(i)
    keys = list(lines)
    shares = _shares(
        [sum(weights[i] for i in lines[k]) for k in keys], [sum(rooms[i] for i in lines[k]) for k in keys], amount
    )
    for key, share in zip(keys, shares, strict=True):
        runs: list[list[int]] = []
        for i in lines[key]:
            alike = runs and (units[runs[-1][0]].price, units[runs[-1][0]].used) == (units[i].price, units[i].used)
            runs[-1].append(i) if alike else runs.append([i])
        parts = _shares([sum(weights[i] for i in r) for r in runs], [sum(rooms[i] for i in r) for r in runs], share)
        for run, part in zip(runs, parts, strict=True):
            for position, i in enumerate(run):
                units[i].price -= part // len(run) + (position < part % len(run))
    return amount


def _shares(weights: list[int], rooms: list[int], amount: int) -> list[int]:
    shares = [0] * len(weights)
    open_ones = [i for i, room in enumerate(rooms) if room]
    while amount:
        whole = sum(weights[i] for i in open_ones)
        ideal = {i: Fraction(amount * weights[i], whole) for i in open_ones}
        tried = {i: int(ideal[i]) for i in open_ones}
        by_remainder = sorted(open_ones, key=lambda i: (-(ideal[i] - tried[i]), i))
        for i in by_remainder[: amount - sum(tried.values())]:
            tried[i] += 1
        if all(tried[i] <= rooms[i] for i in open_ones):
            for i in open_ones:
                shares[i] += tried[i]
            return shares
        for i in [i for i in open_ones if tried[i] >= rooms[i]]:
            shares[i] = rooms[i]
            amount -= rooms[i]
            open_ones.remove(i)
    return shares


def _holds(condition: object, world: World, entry: list[int], mine: list[int]) -> bool:
    scope = getattr(condition, "scope", None)
    if scope is not None:
        mine = [i for i, unit in enumerate(world.units) if _in(scope, unit.line)]
    if isinstance(condition, SpendAtLeast):
        return sum(entry[i] for i in mine) >= condition.amount.minor
    assert isinstance(condition, BuyAtLeast)
    return len(mine) >= condition.count


def _in(scope: Scope, line: SnapshotLine) -> bool:
    if scope.exclude and _in(scope.exclude, line):
        return False
    if line.sku in scope.skus or line.product_id in scope.product_ids:
        return True
    if scope.category_ids or scope.brand_ids:
        in_category = not scope.category_ids or bool(scope.category_ids & line.category_ids)
        return in_category and (not scope.brand_ids or line.brand_id in scope.brand_ids)
    return not (scope.skus or scope.product_ids)


def _may_meet(a: Promotion, b: Promotion) -> bool:
    allowed = a.combines_with is not None and _stage(b) in a.combines_with
    allowed_back = b.combines_with is not None and _stage(a) in b.combines_with
    return not a.exclusive and not b.exclusive and allowed and allowed_back


def _stage(promotion: Promotion) -> Stage:
    return Stage.COUPON if promotion.needs_code else promotion.falls_on


def _picky(promotion: Promotion) -> int:
    if isinstance(promotion.benefit, NthItem):
        return 0
    return 1 if isinstance(promotion.benefit, SpendLadder | SpendRepeat | DeliveryOff) else 2


def _rounded(value: Fraction) -> int:
    return round(value)


def _least(value: int, most: Money | None) -> int:
    return value if most is None else min(value, most.minor)
