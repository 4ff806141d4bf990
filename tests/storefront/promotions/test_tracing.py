"""The trace tells why a price is what it is, also where the other goods of the cart decide it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from flask import Flask

from storefront.pricing.allocation import TraceStep
from storefront.promotions.rules import Limits, Promotion, Scope, evaluate
from storefront.promotions.rules.conditions import Shortfall
from storefront.promotions.words import step_words
from storefront.web.locale import speaking
from tests.storefront.promotions.builders import (
    amount_order,
    cart,
    free_delivery,
    ladder,
    line,
    percent_items,
    second_half,
    usd,
)
from tests.storefront.promotions.lottery import cart_of, promotions_of

ROUNDS = 1500
PLAIN = {"percent_off", "amount_off"}
"""Item promotions that need no particular pieces: after those of a set the next set begins from nothing."""
A, B = Scope(skus=frozenset({"A"})), Scope(skus=frozenset({"B"}))


@pytest.fixture
def reading_english(app: Flask) -> Iterator[None]:
    with app.test_request_context(), speaking("en"):
        yield


def goods(**prices: int) -> tuple[object, ...]:
    return tuple(line(price, sku=sku) for sku, price in prices.items())


def steps_of(line_id: str, *lines: object, offers: list[Promotion], **options: object) -> list[TraceStep]:
    result = evaluate(cart(*lines, **options), offers)
    return [step for step in result.trace if step.line_id == line_id]


def told(line_id: str, *lines: object, offers: list[Promotion], **options: object) -> list[tuple[str, int, int]]:
    steps = steps_of(line_id, *lines, offers=offers, **options)
    return [(step_words(step), step.delta.minor, step.after.minor) for step in steps]


@pytest.mark.usefixtures("reading_english")
def test_a_share_names_the_whole_that_it_is_a_part_of() -> None:
    offer = ladder((5000, 1000), name="Spring")
    assert told("A", *goods(A=5000), offers=[offer])[1:] == [("Spring", -1000, 4000)]
    assert told("A", *goods(A=5000, B=5000), offers=[offer])[1:] == [
        ("Spring (part of $10.00, shared by 2 lines)", -500, 4500)
    ]


@pytest.mark.usefixtures("reading_english")
def test_goods_that_a_dearer_one_pushed_out_of_the_reduction_say_where_it_went() -> None:
    offer = second_half(name="Pairs")
    assert told("B", *goods(A=1000, B=600), offers=[offer])[1:] == [("Pairs", -300, 300)]
    assert told("B", *goods(A=1000, B=600, C=800), offers=[offer])[1:] == [
        ("“Pairs” falls on other goods of your cart", 0, 600)
    ]


@pytest.mark.usefixtures("reading_english")
def test_what_the_best_deal_gave_up_is_named_on_the_lines_that_it_was_for() -> None:
    offers = [
        percent_items(50, scope=A, name="Half of A", exclusive=True),
        percent_items(50, scope=B, name="Half of B", exclusive=True),
    ]
    assert told("A", *goods(A=1000), offers=offers)[1:] == [("Half of A", -500, 500)]
    assert told("A", *goods(A=1000, B=3000), offers=offers)[1:] == [
        ("“Half of A” would save $5.00, but not beside the better deal", 0, 1000)
    ]
    assert [step.label.get("said") for step in steps_of("B", *goods(A=1000, B=3000), offers=offers)] == [None, None]


@pytest.mark.usefixtures("reading_english")
def test_a_budget_that_the_larger_cart_breaks_is_named() -> None:
    offer = percent_items(10, name="Last ones", limits=Limits(budget_left=usd(100)))
    assert told("A", *goods(A=1000), offers=[offer])[1:] == [("Last ones", -100, 900)]
    assert told("A", *goods(A=1000, B=10), offers=[offer])[1:] == [
        ("What is left of “Last ones” is less than your cart would need", 0, 1000)
    ]


def test_steps_that_say_something_change_nothing_and_keep_the_merchants_words() -> None:
    offer = second_half(name="Pairs", translations=(("zh", "第二件半价"),))
    [step] = [step for step in steps_of("B", *goods(A=9, B=6, C=8), offers=[offer]) if step.label.get("said")]
    assert (step.delta, step.label.name, step.label["name_zh"]) == (usd(0), "Pairs", "第二件半价")
    assert TraceStep.from_data(step.to_data()) == step


def test_delivery_is_no_news_of_the_goods() -> None:
    offers = [free_delivery(exclusive=True), amount_order(100, exclusive=True)]
    result = evaluate(cart(line(1000), delivery=599), offers)
    assert [step.label.kind for step in result.trace] == ["base_price", "amount_off", "delivery_off"]
    assert result.trace[1].label["said"] == "passed_over"


def test_each_line_names_one_forgone_promotion_at_most() -> None:
    offers = [amount_order(100 + n, id=n + 1) for n in range(9)]
    said = [step.label.get("said") for step in steps_of("A", *goods(A=5000, B=5000), offers=offers)]
    assert said == [None, None, "passed_over"]


def test_adding_goods_of_the_scope_never_widens_a_gap() -> None:
    rng, compared = Random(1), 0
    for _ in range(ROUNDS):
        snapshot = cart_of(rng)
        [offer] = promotions_of(rng, 1)
        before = _gap(evaluate(snapshot, [offer]).near)
        mine = [each for each in snapshot.lines if offer.scope.matches(each)]
        if before is None or not mine or (offer.uses_units and offer.benefit.kind not in PLAIN):
            continue
        twin = replace(rng.choice(mine), line_id="TWIN", quantity=rng.randint(1, 2))
        after = _gap(evaluate(replace(snapshot, lines=(*snapshot.lines, twin)), [offer]).near)
        if after is not None and after.need == before.need:
            compared += 1
            assert after.size <= before.size
    assert compared > 20


def _gap(near: tuple[object, ...]) -> Shortfall | None:
    return near[0].shortfall if near else None
