"""What the shop's own engines cost inside one process, without a web server around them."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from storefront.kernel.money import Money
from storefront.pricing.snapshot import Snapshot, SnapshotLine, Stage
from storefront.promotions.rules import NthItem, PercentOff, Promotion, Rung, Scope, SpendLadder, evaluate

NOON = datetime(2026, 6, 18, 12, tzinfo=UTC)


def _cart(lines: int, rng: random.Random) -> Snapshot:
    return Snapshot(
        now=NOON,
        currency="USD",
        lines=tuple(
            SnapshotLine(
                line_id=str(n),
                sku=f"SKU{n}",
                quantity=rng.randint(1, 3),
                unit_price=Money(rng.randint(99, 4999), "USD"),
                product_id=n,
                category_ids=frozenset({n % 7}),
            )
            for n in range(lines)
        ),
    )


def _promotions(count: int, rng: random.Random) -> list[Promotion]:
    made = []
    for number in range(1, count + 1):
        kind = number % 4
        if kind == 0:
            spend = rng.randint(50, 900) * 100
            benefit, stage, scope = (
                SpendLadder((Rung(Money(spend, "USD"), Money(spend // 10, "USD")),)),
                Stage.ORDER,
                Scope(),
            )
        elif kind == 1:
            benefit, stage, scope = NthItem(2, 5000), Stage.ITEM, Scope(category_ids=frozenset({rng.randrange(100)}))
        else:
            percent = rng.randint(5, 30) * 100
            benefit, stage, scope = PercentOff(percent), Stage.ITEM, Scope(category_ids=frozenset({rng.randrange(100)}))
        made.append(
            Promotion(
                id=number, name=f"Promotion {number}", currency="USD", benefit=benefit, falls_on=stage, scope=scope
            )
        )
    return made


def _microseconds(action: Callable[[], object], repeat: int = 60) -> float:
    timings = []
    for _ in range(repeat):
        start = time.process_time_ns()
        action()
        timings.append((time.process_time_ns() - start) / 1000)
    return statistics.median(timings)


def measure() -> list[tuple[str, str]]:
    """Return (what, figure) rows; each figure is the median over many runs, in CPU microseconds."""
    rows = []
    for lines, count in ((20, 50), (40, 50), (20, 100), (5, 4)):
        rng = random.Random(7)
        cart, promotions = _cart(lines, rng), _promotions(count, rng)
        cost = _microseconds(lambda: evaluate(cart, promotions))  # noqa: B023
        loop = _microseconds(lambda: sum(line.unit_price.minor * line.quantity for line in cart.lines))  # noqa: B023
        rows.append(
            (
                f"best deal for {lines} lines x {count} promotions",
                f"{cost:.0f} µs; a loop that sums the lines {loop:.1f} µs",
            )
        )
    return rows
