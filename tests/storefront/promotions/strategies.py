"""Random carts and promotions, small enough to hit the edges often."""

from __future__ import annotations

from hypothesis import strategies as st

from storefront.pricing.snapshot import Snapshot, SnapshotLine, Stage
from storefront.promotions.rules import (
    AmountOff,
    Bundle,
    BundlePart,
    BuyAtLeast,
    BuyGet,
    CountLadder,
    CountPrice,
    CountRung,
    DeliveryFor,
    DeliveryOff,
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
from storefront.promotions.rules.benefits import Benefit
from tests.storefront.promotions.builders import cart, line, usd

PRICES = st.one_of(st.integers(0, 40), st.sampled_from([99, 100, 333, 1000, 1999, 6700, 3300]))
STAGES = [Stage.ITEM, Stage.ORDER, Stage.SHIPPING, Stage.COUPON]
ONE_TO_THREE = st.integers(1, 3)
ONE_TO_FOUR = st.integers(1, 4)
MAYBE = st.sampled_from([False, False, True])
BRANDS = st.sampled_from([None, 1, 2])
CATEGORIES = st.frozensets(ONE_TO_THREE, max_size=2)
DELIVERIES = st.sampled_from([None, 0, 499])
"""Strategies stand by themselves: Hypothesis looks at each one anew, which takes longer than to draw from it."""


@st.composite
def lines(draw: st.DrawFn, number: int) -> SnapshotLine:
    price = draw(PRICES)
    return line(
        price,
        draw(ONE_TO_FOUR),
        sku=f"SKU{number}",
        minimum=draw(st.integers(0, price + 5)) if draw(MAYBE) else None,
        product_id=draw(ONE_TO_THREE),
        brand_id=draw(BRANDS),
        category_ids=draw(CATEGORIES),
    )


LINES = [lines(number) for number in range(8)]


@st.composite
def carts(draw: st.DrawFn, most_lines: int = 4) -> Snapshot:
    count = draw(st.integers(1, most_lines))
    return cart(*[draw(each) for each in LINES[:count]], delivery=draw(DELIVERIES), codes=("SAVE",))


SCOPES = st.one_of(
    st.just(Scope()),
    st.builds(
        Scope,
        category_ids=st.frozensets(st.integers(1, 3), max_size=2),
        brand_ids=st.frozensets(st.integers(1, 2), max_size=1),
        exclude=st.one_of(st.none(), st.none(), st.just(Scope(skus=frozenset({"SKU0"})))),
    ),
)
AMOUNTS = st.one_of(st.integers(1, 60), st.sampled_from([500, 2000])).map(usd)
PERCENTS = st.sampled_from([1, 333, 1000, 1250, 5000, 10_000])


@st.composite
def ladders(draw: st.DrawFn) -> SpendLadder:
    spends = sorted(draw(st.sets(st.integers(1, 3000), min_size=1, max_size=3)))
    offs = sorted(draw(st.sets(st.integers(1, spends[0] + len(spends)), min_size=len(spends), max_size=len(spends))))
    return SpendLadder(
        tuple(Rung(usd(max(spend, off)), usd(off)) for spend, off in zip(spends, offs, strict=True))
        if all(off <= spend for spend, off in zip(spends, offs, strict=True))
        else (Rung(usd(spends[0]), usd(min(offs[0], spends[0]))),)
    )


@st.composite
def repeats(draw: st.DrawFn) -> SpendRepeat:
    spend = draw(st.integers(1, 2000))
    return SpendRepeat(usd(spend), usd(draw(st.integers(1, spend))), draw(st.sampled_from([None, 1, 3])))


ON_GOODS = st.sampled_from([Stage.ITEM, Stage.ORDER])
BENEFITS: st.SearchStrategy[tuple[Benefit, Stage]] = st.one_of(
    st.tuples(
        st.builds(PercentOff, PERCENTS, st.one_of(st.none(), AMOUNTS)), st.sampled_from([Stage.ITEM, Stage.ORDER])
    ),
    st.tuples(st.builds(AmountOff, AMOUNTS), st.sampled_from([Stage.ITEM, Stage.ORDER])),
    st.tuples(ladders(), st.just(Stage.ORDER)),
    st.tuples(repeats(), st.just(Stage.ORDER)),
    st.tuples(
        st.builds(NthItem, st.integers(2, 3), PERCENTS, st.sampled_from(list(Together)), st.sampled_from([None, 1])),
        st.just(Stage.ITEM),
    ),
    st.tuples(st.builds(DeliveryOff, PERCENTS, st.one_of(st.none(), AMOUNTS)), st.just(Stage.SHIPPING)),
)
TIMES = st.sampled_from([None, None, 1, 2])
TOGETHER = st.sampled_from(list(Together))
PARTS = st.lists(st.builds(BundlePart, SCOPES, st.integers(1, 2)), min_size=2, max_size=3).map(tuple)


@st.composite
def count_ladders(draw: st.DrawFn) -> CountLadder:
    counts = sorted(draw(st.sets(st.integers(2, 6), min_size=1, max_size=3)))
    percents = sorted(draw(st.sets(st.integers(1, 10_000), min_size=len(counts), max_size=len(counts))))
    rungs = tuple(CountRung(count, points) for count, points in zip(counts, percents, strict=True))
    return CountLadder(rungs, draw(TOGETHER))


OF_PIECES: st.SearchStrategy[Benefit] = st.one_of(
    st.builds(NthItem, st.integers(2, 3), PERCENTS, TOGETHER, TIMES),
    st.builds(CountPrice, st.integers(2, 4), AMOUNTS, TOGETHER, TIMES),
    count_ladders(),
    st.builds(BuyGet, st.integers(1, 2), st.integers(1, 2), PERCENTS, st.one_of(st.none(), SCOPES), TIMES),
    st.builds(Bundle, PARTS, price=AMOUNTS, most_times=TIMES),
    st.builds(Bundle, PARTS, off=AMOUNTS, most_times=TIMES),
    st.builds(Bundle, PARTS, basis_points=PERCENTS, most_times=TIMES),
)
"""Benefits that take particular pieces."""
EVERY_KIND: st.SearchStrategy[tuple[Benefit, Stage]] = st.one_of(
    BENEFITS,
    st.tuples(OF_PIECES, st.just(Stage.ITEM)),
    st.tuples(OF_PIECES, st.just(Stage.ITEM)),
    st.tuples(st.builds(DeliveryFor, AMOUNTS), st.just(Stage.SHIPPING)),
)
CONDITIONS = st.lists(
    st.one_of(
        st.builds(SpendAtLeast, AMOUNTS, st.one_of(st.none(), SCOPES)),
        st.builds(BuyAtLeast, st.integers(1, 6), st.one_of(st.none(), SCOPES)),
    ),
    max_size=1,
)


CODED = st.sampled_from([frozenset(), frozenset(), frozenset(), frozenset({"SAVE"})])
PRIORITIES = st.integers(0, 2)
EXCLUSIVE = st.sampled_from([False, False, False, False, False, True])
COMBINES_WITH = st.one_of(st.none(), st.frozensets(st.sampled_from(STAGES)))
BUDGETS = st.one_of(st.none(), st.none(), st.none(), AMOUNTS)


@st.composite
def promotions(draw: st.DrawFn, number: int, kinds: st.SearchStrategy[tuple[Benefit, Stage]] = BENEFITS) -> Promotion:
    benefit, on = draw(kinds)
    return Promotion(
        id=number,
        name="",
        currency="USD",
        benefit=benefit,
        falls_on=on,
        conditions=tuple(draw(CONDITIONS)),
        scope=draw(SCOPES),
        codes=draw(CODED),
        priority=draw(PRIORITIES),
        exclusive=draw(EXCLUSIVE),
        combines_with=draw(COMBINES_WITH),
        limits=Limits(budget_left=draw(BUDGETS)),
    )


def promotion_sets(
    most: int = 8, kinds: st.SearchStrategy[tuple[Benefit, Stage]] = BENEFITS
) -> st.SearchStrategy[list[Promotion]]:
    """Return what draws from one promotion to `most`."""
    each = [promotions(number, kinds) for number in range(1, most + 1)]
    return st.integers(1, most).flatmap(lambda count: st.tuples(*each[:count])).map(list)
