"""Which of the merchant's rules hold, and what they come to together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import Boost
from search.documents import LEAST_BOOST, MOST_BOOST
from storefront.discovery.rules import (
    NOTHING,
    Actions,
    Asked,
    Audience,
    Banner,
    Book,
    Conditions,
    How,
    Narrowing,
    Phrase,
    Rule,
    Said,
    leads_in_a_circle,
    multiply,
)
from storefront.discovery.stored_rules import actions_of, actions_to_data, conditions_of, conditions_to_data

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
PIN = Actions(pins=(1,))
TRADE = {"audience": Audience.GROUPS, "groups": frozenset({"trade"})}


def rule(
    number: int = 1, *phrases: tuple[How, str], actions: Actions = PIN, priority: int = 0, **conditions: object
) -> Rule:
    wanted = Conditions(phrases=tuple(Phrase(how, text) for how, text in phrases), **conditions)  # type: ignore[arg-type]
    return Rule(id=number, priority=priority, conditions=wanted, actions=actions)


def holds(one: Rule, **asked: object) -> bool:
    return bool(Book([one]).matching(Asked(at=NOON, **asked)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("how", "phrase", "text", "expected"),
    [
        (How.EQUALS, "olive oil", "olive oil", True),
        (How.EQUALS, "olive oil", "  OLIVE   Oils ", True),
        (How.EQUALS, "olive oil", "ｏｌｉｖｅ　ｏｉｌ", True),
        (How.EQUALS, "olive oil", "oil olive", False),
        (How.EQUALS, "olive oil", "olive oil 500ml", False),
        (How.EQUALS, "奶酪", "奶酪", True),
        (How.EQUALS, "乳酪", "乳酪", True),
        (How.EQUALS, "烏龍茶", "乌龙茶", True),
        (How.EQUALS, "500 ml", "0.5l", True),
        (How.CONTAINS, "olive oil", "the best oil of olives", True),
        (How.CONTAINS, "olive oil", "olive", False),
        (How.CONTAINS, "茶", "红茶包", True),
        (How.CONTAINS, "红包", "红茶包", False),
        (How.CONTAINS, "茶 oolong", "oolong 乌龙茶", True),
        (How.CONTAINS, "tea", "steak", False),
        (How.STARTS, "olive", "olive oil", True),
        (How.STARTS, "olive oil", "olive oil 500ml", True),
        (How.STARTS, "oil", "olive oil", False),
        (How.STARTS, "ol", "olive oil", False),
        (How.STARTS, "红茶", "红茶包", True),
        (How.STARTS, "茶", "红茶包", False),
        (How.STARTS, "oolong 茶", "oolong 茶包", True),
        (How.EQUALS, "olive oil", "", False),
        (How.CONTAINS, "olive oil", "!!!", False),
    ],
)
def test_a_phrase_fits_after_normalisation(how: How, phrase: str, text: str, expected: bool) -> None:
    assert holds(rule(1, (how, phrase)), text=text) is expected


@pytest.mark.parametrize(
    ("conditions", "asked", "expected"),
    [
        ({}, {}, True),
        ({"category_ids": frozenset({7})}, {"category_ids": frozenset({1, 7})}, True),
        ({"category_ids": frozenset({7})}, {"category_ids": frozenset({1})}, False),
        ({"category_ids": frozenset({7})}, {"text": "tea"}, False),
        ({"language": "zh"}, {"language": "zh"}, True),
        ({"language": "zh"}, {"language": "en"}, False),
        ({"audience": Audience.GUESTS}, {}, True),
        ({"audience": Audience.GUESTS}, {"is_signed_in": True}, False),
        ({"audience": Audience.SIGNED_IN}, {"is_signed_in": True}, True),
        ({"audience": Audience.SIGNED_IN}, {}, False),
        (TRADE, {"is_signed_in": True, "groups": frozenset({"trade"})}, True),
        (TRADE, {"is_signed_in": True, "groups": frozenset({"vip"})}, False),
        (TRADE, {}, False),
    ],
)  # fmt: skip
def test_a_rule_holds_when_all_its_conditions_do(
    conditions: dict[str, object], asked: dict[str, object], expected: bool
) -> None:
    assert holds(rule(1, **conditions), **asked) is expected


def test_any_phrase_is_enough_but_the_category_must_fit_too() -> None:
    one = rule(1, (How.EQUALS, "tea"), (How.CONTAINS, "kettle"), category_ids=frozenset({3}))
    assert holds(one, text="red kettle", category_ids=frozenset({3}))
    assert not holds(one, text="red kettle", category_ids=frozenset({4}))
    assert not holds(one, text="coffee", category_ids=frozenset({3}))


def test_a_rule_holds_from_its_first_moment_up_to_its_last_whatever_the_zone() -> None:
    one = Rule(id=1, actions=PIN, starts_at=NOON, ends_at=NOON + timedelta(days=1))
    beijing = datetime.fromisoformat("2026-05-03T20:00:00+08:00")
    assert [one.is_live(moment) for moment in (beijing - timedelta(seconds=1), beijing)] == [False, True]
    assert [one.is_live(beijing + timedelta(days=1) - late) for late in (timedelta(seconds=1), timedelta())] == [
        True,
        False,
    ]


def test_rules_are_joined_by_priority_and_the_newest_first_among_equals() -> None:
    rules = [
        rule(1, actions=Actions(pins=(10, 11), buries=(20, 30), redirect="/one"), priority=5),
        rule(2, actions=Actions(pins=(11, 12), buries=(20, 21)), priority=5),
        rule(3, actions=Actions(pins=(30,), banner=Banner(texts={"en": "three"})), priority=9),
        rule(4, actions=Actions(redirect="/four", banner=Banner(texts={"en": "four"})), priority=1),
    ]
    outcome = Book(rules).outcome(Asked(at=NOON))
    assert outcome.rule_ids == (3, 2, 1, 4)
    assert outcome.pins == (30, 11, 12, 10)
    assert outcome.buries == (20, 21)
    assert outcome.redirect == "/one"
    assert outcome.banner is not None
    assert outcome.banner.text("en").words == "three"


def test_filters_join_flags_and_keep_the_first_choice_of_a_facet() -> None:
    rules = [
        rule(1, actions=Actions(narrowing=Narrowing(brands=("a",), in_stock=True)), priority=2),
        rule(2, actions=Actions(narrowing=Narrowing(brands=("b",), category_ids=(4,), on_promotion=True)), priority=1),
    ]
    narrowing = Book(rules).outcome(Asked(at=NOON)).narrowing
    assert narrowing == Narrowing(brands=("a",), category_ids=(4,), on_promotion=True, in_stock=True)


def test_nothing_holds_where_there_are_no_rules() -> None:
    assert Book().outcome(Asked(at=NOON, text="tea")) is NOTHING


factors = st.floats(LEAST_BOOST, MOST_BOOST)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), factors), max_size=12))
def test_factors_multiply_and_never_leave_their_bounds(drawn: list[tuple[str, str, float]]) -> None:
    boosts = [Boost(*each) for each in drawn]
    found = {(each.facet, each.value): each.factor for each in multiply(boosts)}
    assert set(found) == {(each.facet, each.value) for each in boosts}
    for (facet, value), factor in found.items():
        product = 1.0
        for each in boosts:
            if (each.facet, each.value) == (facet, value):
                product = min(max(product * each.factor, LEAST_BOOST), MOST_BOOST)
        assert factor == pytest.approx(product)
        assert LEAST_BOOST <= factor <= MOST_BOOST


words = st.lists(st.sampled_from(["tea", "pot", "green", "茶", "绿茶", "500ml"]), min_size=1, max_size=4).map(" ".join)


@given(st.lists(st.tuples(st.sampled_from(list(How)), words), min_size=1, max_size=30), words)
def test_the_book_finds_what_asking_every_rule_by_itself_finds(drawn: list[tuple[How, str]], text: str) -> None:
    rules = [rule(number, phrase) for number, phrase in enumerate(drawn)]
    alone = {one.id for one in rules if holds(one, text=text)}
    assert {one.id for one in Book(rules).matching(Asked(at=NOON, text=text))} == alone


def _place(path: str) -> Asked | None:
    return Asked(at=NOON, text=path.removeprefix("/search?q=")) if path.startswith("/search?q=") else None


def test_a_redirect_that_comes_back_is_a_circle() -> None:
    def sends(number: int, phrase: str, to: str) -> Rule:
        return rule(number, (How.EQUALS, phrase), actions=Actions(redirect=to))

    chain = [sends(number, a, f"/search?q={b}") for number, (a, b) in enumerate(pairwise("abcd"), start=2)]
    assert not leads_in_a_circle(sends(1, "z", "/offers"), chain, _place)
    assert not leads_in_a_circle(sends(1, "z", "/search?q=a"), chain, _place)
    assert leads_in_a_circle(sends(1, "d", "/search?q=a"), chain, _place)
    assert leads_in_a_circle(rule(1, (How.CONTAINS, "tea"), actions=Actions(redirect="/search?q=tea")), [], _place)


def test_a_rule_comes_back_from_the_database_as_it_went_in() -> None:
    conditions = Conditions(
        phrases=(Phrase(How.STARTS, "tea"),),
        category_ids=frozenset({3, 1}),
        audience=Audience.GROUPS,
        groups=frozenset({"trade"}),
        language="zh",
    )
    actions = Actions(
        pins=(3, 1),
        buries=(9,),
        boosts=(Boost("brand", "leaf", 0.5),),
        narrowing=Narrowing(category_ids=(2,), brands=("leaf",), on_promotion=True, in_stock=True),
        redirect="/offers",
        banner=Banner(texts={"en": "Hello", "zh": "你好"}, labels={"en": "More"}, link="/offers"),
    )
    assert conditions_of(conditions_to_data(conditions)) == conditions
    assert actions_of(actions_to_data(actions)) == actions
    assert actions_of({}) == Actions()


def test_a_banner_speaks_the_readers_language_or_else_what_it_has() -> None:
    both = Banner(texts={"en": "Hello", "zh": "你好"})
    assert both.text("zh") == Said("你好", "zh")
    assert both.text("fr", instead="zh") == Said("你好", "zh")
    assert both.text("fr") == Said("Hello", "en")
    assert Banner(texts={"en": "Hello", "zh": ""}).text("zh", instead="zh") == Said("Hello", "en")
    assert Banner(texts={"zh": "你好"}).text("en") == Said("你好", "zh")
    assert Banner(texts={"zh": "你好"}).label("en") == Said()
