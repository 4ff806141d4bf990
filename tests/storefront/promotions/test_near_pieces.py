"""What is nearly reached where particular pieces are missing: what to add, from which goods, and what that brings."""

from __future__ import annotations

import pytest

from storefront.kernel.money import Money
from storefront.pricing.snapshot import Snapshot
from storefront.promotions.rules import Near, Promotion, Reason, Scope, Together, evaluate
from tests.storefront.promotions.builders import NOON
from tests.storefront.promotions.shorthand import (
    any_for,
    basket,
    buy,
    each_percent,
    money,
    nth,
    numbered,
    only,
    order_percent,
    pieces,
    together,
)

HAIR_SET = together("shampoo", "soap bar", price="25")
THREE_FOR_10 = any_for(3, "10")
CUP_FOR_TEA = buy(2, get=1, of="cup", on_goods="tea")


def near(cart: str, *offers: Promotion) -> tuple[Near, ...]:
    return evaluate(Snapshot(now=NOON, currency="USD", lines=basket(cart)), numbered(offers)).near


@pytest.mark.parametrize(
    ("cart", "offer", "gap", "saves", "costs"),
    [
        ("tea 4.00 x2", THREE_FOR_10, 1, "2.00", "4.00"),
        ("tea 4.00", THREE_FOR_10, 2, "2.00", "8.00"),
        ("tea 5 x3, rice 4", THREE_FOR_10, 2, "2.00", "8.00"),
        ("tea 5.00 x2 min 4.50", THREE_FOR_10, 1, "1.50", "5.00"),
        ("tea 10.00", pieces("2-10", "3-20"), 1, "2.00", "10.00"),
        ("tea 10.00 x2", pieces("2-10", "3-20"), 1, "4.00", "10.00"),
        ("tea 9.00 x2", buy(2, get=1), 1, "9.00", "9.00"),
        ("tea 9.00", buy(2, get=1), 2, "9.00", "18.00"),
        ("tea 9.00 x3, rice 5", buy(2, get=1), 2, "5.00", "10.00"),
        ("tea 5, cup 8", CUP_FOR_TEA, 1, "8.00", "5.00"),
        ("tea 5 x4, cup 8", CUP_FOR_TEA, 1, "8.00", "8.00"),
        ("shampoo 20 x2, soap 10", HAIR_SET, 1, "5.00", "10.00"),
        ("shampoo 20, soap 5", together("shampoo", "soap x2", price="25"), 1, "5.00", "5.00"),
        ("shampoo 20 x2, soap 10", together("shampoo", "soap", percent=20), 1, "6.00", "10.00"),
        ("tea 10 x2, rice 10", nth(2, 50, Together.SKU), 1, "5.00", "10.00"),
    ],
)
def test_adding_more_saves_more(cart: str, offer: Promotion, gap: int, saves: str, costs: str) -> None:
    [found] = near(cart, offer)
    assert (found.shortfall.gap, found.would_save, found.cost, found.open) == (gap, money(saves), money(costs), False)


@pytest.mark.parametrize(
    ("cart", "offer", "wanted"),
    [
        ("shampoo 20", HAIR_SET, only("soap", "bar")),
        ("soap 10", HAIR_SET, only("shampoo")),
        ("tea 5 x2", CUP_FOR_TEA, only("cup")),
        ("cup 8", CUP_FOR_TEA, only("tea")),
    ],
)
def test_goods_that_are_not_in_the_cart_are_named_and_not_priced(cart: str, offer: Promotion, wanted: Scope) -> None:
    [found] = near(cart, offer)
    assert (found.scope, found.open, found.cost) == (wanted, True, money("0"))


def test_what_is_known_of_an_open_saving_is_the_least_it_can_be() -> None:
    assert [each.would_save for each in near("shampoo 20", HAIR_SET)] == [money("0")]
    assert [each.would_save for each in near("shampoo 30", HAIR_SET)] == [money("5")]
    assert [each.would_save for each in near("shampoo 20", together("shampoo", "soap", off="5"))] == [money("5")]
    assert [each.would_save for each in near("shampoo 20", together("shampoo", "soap", percent=10))] == [money("2")]


def test_an_open_saving_comes_after_those_that_can_be_counted() -> None:
    assert [each.promotion.id for each in near("shampoo 20, tea 4 x2", HAIR_SET, any_for(3, "10", on_goods="tea"))] == [
        2,
        1,
    ]


def test_an_open_saving_that_would_displace_another_is_not_near() -> None:
    rival = order_percent(10, exclusive=True)
    assert near("shampoo 20", HAIR_SET, rival) == ()


def test_a_saving_beyond_the_limit_takes_the_place_of_the_least_one() -> None:
    third_free = nth(3, 100, Together.SKU, 1)
    [found] = near("tea 4 x3, rice 9 x2", third_free)
    assert (found.scope, found.would_save) == (only("rice"), money("5"))
    assert near("tea 9 x3, rice 4 x2", third_free) == ()
    [found] = near("tea 5 x3, rice 9 x2", any_for(3, "10", Together.SKU, 1))
    assert (found.scope, found.would_save) == (only("rice"), money("12"))


def test_the_goods_that_count_together_are_named() -> None:
    [found] = near("tea 4 x2, rice 3", any_for(3, "10", Together.SKU))
    assert found.scope == only("tea")
    [found] = near("tea 4 x2, rice 3", any_for(3, "10", Together.PRODUCT))
    assert found.scope == Scope(product_ids=frozenset({1}))


@pytest.mark.parametrize(
    ("cart", "offer"),
    [
        ("tea 4 x3", THREE_FOR_10),
        ("tea 3 x2", THREE_FOR_10),
        ("tea 5 x4", any_for(3, "10", Together.SCOPE, 1)),
        ("tea 10 x3", pieces("2-10", "3-20")),
        ("tea 9 x3", buy(2, get=1)),
        ("tea 9 x4", buy(2, get=1, times=1)),
        ("tea 5 x5, cup 8 x2", buy(2, get=1, of="cup", on_goods="tea", times=1)),
        ("tea 10 x3", nth(2, 50, Together.SCOPE, 1)),
        ("shampoo 20, soap 10", HAIR_SET),
        ("shampoo 20 x2, soap 10", together("shampoo", "soap", price="25", times=1)),
        ("shampoo 12, soap 10", HAIR_SET),
        ("tea 3", together("tea", "soap", "brush", price="25")),
    ],
)
def test_nothing_is_near_that_is_reached_or_used_up_or_brings_nothing(cart: str, offer: Promotion) -> None:
    assert near(cart, offer) == ()


def test_a_set_with_two_parts_missing_says_how_many_pieces() -> None:
    snapshot = Snapshot(now=NOON, currency="USD", lines=basket("tea 3"))
    [rejected] = evaluate(snapshot, numbered([together("tea", "soap", "brush", price="25")])).rejected
    assert rejected.reason is Reason.THRESHOLD
    assert (rejected.shortfall.need, rejected.shortfall.have) == (3, 1)


def test_a_piece_that_another_promotion_took_since_is_not_promised_again() -> None:
    assert near("tea 10 x3", nth(2, 50), each_percent(10)) == ()


def test_yen_have_no_smaller_unit() -> None:
    snapshot = Snapshot(now=NOON, currency="JPY", lines=basket("tea 400 x2", "JPY"))
    [found] = evaluate(snapshot, numbered([any_for(3, "1000", currency="JPY")])).near
    assert (found.would_save, found.cost) == (Money(200, "JPY"), Money(400, "JPY"))
