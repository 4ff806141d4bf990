"""Worked examples of every kind of promotion, to the cent: what is in the cart, what is on offer, what is paid.

Promotions are numbered as they stand in the example. Whatever is not refused applies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from storefront.pricing.quote import make_quote
from storefront.pricing.snapshot import Delivery, Shopper, Snapshot, Stage
from storefront.promotions.rules import Audience, BuyAtLeast, Limits, Promotion, Reason, Together, evaluate
from tests.storefront.promotions.builders import NOON
from tests.storefront.promotions.shorthand import (
    FREE,
    any_for,
    basket,
    buy,
    delivery_for,
    delivery_percent,
    each_off,
    each_percent,
    every,
    free_delivery,
    money,
    nth,
    numbered,
    order_off,
    order_percent,
    pieces,
    spend,
    together,
)

SPEND_199 = spend("199-20")
LADDER = spend("199-20", "399-60")
SECOND_HALF = nth(2, 50)
THREE_FOR_10 = any_for(3, "10")
BY_PIECES = pieces("2-10", "3-20")
TWO_GET_ONE = buy(2, get=1)
CUP_FOR_TEA = buy(2, get=1, of="cup mug", on_goods="tea")
HAIR_SET = together("shampoo", "soap bar", price="25")
HOUR = {"starts_at": NOON, "ends_at": NOON + timedelta(hours=1)}
STACKS = {"combines_with": frozenset({Stage.ITEM, Stage.ORDER, Stage.SHIPPING, Stage.COUPON})}

THRESHOLD, WORSE_DEAL, EXCLUDED_BY, FLOOR = Reason.THRESHOLD, Reason.WORSE_DEAL, Reason.EXCLUDED_BY, Reason.FLOOR
SCOPE, LIMIT, BUDGET, AUDIENCE = Reason.SCOPE, Reason.LIMIT, Reason.BUDGET, Reason.AUDIENCE


@dataclass(frozen=True)
class Example:
    says: str
    cart: str
    offers: list[Promotion]
    pays: str
    off: Mapping[str, str] | None = None
    """What each line of goods bears, if the example is about that."""
    refused: Mapping[int, Reason] = field(default_factory=dict)
    delivery: str = ""
    codes: tuple[str, ...] = ()
    currency: str = "USD"
    now: datetime = NOON
    shopper: Shopper = field(default_factory=Shopper)


E = Example
EXAMPLES = [
    # 满减: spend so much, save so much
    E("满199减20, one cent short", "tea 198.99", [SPEND_199], "198.99", refused={1: THRESHOLD}),
    E("满199减20, just reached", "tea 199.00", [SPEND_199], "179.00"),
    E("满199减20, twice as much saves once", "tea 398.00", [SPEND_199], "378.00"),
    E("two goods reach it together", "tea 99.50, rice 99.50", [SPEND_199], "179.00", {"tea": "10", "rice": "10"}),
    E("ladder, below the first rung", "tea 198.99", [LADDER], "198.99", refused={1: THRESHOLD}),
    E("ladder, on the first rung", "tea 199.00", [LADDER], "179.00"),
    E("ladder, a cent below the second rung", "tea 398.99", [LADDER], "378.99"),
    E("ladder, on the second rung", "tea 399.00", [LADDER], "339.00"),
    E("ladder, far above the last rung", "tea 999.00", [LADDER], "939.00"),
    E("每满100减10, one cent short", "tea 99.99", [every("100-10")], "99.99", refused={1: THRESHOLD}),
    E("每满100减10, once", "tea 100.00", [every("100-10")], "90.00"),
    E("每满100减10, twice for 250", "tea 250.00", [every("100-10")], "230.00"),
    E("每满100减10, nine times for 999", "tea 999.00", [every("100-10")], "909.00"),
    E("每满100减10, at most three times", "tea 999.00", [every("100-10", 3)], "969.00"),
    # 第 N 件
    E("第二件半价 with one piece", "tea 10.00", [SECOND_HALF], "10.00", refused={1: THRESHOLD}),
    E("第二件半价, the cheaper is halved", "tea 10.00, rice 6.00", [SECOND_HALF], "13.00", {"rice": "3"}),
    E("第二件半价 with three", "tea 10.00, rice 6.00, salt 2.00", [SECOND_HALF], "15.00", {"rice": "3"}),
    E("第二件半价 with four", "tea 10, rice 6, salt 4, oil 2", [SECOND_HALF], "18.00", {"rice": "3", "oil": "1"}),
    E("第二件半价, three of the same", "tea 10.00 x3", [SECOND_HALF], "25.00"),
    E("第二件半价, once per order", "tea 10.00 x6", [nth(2, 50, Together.SCOPE, 1)], "55.00"),
    E("第二件半价 of the same only", "tea 10, rice 6", [nth(2, 50, Together.SKU)], "16.00", refused={1: THRESHOLD}),
    E("第三件免费", "tea 9.00 x2, salt 3.00", [nth(3, FREE)], "18.00", {"salt": "3"}),
    E("第三件免费 with two", "tea 9.00 x2", [nth(3, FREE)], "18.00", refused={1: THRESHOLD}),
    E("第三件免费 with six of the same", "tea 9.00 x6", [nth(3, FREE)], "36.00"),
    # N 件 M 元
    E("3 for 10", "tea 4.00 x3", [THREE_FOR_10], "10.00", {"tea": "2"}),
    E("3 for 10 with two", "tea 4.00 x2", [THREE_FOR_10], "8.00", refused={1: THRESHOLD}),
    E("3 for 10 with four", "tea 4.00 x4", [THREE_FOR_10], "14.00"),
    E(
        "3 for 10 takes the three dearest",
        *("tea 5.00, rice 4.00, salt 3.00, oil 2.00", [THREE_FOR_10], "12.00"),
        {"tea": "0.83", "rice": "0.67", "salt": "0.50"},
    ),
    E("3 for 10 of goods that cost 9", "salt 3.00 x3", [THREE_FOR_10], "9.00", refused={1: WORSE_DEAL}),
    E("3 for 10 leaves a cheaper set alone", "tea 5 x3, salt 3 x3", [THREE_FOR_10], "19.00", {"tea": "5"}),
    E("3 for 10, twice", "tea 5.00 x6", [THREE_FOR_10], "20.00"),
    E("3 for 10, once per order", "tea 5.00 x6", [any_for(3, "10", Together.SCOPE, 1)], "25.00"),
    E("3 of the same for 10", "tea 5 x2, rice 5", [any_for(3, "10", Together.SKU)], "15.00", refused={1: THRESHOLD}),
    E(
        "3 for 10 beside a minimum price: the others bear it",
        *("tea 5.00 min 4.50, rice 5.00, salt 5.00", [THREE_FOR_10], "10.00"),
        {"tea": "0.50", "rice": "2.25", "salt": "2.25"},
    ),
    E("3 for 10 as far as minimum prices go", "tea 5.00 x3 min 4.50", [THREE_FOR_10], "13.50"),
    # 多件折扣
    E("one piece", "tea 10.00", [BY_PIECES], "10.00", refused={1: THRESHOLD}),
    E("2 件 9 折", "tea 10.00 x2", [BY_PIECES], "18.00"),
    E(
        "3 件 8 折 holds for all three",
        "tea 10, rice 5, salt 2.50",
        [BY_PIECES],
        "14.00",
        {"tea": "2", "rice": "1", "salt": "0.50"},
    ),
    E("5 pieces are still 8 折", "tea 10.00 x5", [BY_PIECES], "40.00"),
    E("2 件 9 折 rounds half a cent to even, down", "tea 0.25 x2", [BY_PIECES], "0.46"),
    E("2 件 9 折 rounds half a cent to even, up", "tea 0.35 x2", [BY_PIECES], "0.62"),
    E("同款 2 件 9 折", "tea 10 x2, rice 10", [pieces("2-10", together=Together.SKU)], "28.00", {"tea": "2"}),
    # 买 X 送 Y
    E("买2送1 with two", "tea 9.00 x2", [TWO_GET_ONE], "18.00", refused={1: THRESHOLD}),
    E("买2送1", "tea 9.00 x3", [TWO_GET_ONE], "18.00"),
    E("买2送1, the cheapest is free", "tea 9, rice 6, salt 4", [TWO_GET_ONE], "15.00", {"salt": "4"}),
    E("买2送1, twice", "tea 9 x3, salt 3 x3", [TWO_GET_ONE], "24.00", {"tea": "9", "salt": "3"}),
    E("买2送1, five pieces free one", "tea 9.00 x5", [TWO_GET_ONE], "36.00"),
    E("buy 1, get 1 at half price", "tea 10.00, rice 8.00", [buy(1, get=1, percent=50)], "14.00", {"rice": "4"}),
    E("two teas, and a cup for nothing", "tea 5.00 x2, cup 8.00", [CUP_FOR_TEA], "10.00", {"cup": "8"}),
    E("two teas, but no cup in the cart", "tea 5.00 x2", [CUP_FOR_TEA], "10.00", refused={1: THRESHOLD}),
    E("one tea and a cup", "tea 5.00, cup 8.00", [CUP_FOR_TEA], "13.00", refused={1: THRESHOLD}),
    E("four teas, cup and mug", "tea 5 x4, cup 8, mug 6", [CUP_FOR_TEA], "20.00", {"cup": "8", "mug": "6"}),
    E("two teas, the dearer of cup and mug", "tea 5 x2, cup 8, mug 6", [CUP_FOR_TEA], "16.00", {"cup": "8"}),
    E(
        "once per order",
        *("tea 5 x4, cup 8 x2", [buy(2, get=1, of="cup", on_goods="tea", times=1)], "28.00", {"cup": "8"}),
    ),
    E(
        "buy any 2, get a cup: a cup may also be bought",
        "tea 5, cup 8 x2",
        [buy(2, get=1, of="cup")],
        "13.00",
        {"cup": "8"},
    ),
    # 套装
    E("set for 25", "shampoo 20, soap 10", [HAIR_SET], "25.00", {"shampoo": "3.33", "soap": "1.67"}),
    E("set with one part missing", "shampoo 20.00", [HAIR_SET], "20.00", refused={1: THRESHOLD}),
    E("set of nothing that is here", "tea 20.00", [HAIR_SET], "20.00", refused={1: SCOPE}),
    E("two sets", "shampoo 20 x2, soap 10 x2", [HAIR_SET], "50.00"),
    E(
        "two sets, once per order",
        "shampoo 20 x2, soap 10 x2",
        [together("shampoo", "soap", price="25", times=1)],
        "55.00",
    ),
    E(
        "the dearer choice goes into the set",
        "shampoo 20, soap 10, bar 12",
        [HAIR_SET],
        "35.00",
        {"shampoo": "4.38", "bar": "2.62"},
    ),
    E("a set that costs less anyway", "shampoo 12, soap 10", [HAIR_SET], "22.00", refused={1: WORSE_DEAL}),
    E("a set with two of a part", "shampoo 20, soap 5 x3", [together("shampoo", "soap x2", price="25")], "30.00"),
    E("5 off the set", "shampoo 20, soap 10", [together("shampoo", "soap", off="5")], "25.00"),
    E(
        "套装8折",
        "shampoo 20, soap 10",
        [together("shampoo", "soap", percent=20)],
        "24.00",
        {"shampoo": "4", "soap": "2"},
    ),
    E(
        "goods that fit two parts serve where they are needed",
        *("shampoo 20, soap 10", [together("shampoo soap", "shampoo", price="25")], "25.00"),
    ),
    E("more off than the set costs", "shampoo 2, soap 1", [together("shampoo", "soap", off="5")], "0.00"),
    # 运费
    E("运费3元", "tea 50.00", [delivery_for("3")], "53.00", delivery="8.00"),
    E("运费3元 where delivery costs 2", "tea 50", [delivery_for("3")], "52.00", delivery="2", refused={1: WORSE_DEAL}),
    E(
        "运费3元 over 50, a cent short",
        "tea 49.99",
        [delivery_for("3", over="50")],
        "57.99",
        delivery="8",
        refused={1: THRESHOLD},
    ),
    E(
        "free delivery over 50, a cent short",
        "tea 49.99",
        [free_delivery("50")],
        "55.98",
        delivery="5.99",
        refused={1: THRESHOLD},
    ),
    E("free delivery over 50, just reached", "tea 50.00", [free_delivery("50")], "50.00", delivery="5.99"),
    E("half off delivery, half a cent to even", "tea 1", [delivery_percent(50)], "3.99", delivery="5.99"),
    E(
        "free delivery beats 运费3元",
        "tea 50",
        [delivery_for("3"), free_delivery()],
        "50.00",
        delivery="8",
        refused={1: EXCLUDED_BY},
    ),
    E("free delivery where nothing is delivered", "tea 50", [free_delivery()], "50.00", refused={1: SCOPE}),
    # Percentages and amounts
    E("10 % of each rounds each", "tea 3.33 x3", [each_percent(10)], "9.00", {"tea": "0.99"}),
    E("10 % of the order rounds once", "tea 3.33 x3", [order_percent(10)], "8.99", {"tea": "1.00"}),
    E("half a cent goes to the even cent, down", "tea 9.85", [each_percent(10)], "8.87"),
    E("half a cent goes to the even cent, up", "tea 9.95", [each_percent(10)], "8.95"),
    E("50 %, at most 15.00", "tea 100.00", [order_percent(50, most="15")], "85.00"),
    E("1 off each of three", "tea 5.00 x3", [each_off("1")], "12.00"),
    E("20 off what costs 15", "tea 15.00", [order_off("20")], "0.00"),
    E("20.00 over 67 and 33", "tea 67, rice 33", [order_off("20")], "80.00", {"tea": "13.40", "rice": "6.60"}),
    E(
        "20.00 over 67, 33 and 33",
        *("tea 67, rice 33, salt 33", [order_off("20")], "113.00", {"tea": "10.08", "rice": "4.96", "salt": "4.96"}),
    ),
    E(
        "20.00 over three alike",
        "a 10, b 10, c 10",
        [order_off("20")],
        "10.00",
        {"a": "6.67", "b": "6.67", "c": "6.66"},
    ),
    # Minimum prices
    E(
        "a minimum price holds, the other bears it",
        "tea 10 min 9.50, rice 10",
        [order_off("5")],
        "15.00",
        {"tea": "0.50", "rice": "4.50"},
    ),
    E("as far as minimum prices go", "tea 10.00 min 9.00", [order_off("5")], "9.00"),
    E("at the minimum already", "tea 10.00 min 10.00", [each_percent(10)], "10.00", refused={1: FLOOR}),
    E("买2送1 with a minimum price", "tea 9.00 x3 min 4.00", [TWO_GET_ONE], "22.00"),
    # Yen have no minor unit
    E(
        "満300円で50円引き",
        "a 100, b 100, c 101",
        [spend("300-50", currency="JPY")],
        "251",
        {"a": "17", "b": "16", "c": "17"},
        currency="JPY",
    ),
    E(
        "3点で1000円",
        "a 333, b 334, c 335",
        [any_for(3, "1000", currency="JPY")],
        "1000",
        {"b": "1", "c": "1"},
        currency="JPY",
    ),
    E("送料300円", "a 1000", [delivery_for("300", currency="JPY")], "1300", delivery="550", currency="JPY"),
    # What stands together
    E(
        "coupon on top of member price and 满减",
        *("tea 220.00 was 250.00", [SPEND_199, order_percent(10, codes=frozenset({"TEN"}))], "180.00"),
        codes=("ten",),
    ),
    E(
        "10 % off each lowers what 满减 sees",
        "tea 220",
        [each_percent(10), SPEND_199],
        "198.00",
        refused={2: THRESHOLD},
    ),
    E("it does not where enough is left", "tea 222", [each_percent(10), SPEND_199], "179.80"),
    E("two of the order: the better", "tea 100", [order_off("10"), order_off("7")], "90.00", refused={2: EXCLUDED_BY}),
    E("two of the order that stack", "tea 100", [order_off("10", **STACKS), order_off("7", **STACKS)], "83.00"),
    E(
        "two small ones beat the exclusive one",
        "tea 100",
        [order_percent(20, exclusive=True), each_percent(15), order_off("9")],
        "76.00",
        refused={1: EXCLUDED_BY},
    ),
    E(
        "the exclusive one beats two small ones",
        "tea 100",
        [order_percent(20, exclusive=True), each_percent(10), order_off("5")],
        "80.00",
        refused={2: EXCLUDED_BY, 3: EXCLUDED_BY},
    ),
    E("a piece serves one: the third is left for 10 %", "tea 10 x3", [SECOND_HALF, each_percent(10)], "24.00"),
    E("买2送1 or 3 for 20: the better", "tea 9 x3", [TWO_GET_ONE, any_for(3, "20")], "18.00", refused={2: WORSE_DEAL}),
    E(
        "a set and 3 for 10 share the cart",
        "shampoo 20, soap 10, tea 4 x3",
        [HAIR_SET, any_for(3, "10", on_goods="tea")],
        "35.00",
    ),
    E(
        "a set of members only",
        "shampoo 20, soap 10",
        [together("shampoo", "soap", off="5", audience=Audience(members_only=True))],
        "30.00",
        refused={1: AUDIENCE},
    ),
    E(
        "3 for 10 if 4 are bought",
        "tea 4 x3",
        [any_for(3, "10", conditions=(BuyAtLeast(4),))],
        "12.00",
        refused={1: THRESHOLD},
    ),
    # What can run out, and when
    E("the last use is left", "tea 10", [each_percent(10, limits=Limits(uses_left=1))], "9.00"),
    E("no use is left", "tea 10", [each_percent(10, limits=Limits(uses_left=0))], "10.00", refused={1: LIMIT}),
    E(
        "one per customer, used",
        "tea 10",
        [each_percent(10, limits=Limits(per_customer=1))],
        "10.00",
        refused={1: LIMIT},
        shopper=Shopper(known=True, uses=((1, 1),)),
    ),
    E(
        "a budget of a cent too little",
        "tea 10",
        [each_percent(10, limits=Limits(budget_left=money("0.99")))],
        "10.00",
        refused={1: BUDGET},
    ),
    E(
        "the second before it starts",
        "tea 10",
        [each_percent(10, **HOUR)],
        "10.00",
        now=NOON - timedelta(seconds=1),
        refused={1: Reason.NOT_STARTED},
    ),
    E("the second it starts", "tea 10", [each_percent(10, **HOUR)], "9.00"),
    E("its last second", "tea 10", [each_percent(10, **HOUR)], "9.00", now=NOON + timedelta(seconds=3599)),
    E(
        "the second it ends",
        "tea 10",
        [each_percent(10, **HOUR)],
        "10.00",
        now=NOON + timedelta(hours=1),
        refused={1: Reason.ENDED},
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.says)
def test_the_shopper_pays(example: Example) -> None:
    currency = example.currency
    delivery = Delivery("standard", money(example.delivery, currency)) if example.delivery else None
    snapshot = Snapshot(example.now, currency, basket(example.cart, currency), example.shopper, delivery, example.codes)
    result = evaluate(snapshot, numbered(example.offers))
    quote = make_quote(snapshot, result.reductions, trace=result.trace)
    assert {each.promotion.id: each.reason for each in result.rejected} == example.refused
    assert quote.total == money(example.pays, currency)
    if example.off is not None:
        borne = {line.sku: line.discount for line in quote.lines if line.discount}
        assert borne == {name: money(amount, currency) for name, amount in example.off.items()}
