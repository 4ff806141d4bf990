"""What the best deal costs: a cart against promotions of every kind, beside a plain loop that only sums its lines."""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from storefront.kernel.money import Money
from storefront.pricing.snapshot import Delivery, GiftStock, PointsOffer, Snapshot, SnapshotLine, Stage
from storefront.promotions.rules import (
    AmountOff,
    Benefit,
    Bundle,
    BundlePart,
    BuyGet,
    CountLadder,
    CountPrice,
    CountRung,
    DeliveryFor,
    DeliveryOff,
    Gift,
    NthItem,
    PercentOff,
    Promotion,
    Rung,
    Scope,
    SpendAtLeast,
    SpendLadder,
    SpendRepeat,
    evaluate,
)

NOON = datetime(2026, 6, 18, 12, tzinfo=UTC)
CARTS = 9
"""How many random carts a figure is the median of."""
ROUNDS = 5
CATEGORIES = 40
LINES = (5, 10, 20, 40, 80)
PROMOTIONS = (5, 12, 25, 50, 100)


def measure() -> list[tuple[str, str]]:
    """Return (what, figure) rows; each figure is a median in CPU microseconds."""
    rows = []
    by_lines = {lines: _cost(lines, 50) for lines in LINES}
    by_count = {count: _cost(20, count) for count in PROMOTIONS}
    cost, loop = by_lines[20]
    rows.append(
        (
            "best deal for 20 lines x 50 promotions of every kind",
            f"{cost:.0f} µs, {cost / loop:.0f} x a loop that only sums the lines ({loop:.1f} µs); goal: under 5 ms",
        )
    )
    rows.append(("as lines grow, 50 promotions", _growth(by_lines, "lines")))
    rows.append(("as promotions grow, 20 lines", _growth(by_count, "promotions")))
    return rows


def _growth(costs: dict[int, tuple[float, float]], what: str) -> str:
    return ", ".join(f"{size} {what} {cost:.0f} µs ({cost / loop:.0f} x)" for size, (cost, loop) in costs.items())


def _cost(lines: int, count: int) -> tuple[float, float]:
    """Return what deciding costs, and what summing costs, for random carts of so many lines."""
    decided, summed = [], []
    for seed in range(CARTS):
        rng = random.Random(seed)
        cart, promotions = cart_of(lines, rng), promotions_of(count, rng)
        decided.append(_microseconds(lambda: evaluate(cart, promotions)))  # noqa: B023
        summed.append(_microseconds(lambda: sum([line.unit_price.minor * line.quantity for line in cart.lines])))  # noqa: B023
    return statistics.median(decided), statistics.median(summed)


def _microseconds(action: Callable[[], object]) -> float:
    timings = []
    gc.collect()
    for _ in range(ROUNDS):
        start = time.process_time_ns()
        action()
        timings.append((time.process_time_ns() - start) / 1000)
    return statistics.median(timings)


def cart_of(lines: int, rng: random.Random) -> Snapshot:
    """Return a random cart: 1 to 3 of each line, prices up to 50, and a few gifts in stock."""
    return Snapshot(
        now=NOON,
        currency="USD",
        lines=tuple(
            SnapshotLine(
                line_id=f"SKU{n}",
                sku=f"SKU{n}",
                quantity=rng.randint(1, 3),
                unit_price=_usd(rng.randint(99, 4999)),
                minimum_price=_usd(50) if n % 5 == 0 else None,
                product_id=n,
                brand_id=rng.randrange(12),
                category_ids=frozenset({rng.randrange(CATEGORIES)}),
                collection_ids=frozenset({rng.randrange(8)}),
                attributes=frozenset({f"colour={rng.choice(['red', 'green', 'blue'])}"}),
            )
            for n in range(lines)
        ),
        delivery=Delivery("standard", _usd(599)),
        codes=("TEN",),
        gifts=tuple(GiftStock(f"GIFT{n}", n, _usd(300 + n)) for n in range(4)),
        points=PointsOffer(5_000, 100, 50),
    )


def promotions_of(count: int, rng: random.Random) -> list[Promotion]:
    """Return so many active promotions: all kinds in turn."""
    return [_promotion(number, rng) for number in range(1, count + 1)]


def _promotion(number: int, rng: random.Random) -> Promotion:
    kinds = _kinds(rng)
    benefit, stage, needs_code = kinds[number % len(kinds)]
    spend = () if stage is Stage.ITEM else (SpendAtLeast(_usd(rng.randint(20, 300) * 100)),)
    return Promotion(
        id=number,
        name=f"Promotion {number}",
        currency="USD",
        benefit=benefit,
        falls_on=stage,
        conditions=spend,
        scope=_scope(rng) if stage is Stage.ITEM or rng.random() < 0.3 else Scope(),
        codes=frozenset({"TEN"} if needs_code else ()),
    )


def _scope(rng: random.Random) -> Scope:
    return rng.choice(
        [
            Scope(category_ids=frozenset(rng.sample(range(CATEGORIES), 3))),
            Scope(brand_ids=frozenset({rng.randrange(12)})),
            Scope(collection_ids=frozenset({rng.randrange(8)}), attributes=frozenset({"colour=red"})),
            Scope(skus=frozenset(f"SKU{rng.randrange(80)}" for _ in range(3))),
        ]
    )


def _usd(minor: int) -> Money:
    return Money(minor, "USD")


def _bundle(rng: random.Random) -> Benefit:
    parts = tuple(BundlePart(Scope(brand_ids=frozenset({brand})), 1) for brand in rng.sample(range(12), 2))
    return Bundle(parts, basis_points=2000)


def _kinds(rng: random.Random) -> Sequence[tuple[Benefit, Stage, bool]]:
    """One of each kind, with what it falls on and whether it needs a code."""
    return (
        (PercentOff(rng.randint(5, 30) * 100), Stage.ITEM, False),
        (SpendLadder((Rung(_usd(5000), _usd(500)), Rung(_usd(15000), _usd(2000)))), Stage.ORDER, False),
        (NthItem(2, 5000), Stage.ITEM, False),
        (AmountOff(_usd(rng.randint(1, 9) * 50)), Stage.ITEM, False),
        (SpendRepeat(_usd(rng.randint(50, 99) * 100), _usd(400)), Stage.ORDER, False),
        (CountPrice(3, _usd(rng.randint(20, 40) * 100)), Stage.ITEM, False),
        (DeliveryOff(), Stage.SHIPPING, False),
        (CountLadder((CountRung(2, 1000), CountRung(4, 2000))), Stage.ITEM, False),
        (BuyGet(2, 1), Stage.ITEM, False),
        (Gift((f"GIFT{rng.randrange(3)}", "GIFT3")), Stage.ORDER, False),
        (_bundle(rng), Stage.ITEM, False),
        (DeliveryFor(_usd(199)), Stage.SHIPPING, False),
        (PercentOff(1000, most=_usd(2000)), Stage.ORDER, True),
        (PercentOff(rng.randint(2, 10) * 100), Stage.ORDER, False),
    )


if __name__ == "__main__":
    for name, figure in measure():
        print(f"{name}: {figure}")
