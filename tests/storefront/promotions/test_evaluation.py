"""What an evaluation does to a cart: amounts, shares, refusals, codes, scopes, times and limits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storefront.kernel.money import Money
from storefront.pricing.snapshot import Shopper, Snapshot, SnapshotLine, Stage
from storefront.promotions.rules import (
    Audience,
    BuyAtLeast,
    DeliveryOff,
    Limits,
    NthItem,
    PercentOff,
    Promotion,
    Reason,
    Rung,
    Scope,
    SpendLadder,
    Together,
    evaluate,
)
from tests.storefront.promotions.builders import (
    NOON,
    amount_order,
    cart,
    chosen,
    free_delivery,
    ladder,
    line,
    percent_items,
    percent_order,
    promotion,
    quote_of,
    repeat,
    saved,
    second_half,
    usd,
)

SPEND_199_SAVE_20 = ladder((19900, 2000))
TWO_RUNGS = ladder((19900, 2000), (39900, 6000))


@pytest.mark.parametrize(
    ("prices", "offer", "expected"),
    [
        ([19898], SPEND_199_SAVE_20, 0),
        ([19899], SPEND_199_SAVE_20, 0),
        ([19900], SPEND_199_SAVE_20, 2000),
        ([39800], SPEND_199_SAVE_20, 2000),
        ([9950, 9950], SPEND_199_SAVE_20, 2000),
        ([39899], TWO_RUNGS, 2000),
        ([39900], TWO_RUNGS, 6000),
        ([99900], TWO_RUNGS, 6000),
        ([9999], repeat(10000, 1000), 0),
        ([10000], repeat(10000, 1000), 1000),
        ([25000], repeat(10000, 1000), 2000),
        ([99900], repeat(10000, 1000), 9000),
        ([99900], repeat(10000, 1000, times=3), 3000),
        ([999], percent_items(10), 100),
        ([994], percent_items(10), 99),
        ([995], percent_items(10), 100),
        ([985], percent_items(10), 98),
        ([333, 333, 333], percent_items(10), 99),
        ([333, 333, 333], percent_order(10), 100),
        ([1], percent_order(10), 0),
        ([1000], promotion(PercentOff(1250), Stage.ORDER), 125),
        ([10000], promotion(PercentOff(5000, most=usd(1500)), Stage.ORDER), 1500),
        ([10000], promotion(PercentOff(10000), Stage.ORDER), 10000),
        ([1500], amount_order(2000), 1500),
        ([2500], amount_order(2000), 2000),
        ([2500], amount_order(2000, spend=2501), 0),
        ([2500], amount_order(2000, spend=2500), 2000),
        ([0], percent_order(50), 0),
    ],
)
def test_one_promotion_on_a_few_goods(prices: list[int], offer: Promotion, expected: int) -> None:
    lines = [line(price, sku=f"SKU{i}") for i, price in enumerate(prices)]
    assert saved(cart(*lines), offer) == expected


@pytest.mark.parametrize(
    ("goods", "offer", "expected"),
    [
        ([(1000, 1)], second_half(), 0),
        ([(1000, 2)], second_half(), 500),
        ([(1000, 3)], second_half(), 500),
        ([(1000, 4)], second_half(), 1000),
        ([(1000, 999)], second_half(), 249500),
        ([(1000, 1), (600, 1)], second_half(), 300),
        ([(1000, 1), (600, 1), (200, 1)], second_half(), 300),
        ([(1000, 1), (600, 1), (400, 1), (200, 1)], second_half(), 400),
        ([(999, 2)], second_half(), 500),
        ([(997, 2)], second_half(), 498),
        ([(1000, 2), (0, 1)], second_half(), 500),
        ([(900, 3)], promotion(NthItem(3, 10000), Stage.ITEM), 900),
        ([(900, 2), (300, 1)], promotion(NthItem(3, 10000), Stage.ITEM), 300),
        ([(1000, 1), (600, 3)], promotion(NthItem(2, 5000, Together.SKU), Stage.ITEM), 300),
        ([(1000, 2), (600, 2)], promotion(NthItem(2, 5000, Together.SKU), Stage.ITEM), 800),
        ([(1000, 6)], promotion(NthItem(2, 5000, most_times=1), Stage.ITEM), 500),
        ([(600, 3), (1000, 3), (800, 3)], promotion(NthItem(3, 10000, Together.SKU, 1), Stage.ITEM), 1000),
        ([(600, 6), (1000, 2), (800, 3)], promotion(NthItem(3, 10000, Together.SKU, 2), Stage.ITEM), 1400),
    ],
)
def test_nth_item(goods: list[tuple[int, int]], offer: Promotion, expected: int) -> None:
    lines = [line(price, quantity, sku=f"SKU{i}") for i, (price, quantity) in enumerate(goods)]
    assert saved(cart(*lines), offer) == expected


def test_second_half_price_names_the_units_that_bear_it() -> None:
    result = evaluate(cart(line(1000, 3), line(600, 2)), [second_half()])
    [applied] = result.applied
    shares = {(share.line_id, share.unit_index, share.units): share.amount.minor for share in applied.allocations}
    assert shares == {("SKU1000", 0, 1): 500, ("SKU600", 0, 1): 300}
    assert applied.label["times"] == 2


def test_a_reduction_of_20_is_shared_over_67_and_33() -> None:
    quote = quote_of(cart(line(6700), line(3300)), amount_order(2000))
    assert {each.sku: each.discount.minor for each in quote.lines} == {"SKU6700": 1340, "SKU3300": 660}


def test_a_reduction_of_20_is_shared_over_three_lines_without_losing_a_cent() -> None:
    quote = quote_of(cart(line(6700, sku="A"), line(3300, sku="B"), line(3300, sku="C")), amount_order(2000))
    assert [each.discount.minor for each in quote.lines] == [1008, 496, 496]
    assert quote.discount == usd(2000)


def test_a_line_shares_over_its_units_without_losing_a_cent() -> None:
    [applied] = evaluate(cart(line(999, 3)), [amount_order(100)]).applied
    assert [(share.unit_index, share.units, share.amount.minor) for share in applied.allocations] == [
        (0, 1, 34),
        (1, 2, 33),
    ]


def test_what_a_minimum_price_holds_back_the_other_goods_bear() -> None:
    snapshot = cart(line(1000, sku="HELD", minimum=950), line(1000, sku="FREE"))
    quote = quote_of(snapshot, amount_order(500))
    assert {each.sku: each.discount.minor for each in quote.lines} == {"HELD": 50, "FREE": 450}


def test_a_reduction_that_minimum_prices_cut_short_says_so() -> None:
    [applied] = evaluate(cart(line(1000, minimum=900)), [amount_order(500)]).applied
    assert applied.amount == usd(100)
    assert applied.label["wanted"] == usd(500)


def test_goods_at_their_minimum_price_refuse_with_the_reason() -> None:
    result = evaluate(cart(line(1000, minimum=1000)), [percent_items(10, id=1), amount_order(50, id=2)])
    assert [rejected.reason for rejected in result.rejected] == [Reason.FLOOR, Reason.FLOOR]


def test_a_threshold_looks_at_the_stage_entry_so_the_ladder_cannot_switch_itself_off() -> None:
    snapshot = cart(line(19900))
    offers = [SPEND_199_SAVE_20, percent_items(1)]
    result = evaluate(snapshot, offers)
    assert result.saved == usd(2000), "20 off beats the 1 % that would break the threshold"
    assert evaluate(snapshot, [each.promotion for each in result.applied]).applied == result.applied


def test_item_reductions_lower_what_the_order_threshold_sees() -> None:
    result = evaluate(cart(line(22000)), [percent_items(10, id=1), ladder((19900, 2000), id=2)])
    assert chosen(result) == {1}
    assert saved(cart(line(22200)), percent_items(10, id=1), ladder((19900, 2000), id=2)) == 2220 + 2000


def test_coupon_and_ladder_stand_together_and_the_coupon_comes_last() -> None:
    snapshot = cart(line(20000), codes=("TEN",))
    coupon = percent_order(10, codes=frozenset({"TEN"}))
    result = evaluate(snapshot, [coupon, SPEND_199_SAVE_20])
    assert [applied.amount.minor for applied in result.applied] == [2000, 1800]
    assert result.applied[1].code == "TEN"


def test_two_order_promotions_do_not_stack_unless_they_say_so() -> None:
    both = frozenset({Stage.ITEM, Stage.ORDER, Stage.SHIPPING, Stage.COUPON})
    snapshot = cart(line(10000))
    assert saved(snapshot, amount_order(1000), amount_order(700)) == 1000
    assert saved(snapshot, amount_order(1000, combines_with=both), amount_order(700, combines_with=both)) == 1700
    assert saved(snapshot, amount_order(1000, combines_with=both), amount_order(700)) == 1000


def test_an_exclusive_promotion_wins_alone_or_not_at_all() -> None:
    snapshot = cart(line(10000))
    alone = percent_order(20, exclusive=True, id=1)
    assert chosen(evaluate(snapshot, [alone, percent_items(10, id=2), amount_order(500, id=3)])) == {1}
    result = evaluate(snapshot, [alone, percent_items(15, id=2), amount_order(900, id=3)])
    assert chosen(result) == {2, 3}
    [rejected] = result.rejected
    assert (rejected.reason, rejected.excluded_by, rejected.would_save) == (Reason.EXCLUDED_BY, 2, usd(2000))


def test_a_unit_serves_one_item_promotion() -> None:
    snapshot = cart(line(1000, 3))
    result = evaluate(snapshot, [second_half(id=1), percent_items(10, id=2)])
    assert {a.promotion.id: a.amount.minor for a in result.applied} == {1: 500, 2: 100}


def test_an_item_promotion_that_finds_its_units_used_says_which_deal_was_better() -> None:
    result = evaluate(cart(line(1000, 2)), [percent_items(40, id=1), second_half(id=2)])
    assert chosen(result) == {1}
    assert result.rejection_of(2).reason is Reason.WORSE_DEAL
    assert result.rejection_of(2).would_save == usd(500)


def test_ties_go_to_the_higher_priority_then_to_the_lower_id() -> None:
    snapshot = cart(line(10000))
    assert chosen(evaluate(snapshot, [amount_order(500, id=7), amount_order(500, id=8, priority=1)])) == {8}
    assert chosen(evaluate(snapshot, [amount_order(500, id=8), amount_order(500, id=7)])) == {7}


def test_free_delivery_over_a_threshold() -> None:
    offer = free_delivery(5000)
    assert saved(cart(line(4999), delivery=599), offer) == 0
    assert saved(cart(line(5000), delivery=599), offer) == 599
    quote = quote_of(cart(line(5000), delivery=599), offer)
    assert (quote.delivery, quote.delivery_discount, quote.total) == (usd(599), usd(599), usd(5000))


def test_half_price_delivery_and_a_cap() -> None:
    assert saved(cart(line(100), delivery=599), promotion(DeliveryOff(5000), Stage.SHIPPING)) == 300
    assert saved(cart(line(100), delivery=599), promotion(DeliveryOff(10000, most=usd(500)), Stage.SHIPPING)) == 500


def test_free_delivery_without_a_delivery_cost_has_nothing_to_give() -> None:
    result = evaluate(cart(line(9000)), [free_delivery(5000)])
    assert result.rejected[0].reason is Reason.SCOPE


GROCERIES, SNACKS = 3, 17
CRISPS = line(500, 2, sku="CRISPS", category_ids=frozenset({GROCERIES, SNACKS}), brand_id=9, product_id=70)
SOAP = line(800, sku="SOAP", category_ids=frozenset({5}), brand_id=9, product_id=71)
RICE = line(300, sku="RICE", category_ids=frozenset({GROCERIES}), product_id=72)


@pytest.mark.parametrize(
    ("scope", "skus"),
    [
        (Scope(), {"CRISPS", "SOAP", "RICE"}),
        (Scope(category_ids=frozenset({GROCERIES})), {"CRISPS", "RICE"}),
        (Scope(category_ids=frozenset({SNACKS})), {"CRISPS"}),
        (Scope(brand_ids=frozenset({9})), {"CRISPS", "SOAP"}),
        (Scope(brand_ids=frozenset({9}), category_ids=frozenset({GROCERIES})), {"CRISPS"}),
        (Scope(skus=frozenset({"SOAP"}), category_ids=frozenset({SNACKS})), {"CRISPS", "SOAP"}),
        (Scope(product_ids=frozenset({72})), {"RICE"}),
        (Scope(exclude=Scope(brand_ids=frozenset({9}))), {"RICE"}),
        (Scope(category_ids=frozenset({GROCERIES}), exclude=Scope(skus=frozenset({"CRISPS"}))), {"RICE"}),
        (Scope(category_ids=frozenset({99})), set()),
    ],
)
def test_a_scope_means_just_these_goods(scope: Scope, skus: set[str]) -> None:
    result = evaluate(cart(CRISPS, SOAP, RICE), [percent_items(10, scope=scope)])
    assert {line_id for applied in result.applied for line_id in applied.line_ids} == skus
    if not skus:
        assert result.rejected[0].reason is Reason.SCOPE


def test_a_condition_may_ask_for_other_goods_than_the_benefit_reduces() -> None:
    soap_with_groceries = promotion(
        PercentOff(5000),
        Stage.ITEM,
        scope=Scope(skus=frozenset({"SOAP"})),
        conditions=(BuyAtLeast(3, Scope(category_ids=frozenset({GROCERIES}))),),
    )
    assert saved(cart(CRISPS, SOAP, RICE), soap_with_groceries) == 400
    assert saved(cart(CRISPS, SOAP), soap_with_groceries) == 0


@pytest.mark.parametrize(
    "entered", ["save10", " SAVE10 ", "Save 10", "ＳＡＶＥ１０", "\u200bsave10".replace("\u200b", "")]
)
def test_a_code_is_read_as_people_type_it(entered: str) -> None:
    assert saved(cart(line(1000), codes=(entered,)), percent_order(10, codes=frozenset({"SAVE10"}))) == 100


def test_an_expired_code_says_that_it_ended() -> None:
    over = percent_order(10, codes=frozenset({"MAY"}), ends_at=NOON - timedelta(days=1))
    result = evaluate(cart(line(1000), codes=("may",)), [over])
    assert [(rejected.reason, rejected.code) for rejected in result.rejected] == [(Reason.ENDED, "MAY")]


def test_a_code_that_nobody_entered_stays_secret_and_an_unknown_one_is_named() -> None:
    result = evaluate(cart(line(1000), codes=("other",)), [percent_order(10, codes=frozenset({"SAVE10"}))])
    assert (result.applied, result.rejected, result.unknown_codes) == ((), (), ("OTHER",))


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [(-1, Reason.NOT_STARTED), (0, None), (3599, None), (3600, Reason.ENDED)],
)
def test_a_window_opens_on_its_first_second_and_is_over_on_its_last(seconds: int, reason: Reason | None) -> None:
    offer = percent_order(10, starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    result = evaluate(cart(line(1000), now=NOON + timedelta(seconds=seconds)), [offer])
    assert [rejected.reason for rejected in result.rejected] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("audience", "shopper", "missed"),
    [
        (Audience(), Shopper(), None),
        (Audience(members_only=True), Shopper(), "members"),
        (Audience(members_only=True), Shopper(known=True), None),
        (Audience(tiers=frozenset({"gold"})), Shopper(known=True, tier="silver"), "tier"),
        (Audience(tiers=frozenset({"gold"})), Shopper(known=True, tier="gold"), None),
        (Audience(groups=frozenset({"staff"})), Shopper(groups=frozenset({"press"})), "group"),
        (Audience(most_orders=0), Shopper(known=True, order_count=1), "orders"),
        (Audience(most_orders=0), Shopper(known=True), None),
    ],
)
def test_an_audience_lets_in_whom_it_means(audience: Audience, shopper: Shopper, missed: str | None) -> None:
    result = evaluate(cart(line(1000), shopper=shopper), [percent_order(10, audience=audience)])
    assert [rejected.audience for rejected in result.rejected] == ([missed] if missed else [])


@pytest.mark.parametrize(
    ("limits", "uses", "reason"),
    [
        (Limits(uses_left=1), 0, None),
        (Limits(uses_left=0), 0, Reason.LIMIT),
        (Limits(per_customer=2), 1, None),
        (Limits(per_customer=2), 2, Reason.LIMIT),
        (Limits(budget_left=usd(100)), 0, None),
        (Limits(budget_left=usd(99)), 0, Reason.BUDGET),
        (Limits(budget_left=usd(0)), 0, Reason.BUDGET),
    ],
)
def test_what_has_run_out_is_not_promised(limits: Limits, uses: int, reason: Reason | None) -> None:
    shopper = Shopper(known=True, uses=((5, uses),))
    result = evaluate(cart(line(1000), shopper=shopper), [percent_order(10, id=5, limits=limits)])
    assert [rejected.reason for rejected in result.rejected] == ([reason] if reason else [])


def test_another_currency_is_another_shop() -> None:
    yuan = Promotion(
        id=1,
        name="",
        currency="CNY",
        benefit=SpendLadder((Rung(Money(100, "CNY"), Money(10, "CNY")),)),
        falls_on=Stage.ORDER,
    )
    assert evaluate(cart(line(1000)), [yuan]).rejected[0].reason is Reason.SCOPE


def test_a_currency_without_minor_units_is_shared_in_whole_yen() -> None:
    yen = [SnapshotLine(sku, sku, 1, Money(price, "JPY")) for sku, price in (("A", 100), ("B", 100), ("C", 101))]
    offer = Promotion(
        id=1,
        name="",
        currency="JPY",
        benefit=SpendLadder((Rung(Money(300, "JPY"), Money(50, "JPY")),)),
        falls_on=Stage.ORDER,
    )
    [applied] = evaluate(Snapshot(now=NOON, currency="JPY", lines=tuple(yen)), [offer]).applied
    assert [share.amount.minor for share in applied.allocations] == [17, 16, 17]


def test_an_empty_cart_has_nothing_to_reduce() -> None:
    result = evaluate(cart(), [amount_order(100), free_delivery()])
    assert (result.applied, {rejected.reason for rejected in result.rejected}) == ((), {Reason.SCOPE})
