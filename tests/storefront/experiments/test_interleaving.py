"""Two rankings in one list."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, ttest_1samp

from benchmarks.experiments import interleaved
from storefront.experiments.interleaving import Pick, Tally, Team, credit, draft, preference, score, tally
from storefront.experiments.statistics.sequential import Anytime

rankings = st.lists(st.integers(0, 30), unique=True, max_size=20)
credits_of = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40)


def drafted(first: list[int], second: list[int], length: int = 10, request: str = "r") -> tuple[Pick[int], ...]:
    return draft(first, second, length, salt="salt", unit="visitor", request=request)


@given(rankings, rankings, st.integers(0, 25), st.text())
def test_a_list_holds_each_item_once_and_teams_take_turns(
    first: list[int], second: list[int], length: int, request: str
) -> None:
    picks = drafted(first, second, length, request)
    items = [pick.item for pick in picks]
    assert len(set(items)) == len(items) == min(length, len({*first, *second}))
    held = Counter(pick.team for pick in picks)
    assert abs(held[Team.FIRST] - held[Team.SECOND]) <= 1
    assert {pick.item for pick in picks if pick.team is Team.FIRST} <= set(first)
    assert {pick.item for pick in picks if pick.team is Team.SECOND} <= set(second)


@given(rankings, rankings, st.text())
def test_every_pick_is_the_best_that_its_team_had_left(first: list[int], second: list[int], request: str) -> None:
    taken: list[int] = []
    for pick in drafted(first, second, 25, request):
        for team, ranking in ((Team.FIRST, first), (Team.SECOND, second)):
            if pick.team is team:
                assert pick.item == next(item for item in ranking if item not in taken)
        taken.append(pick.item)


@given(rankings, st.text())
def test_one_ranking_against_itself_is_that_ranking_and_nobodys(ranking: list[int], request: str) -> None:
    picks = drafted(ranking, ranking, 25, request)
    assert [pick.item for pick in picks] == ranking
    assert {pick.team for pick in picks} <= {Team.NOBODY}


def test_the_same_request_gives_the_same_list_and_others_toss_their_own_coin() -> None:
    first, second = list(range(10)), list(range(20, 30))
    assert drafted(first, second) == drafted(first, second)
    begins = Counter(drafted(first, second, 1, str(number))[0].team for number in range(2_000))
    assert binomtest(begins[Team.FIRST], 2_000).pvalue > 0.001


def test_a_ranking_that_is_away_leaves_the_list_to_the_other_without_credit() -> None:
    assert [pick.team for pick in drafted([], [1, 2, 3])] == [Team.NOBODY] * 3
    assert drafted([], []) == ()


def test_a_click_counts_once_for_the_team_that_put_the_item_there() -> None:
    picks = (Pick(1, Team.FIRST), Pick(2, Team.SECOND), Pick(3, Team.NOBODY), Pick(4, Team.SECOND))
    assert credit(picks, {1, 2, 3, 4, 99}) == (1, 2)
    assert credit(picks, set()) == (0, 0)


@given(credits_of, credits_of)
def test_tallies_of_different_visitors_add_up(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    together, added = tally([*one, *other]), tally(one) + tally(other)
    assert (together.visitors, together.first, together.second) == (added.visitors, added.first, added.second)
    assert (together.score, together.squares) == pytest.approx((added.score, added.squares))


def test_a_preference_is_scipys() -> None:
    seen = [(3, 1), (0, 2), (1, 4), (2, 2), (0, 0), (1, 3), (0, 1), (5, 2), (0, 3)]
    found = preference(tally(seen))
    scores = [score(*one) for one in seen if sum(one)]
    wanted = ttest_1samp(scores, 0.0)
    assert found is not None
    assert found.p_value == pytest.approx(wanted.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(wanted.confidence_interval(0.95)))
    assert found.sign_p_value == pytest.approx(binomtest(2, 7).pvalue)
    assert found.second_share == pytest.approx((5 + 0.5) / 8)


def test_sides_are_alike() -> None:
    seen = [(3, 1), (0, 2), (1, 4), (2, 2), (1, 3)]
    one, other = preference(tally(seen)), preference(tally([pair[::-1] for pair in seen]))
    assert one is not None
    assert other is not None
    assert (one.score, one.low, one.p_value) == pytest.approx((-other.score, -other.high, other.p_value))


@pytest.mark.parametrize("counts", [Tally(), tally([(0, 0)] * 50), tally([(0, 1)])])
def test_fewer_than_two_who_click_prefer_nothing(counts: Tally) -> None:
    assert preference(counts) is None


def test_visitors_who_all_agree_decide_by_their_number() -> None:
    three, twenty = preference(tally([(0, 1)] * 3)), preference(tally([(0, 1)] * 20))
    assert three is not None
    assert twenty is not None
    assert three.winner is Team.NOBODY
    assert twenty.winner is Team.SECOND
    undecided = preference(tally([(2, 2)] * 50))
    assert undecided is not None
    assert (undecided.p_value, undecided.winner) == (1, Team.NOBODY)


def test_watched_preferences_reach_further() -> None:
    counts = tally([(0, 1), (1, 3), (1, 1), (2, 1), (0, 2)] * 10)
    once, watched = preference(counts), preference(counts, Anytime(0.05, 40, 400))
    assert once is not None
    assert watched is not None
    assert watched.low < once.low


def test_rankings_that_are_equally_good_are_told_apart_as_seldom_as_agreed() -> None:
    assert interleaved.alarms(40, 250) == pytest.approx(0.05, abs=0.035)


def test_interleaving_needs_a_third_of_the_visitors_or_fewer() -> None:
    made = interleaved.shoppers(interleaved.world(0.1, seed=2), 5_000, seed=2)
    asked = interleaved.needs(made)
    assert 0.02 < asked.lift < 0.1
    assert asked.times > 3
