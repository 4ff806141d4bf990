"""Carts and promotions of every kind, drawn by lot: cheap enough to try thousands of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from storefront.kernel.money import Money
from storefront.pricing.snapshot import Delivery, GiftStock, PointsOffer, Snapshot, SnapshotLine, Stage
from storefront.promotions.rules import (
    AmountOff,
    Benefit,
    Bundle,
    BundlePart,
    BuyAtLeast,
    BuyGet,
    CountLadder,
    CountPrice,
    CountRung,
    DeliveryFor,
    DeliveryOff,
    Gift,
    Limits,
    NthItem,
    PercentOff,
    Promotion,
    Rung,
    Scope,
    SpendAtLeast,
    SpendLadder,
    SpendRepeat,
    Together,
)
from tests.storefront.promotions.builders import NOON

STAGES = [Stage.ITEM, Stage.ORDER, Stage.SHIPPING, Stage.COUPON]
SIZES = ["S", "M", "L"]


def cart_of(rng: Random, most_lines: int = 5, currency: str = "USD") -> Snapshot:
    """Draw a cart with delivery, gifts in stock and points to spend."""
    return Snapshot(
        now=NOON,
        currency=currency,
        lines=tuple(line_of(rng, number, currency) for number in range(rng.randint(1, most_lines))),
        delivery=rng.choice([None, Delivery("standard", Money(rng.choice([0, 499]), currency))]),
        codes=("SAVE",),
        gifts=tuple(
            GiftStock(f"GIFT{number}", rng.randint(0, 3), Money(rng.choice([0, 90, 250]), currency))
            for number in range(rng.randint(0, 2))
        ),
        points=rng.choice([None, PointsOffer(rng.randint(0, 900), rng.choice([1, 7, 100]), rng.choice([0, 33, 100]))]),
    )


def line_of(rng: Random, number: int, currency: str = "USD") -> SnapshotLine:
    """Draw a line, now and then one with a minimum price."""
    price = rng.choice([rng.randint(0, 40), rng.randint(1, 999), 1000, 1999])
    return SnapshotLine(
        line_id=f"SKU{number}",
        sku=f"SKU{number}",
        quantity=rng.randint(1, 4),
        unit_price=Money(price, currency),
        minimum_price=Money(rng.randint(0, price), currency) if rng.random() < 0.3 else None,
        product_id=rng.randint(1, 3),
        brand_id=rng.choice([None, 1, 2]),
        category_ids=frozenset({rng.randint(1, 3)}),
        collection_ids=frozenset({rng.randint(1, 2)}),
        attributes=frozenset({f"size={rng.choice(SIZES)}", f"colour={rng.choice(['red', 'blue'])}"}),
    )


def promotions_of(rng: Random, count: int, currency: str = "USD") -> list[Promotion]:
    """Draw so many promotions of any kind."""
    return [promotion_of(rng, number, currency) for number in range(1, count + 1)]


def promotion_of(rng: Random, number: int, currency: str = "USD") -> Promotion:
    """Draw a promotion: each kind as often as any other, a third of them with a condition, some with a code."""
    draw = rng.choice(KINDS)
    benefit, on = draw(rng, currency)
    conditions = [SpendAtLeast(_amount(rng, currency)), BuyAtLeast(rng.randint(1, 5), scope_of(rng))]
    own = rng.choice([None, None, frozenset(stage for stage in STAGES if rng.random() < 0.7)])
    return Promotion(
        id=number,
        name=f"Promotion {number}",
        currency=currency,
        benefit=benefit,
        falls_on=on,
        conditions=(rng.choice(conditions),) if rng.random() < 0.3 else (),
        scope=scope_of(rng),
        codes=frozenset({"save"}) if rng.random() < 0.2 else frozenset(),
        priority=rng.randint(0, 1),
        exclusive=rng.random() < 0.1,
        combines_with=own,
        limits=Limits(budget_left=_amount(rng, currency) if rng.random() < 0.15 else None),
    )


def scope_of(rng: Random) -> Scope:
    """Draw a scope; half of them are everything."""
    return rng.choice(
        [
            Scope(),
            Scope(),
            Scope(),
            Scope(exclude=Scope(attributes=frozenset({"size=S"}))),
            Scope(category_ids=frozenset({rng.randint(1, 3)})),
            Scope(brand_ids=frozenset({1}), collection_ids=frozenset({rng.randint(1, 2)})),
            Scope(attributes=frozenset({"size=S", f"size={rng.choice(SIZES)}", "colour=red"})),
        ]
    )


def _amount(rng: Random, currency: str) -> Money:
    return Money(rng.choice([rng.randint(1, 60), 200, 500, 2000]), currency)


def _percent(rng: Random) -> int:
    return rng.choice([1, 333, 1000, 2500, 5000, 10_000])


def _goods(rng: Random) -> Stage:
    return rng.choice([Stage.ITEM, Stage.ORDER])


def _ladder(rng: Random, currency: str) -> Benefit:
    first, second = sorted(rng.sample(range(50, 3000), 2))
    off = rng.randint(1, 50)
    rungs = (
        Rung(Money(first, currency), Money(off, currency)),
        Rung(Money(second, currency), Money(off * 2, currency)),
    )
    return SpendLadder(rungs if off * 2 <= second else rungs[:1])


def _repeat(rng: Random, currency: str) -> Benefit:
    spend = rng.randint(50, 2000)
    return SpendRepeat(Money(spend, currency), Money(rng.randint(1, spend), currency), rng.choice([None, 1, 3]))


def _bundle(rng: Random, currency: str) -> Benefit:
    parts = tuple(
        BundlePart(Scope(category_ids=frozenset({category})), rng.randint(1, 2))
        for category in rng.sample([1, 2, 3], 2)
    )
    if rng.random() < 0.5:
        return Bundle(parts, price=_amount(rng, currency))
    return Bundle(parts, basis_points=_percent(rng), most_times=rng.choice([None, 1]))


KINDS: Sequence[Callable[[Random, str], tuple[Benefit, Stage]]] = (
    lambda rng, cur: (PercentOff(_percent(rng), rng.choice([None, _amount(rng, cur)])), _goods(rng)),
    lambda rng, cur: (AmountOff(_amount(rng, cur)), _goods(rng)),
    lambda rng, cur: (_ladder(rng, cur), Stage.ORDER),
    lambda rng, cur: (_repeat(rng, cur), Stage.ORDER),
    lambda rng, cur: (NthItem(rng.randint(2, 3), _percent(rng), rng.choice(list(Together))), Stage.ITEM),
    lambda rng, cur: (CountPrice(rng.randint(2, 3), _amount(rng, cur), rng.choice(list(Together))), Stage.ITEM),
    lambda rng, cur: (CountLadder((CountRung(2, 1000), CountRung(4, 3000)), rng.choice(list(Together))), Stage.ITEM),
    lambda rng, cur: (BuyGet(rng.randint(1, 2), 1, _percent(rng)), Stage.ITEM),
    lambda rng, cur: (_bundle(rng, cur), Stage.ITEM),
    lambda rng, cur: (Gift(rng.choice([("GIFT0",), ("GIFT0", "GIFT1")]), rng.randint(1, 2)), _goods(rng)),
    lambda rng, cur: (DeliveryOff(_percent(rng)), Stage.SHIPPING),
    lambda rng, cur: (DeliveryFor(_amount(rng, cur)), Stage.SHIPPING),
)
