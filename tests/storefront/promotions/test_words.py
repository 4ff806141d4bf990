"""Promotions in words, in both languages' forms, and where cards and product pages show them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from storefront.catalog import queries as catalog
from storefront.database.transaction import transaction
from storefront.kernel.money import Money
from storefront.pricing.label import Label
from storefront.pricing.snapshot import Stage
from storefront.promotions.context import badges_for, offers_for
from storefront.promotions.rules import (
    AmountOff,
    BuyAtLeast,
    DeliveryOff,
    Gift,
    NthItem,
    PercentOff,
    Promotion,
    Reason,
    Rung,
    SpendLadder,
    Together,
    evaluate,
)
from storefront.promotions.words import name_of, near_words, ordinal, rejection_words, share_words, step_words, terms_of
from tests.factories import make_category, make_product, make_promotion, variant_of
from tests.storefront.promotions.builders import (
    amount_order,
    cart,
    free_delivery,
    ladder,
    line,
    percent_items,
    percent_order,
    promotion,
    repeat,
    second_half,
    usd,
)
from tests.storefront.promotions.shorthand import any_for, basket, buy, delivery_for, nth, pieces, spend, together


@pytest.fixture
def reading_english(app: Flask) -> Iterator[None]:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        app.preprocess_request()
        yield


@pytest.mark.usefixtures("reading_english")
@pytest.mark.parametrize(
    ("offer", "words"),
    [
        (percent_items(10), "10% off"),
        (promotion(PercentOff(1250), Stage.ORDER), "12.5% off"),
        (percent_order(50), "Half price"),
        (percent_order(20, spend=5000), "20% off when you spend $50.00"),
        (promotion(PercentOff(2000, most=usd(1000)), Stage.ORDER), "20% off, up to $10.00"),
        (percent_items(30, conditions=(BuyAtLeast(3),)), "30% off when you buy 3"),
        (amount_order(500), "$5.00 off"),
        (amount_order(500, spend=5000), "Spend $50.00, save $5.00"),
        (promotion(AmountOff(usd(100)), Stage.ITEM), "$1.00 off each"),
        (ladder((5000, 500), (9900, 1500)), "Spend $50.00, save $5.00; spend $99.00, save $15.00"),
        (repeat(5000, 500), "Save $5.00 for every $50.00"),
        (repeat(5000, 500, 3), "Save $5.00 for every $50.00, up to 3 times per order"),
        (second_half(), "Every 2nd item at half price"),
        (promotion(NthItem(3, 10000), Stage.ITEM), "Every 3rd item free"),
        (promotion(NthItem(4, 2500), Stage.ITEM), "Every 4th item 25% off"),
        (promotion(NthItem(3, 10000, Together.SKU), Stage.ITEM), "Every 3rd of the same item free"),
        (promotion(NthItem(2, 5000, Together.PRODUCT), Stage.ITEM), "Every 2nd of the same item at half price"),
        (promotion(NthItem(4, 2500, Together.SKU), Stage.ITEM), "Every 4th of the same item 25% off"),
        (any_for(3, "10"), "Any 3 for $10.00"),
        (any_for(3, "10", Together.SCOPE, 1), "Any 3 for $10.00, once per order"),
        (any_for(3, "10", over="50"), "Any 3 for $10.00 when you spend $50.00"),
        (any_for(3, "10", Together.SKU), "3 of the same for $10.00"),
        (pieces("2-10"), "Buy 2, 10% off"),
        (pieces("2-10", "3-20", "5-30"), "Buy 2, 10% off; buy 3, 20% off; buy 5, 30% off"),
        (pieces("2-10", "3-20", together=Together.SKU), "Buy 2 of the same, 10% off; buy 3, 20% off"),
        (buy(2, get=1), "Buy 2, get 1 free"),
        (buy(1, get=1, percent=50), "Buy 1, get 1 at half price"),
        (buy(3, get=2, percent=20, times=2), "Buy 3, get 2 at 20% off, up to 2 times per order"),
        (buy(2, get=1, of="cup"), "Buy 2, get 1 selected item free"),
        (buy(2, get=2, of="cup", percent=50), "Buy 2, get 2 selected items at half price"),
        (buy(2, get=1, of="cup", percent=30), "Buy 2, get 1 selected item at 30% off"),
        (together("a", "b", price="25"), "The set for $25.00"),
        (together("a", "b", off="5"), "$5.00 off the set"),
        (together("a", "b", percent=20), "20% off the set"),
        (delivery_for("3"), "Delivery for $3.00"),
        (delivery_for("3", over="50"), "Delivery for $3.00 when you spend $50.00"),
        (promotion(Gift(("CUP",)), spend=5000), "Free gift when you spend $50.00"),
        (promotion(Gift(("CUP",), 2)), "2 free gifts"),
        (free_delivery(), "Free delivery"),
        (free_delivery(5000), "Free delivery when you spend $50.00"),
        (promotion(DeliveryOff(5000, usd(200)), Stage.SHIPPING), "Delivery 50% off, up to $2.00"),
        (
            promotion(DeliveryOff(most=usd(200)), Stage.SHIPPING, spend=5000),
            "Free delivery, up to $2.00 when you spend $50.00",
        ),
    ],
)
def test_terms_are_plain_words(offer: Promotion, words: str) -> None:
    assert terms_of(offer.label) == words


@pytest.mark.usefixtures("reading_english")
def test_a_reached_rung_is_named_by_its_own_numbers() -> None:
    [applied] = evaluate(cart(line(10000)), [ladder((5000, 500), (9900, 1500))]).applied
    assert terms_of(applied.label) == "Spend $99.00, save $15.00"


@pytest.mark.usefixtures("reading_english")
def test_what_is_near_is_said_as_the_shopper_can_do_it() -> None:
    def near(*lines: object, offer: Promotion) -> str:
        return near_words(evaluate(cart(*lines, delivery=599), [offer]).near[0])

    assert near(line(17800), offer=ladder((19900, 2000))) == "Add $21.00 more to save $20.00"
    assert near(line(1000), offer=second_half()) == "Add 1 more item to save $5.00"
    assert near(line(4000), offer=free_delivery(5000)) == "Add $10.00 more and save $5.99 on delivery"
    three = free_delivery(conditions=(BuyAtLeast(3),))
    assert near(line(4000), offer=three) == "Add 2 more items and save $5.99 on delivery"


@pytest.mark.usefixtures("reading_english")
def test_pieces_that_are_missing_are_said_with_what_they_complete() -> None:
    def near(goods: str, offer: Promotion) -> str:
        return near_words(evaluate(cart(*basket(goods)), [offer]).near[0])

    assert near("tea 4 x2", any_for(3, "10")) == "Add 1 more item to get 3 for $10.00 and save $2.00"
    assert near("tea 4", any_for(3, "10")) == "Add 2 more items to get 3 for $10.00 and save $2.00"
    assert near("tea 10", pieces("2-10")) == "Add 1 more item to save $2.00"
    assert near("tea 9 x2", buy(2, get=1)) == "Add 1 more item to save $9.00"
    assert near("tea 9 x2, rice 1", nth(3, 100, Together.SKU)) == "Add 1 more of the same item to save $9.00"
    assert near("tea 9 x1, rice 1", pieces("3-10", together=Together.PRODUCT)) == (
        "Add 2 more of the same item to save $2.70"
    )
    assert near("tea 4 x2, rice 1", any_for(3, "10", Together.SKU)) == (
        "Add 1 more of the same item to get 3 for $10.00 and save $2.00"
    )
    cup = buy(2, get=1, of="cup", on_goods="tea")
    assert near("tea 9 x2", cup) == "Add 1 more item: Buy 2, get 1 selected item free"
    hair = together("shampoo", "soap x2", price="25")
    assert near("shampoo 20, soap 5", hair) == "Add 1 more item to complete the set and save $5.00"
    assert near("shampoo 20", hair) == "Add 2 more items to complete the set: The set for $25.00"


CHINESE = [
    (spend("199-20", "399-60", currency="CNY"), "满¥199.00减¥20.00，满¥399.00减¥60.00"),
    (nth(2, 50), "第2件半价"),
    (nth(3, 100), "第3件免费"),
    (nth(3, 100, Together.SKU, 1), "同款第3件免费，每单限1次"),
    (pieces("2-10", "3-20", together=Together.SKU), "同款2件9折，3件8折"),
    (promotion(DeliveryOff(5000, usd(200)), Stage.SHIPPING), "运费5折，最高减US$2.00"),
    (any_for(3, "10", currency="CNY"), "任选3件¥10.00"),
    (any_for(3, "10", Together.SKU, 1, currency="CNY"), "同款3件¥10.00，每单限1次"),
    (pieces("2-10", "3-20"), "2件9折，3件8折"),
    (buy(2, get=1), "买2送1"),
    (buy(1, get=1, percent=50), "买1件，另1件半价"),
    (buy(2, get=1, of="cup"), "买2件，送指定商品1件"),
    (buy(2, get=1, of="cup", percent=20), "买2件，指定商品1件8折"),
    (together("a", "b", percent=20), "套装8折"),
    (delivery_for("5", currency="CNY"), "运费¥5.00"),
    (delivery_for("5", over="99", currency="CNY"), "满¥99.00享运费¥5.00"),
]


@pytest.mark.parametrize(("offer", "words"), CHINESE, ids=[words for _, words in CHINESE])
def test_terms_are_what_the_field_says_in_chinese(app: Flask, offer: Promotion, words: str) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "zh-CN"}):
        app.preprocess_request()
        assert terms_of(offer.label) == words


def test_yuan_are_written_as_yuan(app: Flask) -> None:
    def yuan(minor: int) -> Money:
        return Money(minor, "CNY")

    offer = Promotion(1, "", "CNY", SpendLadder((Rung(yuan(19900), yuan(2000)),)), Stage.ORDER)
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert terms_of(offer.label) == "Spend CN¥199.00, save CN¥20.00"
    with app.test_request_context("/", headers={"Accept-Language": "zh-CN"}):
        assert "¥199.00" in terms_of(offer.label)
        assert (share_words(1500), share_words(5000), ordinal(2)) == ("8.5折", "5折", "2")


def test_the_merchants_name_is_read_in_the_readers_language(app: Flask) -> None:
    label = Label.of("spend_ladder", "Spring", name_zh="春季满减")
    with app.test_request_context("/", headers={"Accept-Language": "zh-CN"}):
        assert name_of(label) == "春季满减"
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert name_of(label) == "Spring"


@pytest.mark.usefixtures("reading_english")
def test_every_reason_has_words() -> None:
    for reason in Reason:
        [rejected] = evaluate(cart(line(100)), [amount_order(5, spend=200)]).rejected
        told = rejection_words(type(rejected)(rejected.promotion, rejected.stage, reason))
        assert told.endswith(".")
    assert rejection_words(rejected) == "Add $1.00 more of the goods it is for."


@pytest.mark.usefixtures("reading_english")
def test_every_step_of_a_price_has_a_name() -> None:
    result = evaluate(cart(line(1000)), [percent_order(10, name="June")])
    assert [step_words(step) for step in result.trace] == ["Price", "June"]


def test_cards_carry_offers_for_just_these_goods_and_pages_all_of_them(app: Flask) -> None:
    with app.app_context(), transaction():
        food = make_category("Food")
        tea = make_category("Tea", parent=food)
        green, rice = make_product("Green", category=tea), make_product("Rice")
        scope = {"category_ids": [food.id]}
        half = [{"kind": "nth_item", "nth": 2, "basis_points": 5000, "scope": scope}]
        make_promotion(conditions=[], benefits=half, promotion_class="item", name="Tea time")
        make_promotion(conditions=[], benefits=[{"kind": "percent_off", "basis_points": 500}], name="All")
        members = [{"kind": "audience", "members_only": True}]
        make_promotion(conditions=members, benefits=half, promotion_class="item", name="Members")
        make_promotion(conditions=[], benefits=half, promotion_class="item", requires_code=True, name="Secret")
        ids, variant = (green.id, rice.id), variant_of(green)
        wanted = {"product_id": green.id, "sku": variant.sku, "category_id": tea.id, "brand_id": None}
    with app.test_request_context("/"):
        app.preprocess_request()
        cards = catalog.cards_by_ids(ids, "en")
        assert {card.product_id: [badge.text for badge in card.badges] for card in cards} == {
            ids[0]: ["Every 2nd item at half price"],
            ids[1]: [],
        }
        assert [offer.name for offer in offers_for(**wanted)] == ["Tea time", "All"]
        assert badges_for([]) == {}
