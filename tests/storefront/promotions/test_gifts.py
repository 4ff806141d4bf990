"""满赠: gifts come with the cart, cost nothing, share their stock in order, and leave everything else alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from storefront.kernel.money import Money
from storefront.pricing.quote import Quote, make_quote
from storefront.pricing.snapshot import GiftStock, PriceSource, Snapshot, Stage
from storefront.promotions.rules import (
    BuyAtLeast,
    Gift,
    Limits,
    PercentOff,
    Promotion,
    Reason,
    Result,
    SpendAtLeast,
    evaluate,
    promotion_from_data,
    promotion_to_data,
)
from storefront.promotions.words import near_words, rejection_words
from storefront.web.locale import speaking
from tests.storefront.promotions.builders import (
    amount_order,
    cart,
    chosen,
    ladder,
    line,
    percent_items,
    percent_order,
    promotion,
    usd,
)

MUG, PEN = GiftStock("MUG", 3, usd(900), 7), GiftStock("PEN", 1, usd(200))


def gift(*skus: str, count: int = 1, spend: int | None = None, **values: object) -> Promotion:
    return promotion(Gift(skus or ("MUG",), count), values.pop("on", Stage.ORDER), spend=spend, **values)


def with_gifts(*prices: int, gifts: tuple[GiftStock, ...] = (MUG, PEN), **values: object) -> Snapshot:
    return cart(*[line(price, sku=f"SKU{n}") for n, price in enumerate(prices)], gifts=gifts, **values)


def given(result: Result) -> list[tuple[str, int]]:
    return [(each.sku, each.quantity) for each in result.gifts]


def quoted(snapshot: Snapshot, *offers: Promotion) -> Quote:
    result = evaluate(snapshot, offers)
    return make_quote(snapshot, result.reductions, gifts=result.gifts, trace=result.trace)


def test_a_gift_is_a_line_of_its_own_that_costs_nothing() -> None:
    quote = quoted(with_gifts(5000), gift(spend=5000, id=4))
    own = quote.lines[-1]
    assert (own.line_id, own.sku, own.quantity, own.price_source) == ("gift:4:MUG", "MUG", 1, PriceSource.GIFT)
    assert (own.unit_price, own.base_price, own.total, own.discount) == (usd(900), usd(900), usd(0), usd(900))
    assert (quote.goods, quote.discount, quote.subtotal, quote.total) == (usd(5900), usd(900), usd(5000), usd(5000))


def test_what_applied_is_worth_the_gift_and_falls_on_its_line() -> None:
    [applied] = evaluate(with_gifts(5000), [gift(count=2, id=4)]).applied
    assert applied.amount == usd(1800)
    assert [(share.line_id, share.units, share.amount) for share in applied.allocations] == [
        ("gift:4:MUG", 2, usd(900))
    ]
    assert applied.label["sku"] == "MUG"


def test_a_gift_comes_and_goes_with_its_threshold() -> None:
    offer = gift(spend=5000)
    assert given(evaluate(with_gifts(5000), [offer])) == [("MUG", 1)]
    result = evaluate(with_gifts(4999), [offer])
    assert given(result) == []
    assert (result.rejected[0].reason, result.rejected[0].shortfall.gap) == (Reason.THRESHOLD, usd(1))
    assert [(near.shortfall.gap, near.would_save) for near in result.near] == [(usd(1), usd(900))]


def test_the_first_gift_in_stock_is_given() -> None:
    offer = gift("GONE", "PEN", "MUG")
    assert given(evaluate(with_gifts(100), [offer])) == [("PEN", 1)]
    assert given(evaluate(with_gifts(100), [replace(offer, benefit=Gift(("GONE", "PEN", "MUG"), 2))])) == [("MUG", 2)]


@pytest.mark.parametrize("gifts", [(), (replace(MUG, available=0),), (replace(MUG, available=-2),), (PEN,)])
def test_a_gift_out_of_stock_is_refused_and_says_so(gifts: tuple[GiftStock, ...]) -> None:
    result = evaluate(with_gifts(5000, gifts=gifts), [gift(spend=5000)])
    assert (result.gifts, result.applied, result.near) == ((), (), ())
    assert result.rejected[0].reason is Reason.STOCK
    assert evaluate(with_gifts(4000, gifts=gifts), [gift(spend=5000)]).near == ()


def test_two_promotions_share_the_stock_of_one_gift_in_order() -> None:
    one = replace(MUG, available=1)
    first, second = gift(priority=1, id=2), gift("MUG", "PEN", id=1)
    result = evaluate(with_gifts(5000, gifts=(one, PEN)), [second, first])
    assert [(each.promotion_id, each.sku) for each in result.gifts] == [(2, "MUG"), (1, "PEN")]
    result = evaluate(with_gifts(5000, gifts=(one,)), [second, first])
    assert [(each.promotion_id, each.sku) for each in result.gifts] == [(2, "MUG")]
    assert result.rejection_of(1).reason is Reason.STOCK


def test_a_gift_stands_beside_a_reduction_of_the_order_as_the_merchant_has_set_it() -> None:
    spend, present = ladder((5000, 500), id=1), gift(id=2)
    stated = replace(spend, combines_with=frozenset({Stage.ITEM, Stage.SHIPPING, Stage.COUPON}))
    for beside in (spend, stated):
        assert chosen(evaluate(with_gifts(5000), [beside, present])) == {1, 2}
    alone = replace(present, combines_with=frozenset({Stage.ITEM}))
    assert chosen(evaluate(with_gifts(5000), [spend, alone])) == {2}
    for single in (replace(spend, exclusive=True), replace(spend, combines_with=frozenset())):
        assert chosen(evaluate(with_gifts(5000), [single, present])) == {2}


def test_one_code_at_a_time_holds_for_gifts_too() -> None:
    present = gift(id=1, codes=frozenset({"A"}))
    money = amount_order(1000, id=2, codes=frozenset({"B"}))
    result = evaluate(with_gifts(5000, codes=("A", "B")), [present, money])
    assert chosen(result) == {2}
    assert result.rejection_of(1).excluded_by == 2


def test_what_a_gift_is_worth_counts_in_the_best_deal() -> None:
    alone = {"exclusive": True}
    assert chosen(evaluate(with_gifts(5000), [gift(id=1, **alone), amount_order(899, id=2, **alone)])) == {1}
    assert chosen(evaluate(with_gifts(5000), [gift(id=1, **alone), amount_order(901, id=2, **alone)])) == {2}


def test_a_gift_that_is_worth_nothing_is_given_all_the_same() -> None:
    free = GiftStock("LEAFLET", 5, usd(0))
    quote = quoted(with_gifts(5000, gifts=(free,)), gift("LEAFLET"))
    assert [(each.sku, each.total) for each in quote.lines] == [("SKU0", usd(5000)), ("LEAFLET", usd(0))]
    assert quote.total == usd(5000)


def test_gifts_count_towards_no_threshold_and_no_other_promotion_touches_them() -> None:
    offers = [gift(on=Stage.ITEM, id=1), percent_items(50, id=2), percent_order(10, spend=2500, id=3)]
    result = evaluate(with_gifts(5000), offers)
    assert {each.promotion.id: each.amount for each in result.applied} == {1: usd(900), 2: usd(2500), 3: usd(250)}
    assert result.rejected == ()
    held = evaluate(with_gifts(4999), [gift(id=1), amount_order(100, spend=5000, id=2)])
    assert chosen(held) == {1}


def test_a_gift_uses_no_unit_of_the_goods() -> None:
    result = evaluate(with_gifts(1000), [gift(on=Stage.ITEM, id=1), percent_items(10, id=2)])
    assert {each.promotion.id for each in result.applied} == {1, 2}


def test_a_gift_takes_of_its_budget_what_it_is_worth() -> None:
    enough = gift(limits=Limits(budget_left=usd(900)))
    assert given(evaluate(with_gifts(5000), [enough])) == [("MUG", 1)]
    short = gift(limits=Limits(budget_left=usd(899)))
    assert evaluate(with_gifts(5000), [short]).rejected[0].reason is Reason.BUDGET


def test_the_hash_of_a_quote_changes_with_its_gifts() -> None:
    without, with_one = quoted(with_gifts(5000)), quoted(with_gifts(5000), gift(id=1))
    other = quoted(with_gifts(5000), gift("PEN", id=1))
    assert len({without.hash, with_one.hash, other.hash}) == 3


def test_the_trace_says_what_a_gift_is_worth_and_who_gave_it() -> None:
    result = evaluate(with_gifts(5000), [gift(id=1, name="A mug for you")])
    steps = [step for step in result.trace if step.line_id == "gift:1:MUG"]
    assert [(step.label.kind, step.after) for step in steps] == [("gift_price", usd(900)), ("gift", usd(0))]


def test_a_promotion_with_a_gift_survives_being_stored() -> None:
    offer = gift("MUG", "PEN", count=2, spend=5000, limits=Limits(uses_left=3))
    assert promotion_from_data(promotion_to_data(offer)) == offer


@pytest.mark.parametrize(("skus", "count"), [((), 1), (("",), 1), (("A", "A"), 1), (("A",), 0), (("A",), 100)])
def test_a_gift_of_nothing_is_refused(skus: tuple[str, ...], count: int) -> None:
    with pytest.raises(ValueError, match="gift"):
        Gift(skus, count)


def test_a_gift_falls_on_goods_and_not_on_delivery() -> None:
    with pytest.raises(ValueError, match="does not fall"):
        gift(on=Stage.SHIPPING)


def test_gifts_of_a_snapshot_are_told_apart_and_have_its_currency() -> None:
    with pytest.raises(ValueError, match="share a SKU"):
        with_gifts(100, gifts=(MUG, replace(MUG, available=1)))
    with pytest.raises(ValueError, match="currency"):
        with_gifts(100, gifts=(replace(MUG, value=Money(900, "JPY")),))
    with pytest.raises(ValueError, match="less than nothing"):
        replace(MUG, value=usd(-1))


def test_a_yen_gift_is_whole_yen() -> None:
    offer = Promotion(1, "", "JPY", Gift(("MUG",)), Stage.ORDER, (SpendAtLeast(Money(3000, "JPY")),))
    percent = Promotion(2, "", "JPY", PercentOff(1000), Stage.ITEM)
    goods = replace(line(1), unit_price=Money(3333, "JPY"))
    snapshot = Snapshot(cart().now, "JPY", (goods,), gifts=(GiftStock("MUG", 1, Money(500, "JPY")),))
    quote = quoted(snapshot, offer, percent)
    assert (quote.total, quote.discount) == (Money(3000, "JPY"), Money(833, "JPY"))


def test_a_gift_within_reach_is_named_as_a_gift(app: Flask) -> None:
    by_money = evaluate(with_gifts(4000), [gift(spend=5000)]).near
    by_pieces = evaluate(with_gifts(4000), [gift(conditions=(BuyAtLeast(3),))]).near
    with app.test_request_context(), speaking("en"):
        assert [near_words(near) for near in by_money] == ["Add $10.00 more to get a free gift"]
        assert [near_words(near) for near in by_pieces] == ["Add 2 more items to get a free gift"]
        [rejected] = evaluate(with_gifts(5000, gifts=()), [gift()]).rejected
        assert rejection_words(rejected) == "The gift is out of stock."
    with app.test_request_context(), speaking("zh"):
        assert rejection_words(rejected) == "赠品已送完。"
