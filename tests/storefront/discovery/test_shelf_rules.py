"""Rules of shelves, purely: whatever is asked, nothing is lost or doubled, and no lift goes further than it may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.discovery.shelves.rules import (
    MOST_PLACES,
    Actions,
    Boost,
    Candidate,
    Lift,
    Rule,
    apply,
    combine,
    matching,
    place,
)

AT = datetime(2026, 5, 4, 8, tzinfo=UTC)
NUMBERS = st.integers(1, 30)
SHARES = st.none() | st.floats(-0.5, 0.9)
CANDIDATES = st.lists(
    st.builds(Candidate, NUMBERS, st.frozensets(st.integers(1, 4), max_size=2), SHARES, st.none() | st.floats(-3, 400)),
    unique_by=lambda one: one.product_id,
    max_size=20,
)
BOOSTS = st.lists(st.builds(Boost, st.sampled_from(Lift), st.integers(1, MOST_PLACES)), max_size=3).map(tuple)
ACTIONS = st.builds(
    Actions,
    st.lists(NUMBERS, unique=True, max_size=4).map(tuple),
    st.lists(NUMBERS, unique=True, max_size=4).map(tuple),
    st.lists(st.integers(1, 4), unique=True, max_size=1).map(tuple),
    BOOSTS,
)


def rule(number: int = 1, shelf: str = "", *, priority: int = 100, **actions: object) -> Rule:
    return Rule(number, f"Rule {number}", shelf, Actions(**actions), priority)  # type: ignore[arg-type]


def goods(*ids: int, **facts: object) -> list[Candidate]:
    return [Candidate(number, **facts) for number in ids]  # type: ignore[arg-type]


def ids(placed: object) -> list[int]:
    return [one.product_id for one in placed]  # type: ignore[attr-defined]


def test_without_rules_the_ranking_stands() -> None:
    assert ids(apply([], goods(3, 1, 2))) == [3, 1, 2]


def test_pins_come_first_in_their_order_and_buried_goods_last_in_theirs() -> None:
    placed = apply([rule(pins=(2, 9), buries=(3,))], goods(3, 1, 2), pinned=goods(9))
    assert ids(placed) == [2, 9, 1, 3]
    assert [one.is_pinned for one in placed] == [True, True, False, False]
    assert [one.was for one in placed] == [2, None, 1, 0]
    assert placed[-1].is_buried


def test_a_pin_that_may_not_be_shown_leaves_no_gap() -> None:
    assert ids(apply([rule(pins=(9,))], goods(1, 2))) == [1, 2]


def test_an_excluded_category_keeps_away_even_what_is_pinned() -> None:
    tea = goods(1, category_ids=frozenset({5, 7}))
    assert ids(apply([rule(pins=(1,), category_ids=(5,))], [*tea, *goods(2)])) == [2]


def test_what_earns_most_passes_as_many_as_its_lift_says() -> None:
    candidates = [Candidate(number, margin=0.5 if number == 6 else 0.1) for number in range(1, 8)]
    assert ids(apply([rule(boosts=(Boost(Lift.MARGIN, 2),))], candidates)) == [1, 2, 3, 6, 4, 5, 7]


def test_goods_of_unknown_cost_or_age_are_not_lifted_and_equal_ones_do_not_move() -> None:
    boosts = (Boost(Lift.MARGIN, 8), Boost(Lift.FRESHNESS, 8))
    assert ids(apply([rule(boosts=boosts)], goods(1, 2, 3))) == [1, 2, 3]
    assert ids(apply([rule(boosts=boosts)], goods(1, 2, 3, margin=0.3, age_days=2.0))) == [1, 2, 3]


def test_new_goods_rise_and_those_from_the_future_count_as_new() -> None:
    candidates = [Candidate(1, age_days=300.0), Candidate(2, age_days=90.0), Candidate(3, age_days=-4.0)]
    assert ids(apply([rule(boosts=(Boost(Lift.FRESHNESS, 2),))], candidates)) == [3, 1, 2]


def test_the_rule_with_priority_is_heard_and_of_two_lifts_the_longer() -> None:
    high = rule(1, priority=500, pins=(1,), boosts=(Boost(Lift.MARGIN, 2),))
    low = rule(2, pins=(2,), buries=(1,), boosts=(Boost(Lift.MARGIN, 6),))
    combined = combine(matching([low, high], "home", AT))
    assert combined == Actions(pins=(1, 2), boosts=(Boost(Lift.MARGIN, 6),))


def test_a_rule_holds_on_its_shelf_in_its_time() -> None:
    dated = Rule(1, "May", "home", Actions(pins=(1,)), starts_at=AT, ends_at=AT + timedelta(days=1))
    assert matching([dated], "home", AT)
    assert not matching([dated], "cart", AT)
    assert not matching([dated], "home", AT - timedelta(seconds=1))
    assert not matching([dated], "home", AT + timedelta(days=1))
    assert matching([rule(pins=(1,))], "cart", AT)


@pytest.mark.parametrize("places", [0, -1, MOST_PLACES + 1])
def test_a_lift_has_bounds(places: int) -> None:
    with pytest.raises(ValueError, match="bounds"):
        Boost(Lift.MARGIN, places)


@given(CANDIDATES, ACTIONS)
def test_every_candidate_outside_excluded_categories_is_there_once(
    candidates: list[Candidate], actions: Actions
) -> None:
    placed = place(actions, candidates)
    allowed = [one.product_id for one in candidates if not set(actions.category_ids) & one.category_ids]
    assert sorted(ids(placed)) == sorted(allowed)


@given(CANDIDATES, BOOSTS)
def test_no_lift_carries_further_up_or_pushes_further_down_than_its_cap(
    candidates: list[Candidate], boosts: tuple[Boost, ...]
) -> None:
    cap = max((boost.places for boost in boosts), default=0)
    after = ids(place(Actions(boosts=boosts), candidates))
    for before, one in enumerate(candidates):
        assert before - cap <= after.index(one.product_id) <= before + cap


@given(CANDIDATES, ACTIONS, st.lists(NUMBERS, unique=True, max_size=3))
def test_pins_stand_first_and_buried_goods_last(
    candidates: list[Candidate], actions: Actions, strange: list[int]
) -> None:
    known = {one.product_id for one in candidates}
    pinned = [Candidate(number) for number in strange if number not in known and number in actions.pins]
    placed = place(actions, candidates, pinned)
    kinds = [0 if one.is_pinned else 2 if one.is_buried else 1 for one in placed]
    assert kinds == sorted(kinds)
    first = [one.product_id for one in placed if one.is_pinned]
    assert first == [number for number in actions.pins if number in first]


@given(CANDIDATES, st.lists(ACTIONS, max_size=3))
def test_the_same_rules_give_the_same_shelf_in_whatever_order_they_are_stored(
    candidates: list[Candidate], asked: list[Actions]
) -> None:
    rules = [Rule(number, "", "", actions, priority=number) for number, actions in enumerate(asked)]
    there, back = (matching(each, "home", AT) for each in (rules, rules[::-1]))
    assert ids(apply(there, candidates)) == ids(apply(back, candidates))
