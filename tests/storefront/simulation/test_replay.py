"""The replay: its figures are what evaluating each order by hand gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storefront.kernel.money import Money
from storefront.pricing.snapshot import Delivery, GiftStock, Shopper, Snapshot, SnapshotLine, Stage
from storefront.promotions.rules import (
    AmountOff,
    Audience,
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
    evaluate,
)
from storefront.simulation.rules import ANY_CODE, Figures, PastOrder, Replay

START = datetime(2026, 1, 31, 23, tzinfo=UTC)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def past(
    *prices: int, customer: str = "customer:1", cost: int | None = None, hours: int = 0, orders: int = 0
) -> PastOrder:
    lines = tuple(
        SnapshotLine(str(i), f"SKU{i}", 1, usd(price), product_id=i, category_ids=frozenset({i % 3}))
        for i, price in enumerate(prices)
    )
    snapshot = Snapshot(
        START + timedelta(hours=hours), "USD", lines, Shopper(True, order_count=orders), Delivery("post", usd(500))
    )
    return PastOrder(snapshot, customer, None if cost is None else usd(cost))


def promotion(number: int, benefit: object, **values: object) -> Promotion:
    usual = {"falls_on": Stage.ORDER, "key": f"p{number}"} | values
    return Promotion(number, f"P{number}", "USD", benefit, **usual)  # type: ignore[arg-type]


SAVE_20 = promotion(1, SpendLadder((Rung(usd(10_000), usd(2_000)),)))
HALF_OFF_TWO = promotion(2, NthItem(2, 5_000), falls_on=Stage.ITEM)
TEN_PERCENT = promotion(3, PercentOff(1_000))
FREE_POST = promotion(4, DeliveryOff(), falls_on=Stage.SHIPPING, conditions=(SpendAtLeast(usd(5_000)),))


def run(draft: Promotion, others: tuple[Promotion, ...], *orders: PastOrder) -> Figures:
    replay = Replay(draft, others)
    for order in orders:
        replay.add(order)
    return replay.figures


def test_what_an_order_would_have_cost_less_is_counted_by_month() -> None:
    figures = run(
        SAVE_20, (), past(10_000, cost=6_000), past(9_999), past(30_000, cost=9_000, hours=2), past(5_000, hours=2)
    )
    assert (figures.orders, figures.touched, figures.given, figures.cost) == (4, 2, 4_000, 4_000)
    assert {name: (month.orders, month.touched, month.cost) for name, month in figures.months.items()} == {
        "2026-01": (2, 1, 2_000),
        "2026-02": (2, 1, 2_000),
    }
    assert (figures.sales, figures.margin) == (41_000, 41_000 - 15_000)
    assert figures.near == 1, "a cent short is just short, half of it is not"
    assert figures.reasons == {"threshold": 2}


@pytest.mark.parametrize(("prices", "near"), [((8_000,), 1), ((7_999,), 0), ((3, 5_000, 3_000), 1)])
def test_an_order_is_just_short_when_a_fifth_of_the_amount_is_missing(prices: tuple[int, ...], near: int) -> None:
    assert run(SAVE_20, (), past(*prices)).near == near


@pytest.mark.parametrize(("prices", "near"), [((500, 500), 1), ((500,), 0)])
def test_an_order_is_just_short_when_one_piece_is_missing(prices: tuple[int, ...], near: int) -> None:
    assert run(promotion(5, NthItem(3, 10_000), falls_on=Stage.ITEM), (), past(*prices)).near == near


def test_break_even_says_how_many_more_such_orders_would_pay_for_it() -> None:
    figures = run(SAVE_20, (), past(10_000, cost=6_500))
    assert (figures.margin, figures.costed_cost) == (4_000, 2_000)
    assert figures.break_even == 10_000, "each order now leaves 20.00 instead of 40.00: twice as many are needed"
    assert run(SAVE_20, (), past(10_000, cost=9_000)).break_even is None
    assert run(SAVE_20, (), past(10_000, cost=9_000)).loses_money
    assert run(SAVE_20, (), past(10_000)).break_even is None
    assert run(SAVE_20, (), past(5_000)).break_even is None


def test_an_order_whose_cost_is_not_known_has_no_part_in_the_margin() -> None:
    figures = run(SAVE_20, (), past(10_000), past(10_000, cost=5_000))
    assert (figures.touched, figures.costed, figures.costed_cost, figures.cost) == (2, 1, 2_000, 4_000)


def test_what_another_promotion_gave_before_is_not_counted_as_cost() -> None:
    figures = run(SAVE_20, (TEN_PERCENT,), past(10_000))
    assert (figures.given, figures.cost) == (2_000, 1_000)
    assert figures.displaced["p3"].orders == 1
    assert figures.displaced["p3"].amount == 1_000


def test_a_draft_that_another_promotion_beats_is_counted_as_kept_out() -> None:
    figures = run(SAVE_20, (TEN_PERCENT,), past(30_000))
    assert (figures.touched, figures.cost) == (0, 0)
    assert (figures.kept_out["p3"].orders, figures.kept_out["p3"].amount) == (1, 2_000)


@pytest.mark.parametrize(
    ("limits", "touched", "cost"),
    [
        (Limits(uses_left=1), 1, 2_000),
        (Limits(per_customer=1), 2, 4_000),
        (Limits(budget_left=usd(5_000)), 2, 4_000),
        (Limits(uses_left=0), 0, 0),
        (Limits(), 3, 6_000),
    ],
)
def test_the_limits_of_the_draft_run_out_as_they_would_have(limits: Limits, touched: int, cost: int) -> None:
    draft = promotion(1, SAVE_20.benefit, limits=limits)
    figures = run(draft, (), past(10_000), past(10_000), past(10_000, customer="customer:2"))
    assert (figures.touched, figures.cost) == (touched, cost)


def test_first_orders_are_those_that_were_the_first_then() -> None:
    draft = promotion(1, AmountOff(usd(500)), audience=Audience(most_orders=0))
    figures = run(draft, (), past(1_000), past(1_000, orders=1))
    assert figures.touched == 1
    assert figures.reasons == {"audience": 1}


@pytest.mark.parametrize("codes", [frozenset(), frozenset({"SPRING"})])
def test_a_draft_that_needs_a_code_is_tried_as_if_everybody_had_it(codes: frozenset[str]) -> None:
    draft = promotion(1, AmountOff(usd(500)), needs_code=True, codes=codes)
    assert run(draft, (), past(1_000)).touched == 1
    assert ANY_CODE.isalpha()


def test_its_own_window_does_not_matter_and_neither_do_those_of_others() -> None:
    draft = promotion(1, SAVE_20.benefit, starts_at=datetime(2030, 1, 1, tzinfo=UTC))
    other = promotion(3, TEN_PERCENT.benefit, ends_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert run(draft, (other,), past(10_000)).cost == 1_000


GIFT = promotion(9, Gift(("MUG",)))


def with_mugs(order: PastOrder, price: int = 5_000) -> PastOrder:
    """The same order in a shop that has mugs to give away."""
    return replace(order, snapshot=replace(order.snapshot, gifts=(GiftStock("MUG", 99, usd(price)),)))


def test_a_gift_is_counted_at_what_it_costs_the_shop() -> None:
    replay = Replay(GIFT, (), {"MUG": 1_200})
    replay.add(with_mugs(past(10_000, cost=6_000)))
    figures = replay.figures
    assert (figures.given, figures.cost, figures.sales, figures.margin) == (5_000, 1_200, 10_500, 4_500)
    assert not figures.loses_money
    assert run(GIFT, (), with_mugs(past(10_000))).cost == 5_000, "its price, where its cost is not known"


def test_a_gift_that_is_given_anyway_is_no_money_lost() -> None:
    replay = Replay(TEN_PERCENT, (GIFT,), {"MUG": 1_200})
    replay.add(with_mugs(past(10_000, cost=6_000)))
    figures = replay.figures
    assert (figures.cost, figures.sales, figures.margin) == (1_000, 10_500, 3_300)
    assert figures.break_even == 4_348, "33.00 before, 23.00 after"


def test_an_order_in_another_currency_is_refused() -> None:
    order = PastOrder(Snapshot(START, "JPY"), "customer:1")
    with pytest.raises(ValueError, match="currency"):
        run(SAVE_20, (), order)


def test_figures_survive_being_stored() -> None:
    figures = run(SAVE_20, (TEN_PERCENT,), past(10_000, cost=1), past(30_000), past(1))
    assert Figures.from_data(figures.to_data()) == figures


carts = st.lists(st.integers(1, 20_000), min_size=1, max_size=6)
sets = st.lists(st.sampled_from([HALF_OFF_TWO, TEN_PERCENT, FREE_POST]), max_size=3, unique=True)
drafts = st.sampled_from(
    [
        SAVE_20,
        promotion(5, NthItem(3, 10_000), falls_on=Stage.ITEM),
        promotion(6, PercentOff(2_000), falls_on=Stage.ITEM, scope=Scope(category_ids=frozenset({1}))),
        promotion(7, DeliveryOff(5_000), falls_on=Stage.SHIPPING, exclusive=True),
        promotion(8, AmountOff(usd(300)), conditions=(SpendAtLeast(usd(9_000), Scope(category_ids=frozenset({0}))),)),
    ]
)


@settings(max_examples=60, deadline=None)
@given(drafts, sets, st.lists(carts, max_size=5))
def test_the_figures_are_the_sums_of_evaluating_each_order_twice(
    draft: Promotion, others: list[Promotion], orders: list[list[int]]
) -> None:
    figures = run(draft, tuple(others), *(past(*prices) for prices in orders))
    cost = touched = given_off = 0
    for prices in orders:
        snapshot = past(*prices).snapshot
        before, after = evaluate(snapshot, others), evaluate(snapshot, [*others, draft])
        mine = [each for each in after.applied if each.promotion.id == draft.id]
        touched += bool(mine)
        given_off += sum(each.amount.minor for each in mine)
        cost += after.saved.minor - before.saved.minor
    assert (figures.cost, figures.touched, figures.given) == (cost, touched, given_off)
    assert figures.touched + sum(figures.reasons.values()) == len(orders)
    assert sum(month.cost for month in figures.months.values()) == cost
