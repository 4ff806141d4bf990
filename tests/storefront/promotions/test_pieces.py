"""Benefits that take particular pieces: refusals of nonsense, bounds that hold, and brute force on single pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storefront.kernel.money import Money
from storefront.pricing.snapshot import Snapshot, Stage
from storefront.promotions.rules import (
    Bundle,
    BundlePart,
    BuyGet,
    CountLadder,
    CountPrice,
    CountRung,
    DeliveryFor,
    Scope,
    Together,
    evaluate,
)
from storefront.promotions.rules.benefits import Benefit, share_of
from storefront.promotions.rules.pieces import best_times, free_units, sets_of
from storefront.promotions.rules.refusals import Gate
from storefront.promotions.rules.units import Goods, Position, join, start
from tests.storefront.promotions.builders import cart, line, promotion, saved, usd
from tests.storefront.promotions.strategies import OF_PIECES, carts

SLOWLY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEA, CUP = Scope(skus=frozenset({"TEA"})), Scope(skus=frozenset({"CUP"}))


@pytest.mark.parametrize(
    "make",
    [
        lambda: CountPrice(1, usd(1000)),
        lambda: CountPrice(101, usd(1000)),
        lambda: CountPrice(3, usd(0)),
        lambda: CountPrice(3, usd(-1)),
        lambda: CountPrice(3, usd(1000), most_times=0),
        lambda: CountRung(1, 1000),
        lambda: CountRung(2, 0),
        lambda: CountRung(2, 10_001),
        lambda: CountLadder(()),
        lambda: CountLadder((CountRung(3, 1000), CountRung(2, 2000))),
        lambda: CountLadder((CountRung(2, 1000), CountRung(2, 2000))),
        lambda: CountLadder((CountRung(2, 2000), CountRung(3, 2000))),
        lambda: BuyGet(0, 1),
        lambda: BuyGet(1, 0),
        lambda: BuyGet(101, 1),
        lambda: BuyGet(2, 1, 0),
        lambda: BuyGet(2, 1, 10_001),
        lambda: BuyGet(2, 1, most_times=0),
        lambda: BundlePart(TEA, 0),
        lambda: BundlePart(TEA, 101),
        lambda: Bundle((), price=usd(1000)),
        lambda: Bundle((BundlePart(TEA),), price=usd(1000)),
        lambda: Bundle((BundlePart(TEA), BundlePart(CUP))),
        lambda: Bundle((BundlePart(TEA), BundlePart(CUP)), price=usd(1000), off=usd(100)),
        lambda: Bundle((BundlePart(TEA), BundlePart(CUP)), price=usd(0)),
        lambda: Bundle((BundlePart(TEA), BundlePart(CUP)), off=usd(-5)),
        lambda: Bundle((BundlePart(TEA), BundlePart(CUP)), basis_points=10_001),
        lambda: Bundle((BundlePart(TEA), BundlePart(CUP)), basis_points=0),
        lambda: Bundle((BundlePart(TEA), BundlePart(CUP)), price=usd(1000), most_times=0),
        lambda: DeliveryFor(usd(0)),
        lambda: DeliveryFor(usd(-300)),
        lambda: promotion(CountPrice(3, usd(1000)), Stage.ORDER),
        lambda: promotion(DeliveryFor(usd(300)), Stage.ITEM),
        lambda: promotion(CountPrice(3, Money(1000, "CNY")), Stage.ITEM),
    ],
)
def test_nonsense_cannot_exist(make: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        make()


def goods_of(snapshot: Snapshot, benefit: Benefit) -> Goods:
    frame, position = start(snapshot)
    candidate = Gate(snapshot).admit(promotion(benefit, Stage.ITEM))
    return candidate.goods(frame, position) if candidate else Goods(frame, position, ())


@st.composite
def fewer_or_cheaper(draw: st.DrawFn, goods: Goods) -> Goods:
    """Use up some pieces and lower the prices of others, as other promotions may have done."""
    runs = []
    for line_runs in goods.position.runs:
        [(count, price, _)] = line_runs
        pieces = [(1, draw(st.integers(0, price)), draw(st.integers(0, 3)) == 0) for _ in range(count)]
        kept = [(1, price, False) for _ in range(count)]
        runs.append(join(pieces if draw(st.booleans()) else kept))
    totals = tuple(sum(count * price for count, price, _ in line_runs) for line_runs in runs)
    return replace(goods, position=Position(tuple(runs), totals, 0, goods.position.entry))


@SLOWLY
@given(carts(), OF_PIECES, st.data())
def test_a_bound_holds_on_these_goods_and_on_fewer_or_cheaper_ones(
    snapshot: Snapshot, benefit: Benefit, data: st.DataObject
) -> None:
    goods = goods_of(snapshot, benefit)
    if not goods.indexes:
        return
    bound = benefit.bound(goods, Stage.ITEM)
    for each in (goods, data.draw(fewer_or_cheaper(goods))):
        reduction = benefit.reduce(each, Stage.ITEM)
        if reduction is not None:
            assert 0 < reduction.amount <= bound
            assert reduction.amount == sum(amount for _, _, amount in reduction.lines)


@SLOWLY
@given(carts(), OF_PIECES)
def test_adding_what_a_step_asks_for_gives_what_it_promises(snapshot: Snapshot, benefit: Benefit) -> None:
    """The pieces to add cost as much as the cheapest of their kind in the cart, and share its minimum price."""
    goods = goods_of(snapshot, benefit)
    step = benefit.next_step(goods) if goods.indexes else None
    if step is None or step.open or not step.gain:
        return
    scope = step.scope or Scope()
    wanted = step.cost // step.shortfall.size
    cheapest = [each for each in snapshot.lines if scope.matches(each) and each.unit_price.minor == wanted]
    before = benefit.reduce(goods, Stage.ITEM)
    gained = []
    for each in cheapest:
        more = replace(each, quantity=each.quantity + step.shortfall.size)
        lines = tuple(more if line is each else line for line in snapshot.lines)
        after = benefit.reduce(goods_of(replace(snapshot, lines=lines), benefit), Stage.ITEM)
        gained.append((after.amount if after else 0) - (before.amount if before else 0))
    assert max(gained) >= step.gain


Piece = tuple[int, int, bool, bool]
"""Number, price, may be in the first part, may be in the second."""
PIECES = st.lists(st.tuples(st.integers(1, 30), st.booleans(), st.booleans()), min_size=1, max_size=6)


def in_cart(pieces: Sequence[tuple[int, bool, bool]]) -> Snapshot:
    """Lay each piece in a line of its own, in the categories 1 and 2 as it may serve."""
    return cart(
        *[
            line(price, sku=f"P{i}", category_ids=frozenset([c for c, fits in ((1, a), (2, b)) if fits] + [9]))
            for i, (price, a, b) in enumerate(pieces)
        ]
    )


def best_sets(pieces: Sequence[Piece], wants: tuple[int, int], value: Any) -> int:
    """Return the most that disjoint sets (so many of the first part, so many of the second) save, by trying all."""
    best = 0
    for chosen in _sets(pieces, wants):
        rest = [piece for piece in pieces if piece not in chosen[0] and piece not in chosen[1]]
        best = max(best, value(*chosen) + best_sets(rest, wants, value))
    return best


def _sets(pieces: Sequence[Piece], wants: tuple[int, int]) -> Iterator[tuple[list[Piece], list[Piece]]]:
    for first in combinations([piece for piece in pieces if piece[2]], wants[0]):
        others = [piece for piece in pieces if piece[3] and piece not in first]
        for second in combinations(others, wants[1]):
            yield list(first), list(second)


def price_of(*parts: list[Piece]) -> int:
    return sum(piece[1] for part in parts for piece in part)


FIRST, SECOND = Scope(category_ids=frozenset({1})), Scope(category_ids=frozenset({2}))
SLOWER = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOWER
@given(PIECES, st.integers(1, 60), st.integers(1, 2), st.integers(1, 2))
def test_no_other_assignment_of_pieces_to_sets_saves_more(
    pieces: list[tuple[int, bool, bool]], price: int, one: int, two: int
) -> None:
    numbered = [(i, *piece) for i, piece in enumerate(pieces)]
    bundle = Bundle((BundlePart(FIRST, one), BundlePart(SECOND, two)), price=usd(price))
    expected = best_sets(numbered, (one, two), lambda a, b: max(0, price_of(a, b) - price))
    assert saved(in_cart(pieces), promotion(bundle, Stage.ITEM)) == expected


@SLOWER
@given(PIECES, st.integers(1, 2), st.integers(1, 2), st.sampled_from([3333, 5000, 10_000]))
def test_no_other_choice_of_bought_and_given_pieces_saves_more(
    pieces: list[tuple[int, bool, bool]], buy: int, get: int, points: int
) -> None:
    numbered = [(i, *piece) for i, piece in enumerate(pieces)]
    offer = promotion(BuyGet(buy, get, points, SECOND), Stage.ITEM, scope=FIRST)
    expected = best_sets(numbered, (buy, get), lambda _, b: sum(share_of(piece[1], points) for piece in b))
    assert saved(in_cart(pieces), offer) == expected


@SLOWER
@given(st.lists(st.integers(1, 30), min_size=1, max_size=7), st.integers(1, 60), st.integers(2, 3))
def test_no_other_grouping_for_a_fixed_price_saves_more(prices: list[int], price: int, count: int) -> None:
    pieces = [(i, each, True, False) for i, each in enumerate(prices)]
    snapshot = in_cart([(each, True, False) for each in prices])
    expected = best_sets(pieces, (count, 0), lambda a, _: max(0, price_of(a) - price))
    assert saved(snapshot, promotion(CountPrice(count, usd(price)), Stage.ITEM)) == expected


@SLOWER
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 2)), min_size=1, max_size=8), st.integers(1, 40))
def test_no_other_choice_of_groups_saves_more_within_the_limit(pieces: list[tuple[int, int]], price: int) -> None:
    lines = [line(each, sku=f"P{i}", product_id=group) for i, (each, group) in enumerate(pieces)]
    groups = [[each for each, group in pieces if group == number] for number in range(3)]
    for most in (1, 2, 3):
        offer = promotion(CountPrice(2, usd(price), Together.PRODUCT, most), Stage.ITEM)
        assert saved(cart(*lines), offer) == best_pairs(groups, price, most)


def best_pairs(groups: list[list[int]], price: int, most: int) -> int:
    """Return the most that so many pairs within groups save, by trying all."""
    best = 0
    for place, group in enumerate(groups):
        for first, second in combinations(range(len(group)), 2) if most else ():
            rest = [each for i, each in enumerate(group) if i not in (first, second)]
            gain = group[first] + group[second] - price
            if gain > 0:
                best = max(best, gain + best_pairs([*groups[:place], rest, *groups[place + 1 :]], price, most - 1))
    return best


@given(st.lists(st.integers(0, 30), max_size=8), st.integers(1, 30))
def test_one_more_piece_never_makes_the_others_dearer(prices: list[int], more: int) -> None:
    def saving(found: list[int], benefit: Benefit) -> int:
        lines = [line(price, sku=f"S{i}") for i, price in enumerate(found)]
        return saved(cart(*lines), promotion(benefit, Stage.ITEM))

    for benefit in (BuyGet(2, 1), BuyGet(1, 1, 5000), CountPrice(3, usd(20)), CountLadder((CountRung(2, 1000),))):
        assert saving([*prices, more], benefit) >= saving(prices, benefit)


def test_sets_are_dearest_first_and_alike_ones_are_counted() -> None:
    frame, position = start(cart(line(500, 5, sku="A"), line(300, 2, sku="B")))
    units = free_units(Goods(frame, position, (0, 1)))
    assert list(sets_of(units, 2, None)) == [
        ([(500, 0, 0, 2)], 2),
        ([(500, 0, 0, 1), (300, 1, 0, 1)], 1),
    ]
    assert list(sets_of(units, 2, 1)) == [([(500, 0, 0, 2)], 1)]


def test_the_best_number_of_times_is_the_smallest_of_the_best() -> None:
    assert best_times(9, lambda times: min(times, 4)) == 4
    assert best_times(9, lambda times: -times) == 0
    assert best_times(0, lambda times: times) == 0


def test_thousands_of_pieces_are_counted_in_no_time() -> None:
    lines = [line(100 + i, 9_999, sku=f"S{i}") for i in range(20)]
    for benefit in (
        CountPrice(3, usd(100)),
        BuyGet(2, 1),
        BuyGet(2, 1, get_scope=Scope(skus=frozenset({"S3", "S4"}))),
        Bundle((BundlePart(Scope(skus=frozenset({"S3", "S4"}))), BundlePart(Scope())), price=usd(50)),
    ):
        assert evaluate(cart(*lines), [promotion(benefit, Stage.ITEM)]).applied
