"""What is nearly reached: gaps and savings that are true when the shopper acts on them."""

from __future__ import annotations

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from storefront.pricing.snapshot import Stage
from storefront.promotions.rules import BuyAtLeast, NthItem, PercentOff, Promotion, Reason, Scope, evaluate
from storefront.promotions.rules.promotion import PROMOTION_STAGES
from tests.storefront.promotions.builders import (
    amount_order,
    cart,
    free_delivery,
    ladder,
    line,
    percent_items,
    promotion,
    repeat,
    saved,
    second_half,
    usd,
)


def nearest(*lines: object, offers: list[Promotion], **options: object) -> list[tuple[int, object, int]]:
    result = evaluate(cart(*lines, **options), offers)
    return [(near.promotion.id, near.shortfall.gap, near.would_save.minor) for near in result.near]


def test_add_21_more_to_save_20() -> None:
    assert nearest(line(17800), offers=[ladder((19900, 2000), id=1)]) == [(1, usd(2100), 2000)]


def test_the_rejected_promotion_says_what_is_needed_and_what_is_there() -> None:
    [rejected] = evaluate(cart(line(17800)), [ladder((19900, 2000))]).rejected
    assert rejected.reason is Reason.THRESHOLD
    assert (rejected.shortfall.need, rejected.shortfall.have) == (usd(19900), usd(17800))


def test_the_next_rung_of_a_ladder_counts_only_what_it_adds() -> None:
    assert nearest(line(30000), offers=[ladder((19900, 2000), (39900, 6000), id=1)]) == [(1, usd(9900), 4000)]
    assert nearest(line(40000), offers=[ladder((19900, 2000), (39900, 6000), id=1)]) == []


def test_a_repeating_reduction_has_a_next_time_until_its_last() -> None:
    assert nearest(line(25000), offers=[repeat(10000, 1000, id=1)]) == [(1, usd(5000), 1000)]
    assert nearest(line(25000), offers=[repeat(10000, 1000, 2, id=1)]) == []


def test_one_more_piece_for_second_half_price() -> None:
    assert nearest(line(1000, 3), offers=[second_half(id=1)]) == [(1, 1, 500)]
    assert nearest(line(1000, 2), offers=[second_half(id=1)]) == []
    assert nearest(line(900, 2), offers=[promotion(NthItem(3, 10000), Stage.ITEM, id=1)]) == [(1, 1, 900)]


def test_free_delivery_is_worth_the_delivery_cost() -> None:
    assert nearest(line(4500), offers=[free_delivery(5000, id=1)], delivery=599) == [(1, usd(500), 599)]


def test_the_most_worthwhile_comes_first() -> None:
    offers = [
        ladder((19900, 2000), id=1),
        amount_order(300, spend=18000, id=2, combines_with=PROMOTION_STAGES),
        free_delivery(18500, id=3),
    ]
    assert [near[0] for near in nearest(line(17800), offers=offers, delivery=599)] == [2, 1, 3]


def test_what_saves_less_than_it_displaces_is_not_near() -> None:
    big, small = amount_order(3000, id=1), ladder((19900, 2000), id=2)
    assert nearest(line(17800), offers=[big, small]) == []


def test_what_displaces_something_counts_only_the_difference() -> None:
    small, big = amount_order(500, id=1), ladder((19900, 2000), id=2)
    assert nearest(line(17800), offers=[small, big]) == [(2, usd(2100), 1500)]


def test_nothing_in_the_cart_of_that_kind_is_not_near() -> None:
    tea = ladder((5000, 500), scope=Scope(skus=frozenset({"TEA"})))
    assert nearest(line(4000), offers=[tea]) == []


def test_two_things_missing_are_not_near() -> None:
    offer = promotion(PercentOff(1000), Stage.ORDER, spend=5000, conditions=(BuyAtLeast(3),))
    assert nearest(line(4000), offers=[offer]) == []


def test_a_gap_is_counted_after_the_item_reductions() -> None:
    offers = [percent_items(10, id=1), ladder((10000, 1000), id=2)]
    assert nearest(line(10500), offers=offers) == [(2, usd(550), 1000)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    have=st.integers(1, 30000),
    need=st.integers(1, 30000),
    off=st.integers(1, 5000),
    percent=st.sampled_from([0, 10, 25]),
)
def test_closing_the_gap_saves_what_was_promised(have: int, need: int, off: int, percent: int) -> None:
    assume(off <= need)
    offers = [ladder((need, off), id=1)]
    if percent:
        offers.append(percent_items(percent, id=2, scope=Scope(skus=frozenset({"SKU-A"}))))
    snapshot = cart(line(have, sku="SKU-A"))
    before = evaluate(snapshot, offers)
    for near in before.near:
        more = line(near.cost.minor, sku="SKU-B")
        assert saved(cart(line(have, sku="SKU-A"), more), *offers) >= before.saved.minor + near.would_save.minor


@settings(max_examples=150, deadline=None)
@given(have=st.integers(1, 19800), more=st.integers(1, 19800))
def test_more_in_the_cart_never_widens_the_gap(have: int, more: int) -> None:
    def gap(*prices: int) -> int:
        near = nearest(*[line(price, sku=f"S{i}") for i, price in enumerate(prices)], offers=[ladder((19900, 2000))])
        return near[0][1].minor if near else 0

    assert gap(have, more) <= gap(have)
