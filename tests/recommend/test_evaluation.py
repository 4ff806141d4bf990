import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommend import Interactions
from recommend.columns import instant
from recommend.evaluation import Evaluation, difference, evaluate, gini, interval, ndcg_at, novelty, recall_at
from recommend.splitting import (
    Case,
    companion_cases,
    hidden_item_cases,
    next_basket_cases,
    split_at,
    switch_cases,
)
from tests.recommend.worlds import TODAY, bought, histories

CUT = TODAY - timedelta(days=28)


def test_a_target_outside_the_catalogue_stays_in_the_denominator() -> None:
    assert recall_at(["a", "b"], {"a", "never seen"}, 10) == 0.5


def test_a_perfect_ranking_has_a_gain_of_one_and_a_later_hit_less() -> None:
    assert ndcg_at(["a", "b"], {"a", "b"}, 10) == 1.0
    assert ndcg_at(["x", "a"], {"a"}, 10) == pytest.approx(1 / math.log2(3))
    assert ndcg_at(["x", "a"], {"a"}, 1) == 0.0


@given(st.lists(st.integers(0, 9), unique=True), st.sets(st.integers(0, 9), min_size=1), st.integers(1, 8))
def test_figures_stay_between_nought_and_one(ranking: list[int], targets: set[int], k: int) -> None:
    assert 0 <= recall_at(ranking, targets, k) <= 1
    assert 0 <= ndcg_at(ranking, targets, k) <= 1 + 1e-12


def test_an_evaluation_averages_over_cases_and_counts_what_was_shown() -> None:
    cases = [Case(None, (), frozenset("a")), Case(None, (), frozenset("bc"))]
    metrics = evaluate(cases, lambda _case: ["b", "x"], catalogue=8, k=2).metrics
    assert (metrics.cases, metrics.recall, metrics.hit_rate, metrics.coverage) == (2, 0.25, 0.5, 0.25)


def test_without_cases_every_figure_is_nought() -> None:
    metrics = evaluate([], lambda _case: [], catalogue=0).metrics
    assert (metrics.cases, metrics.recall, metrics.ndcg, metrics.hit_rate, metrics.coverage) == (0, 0, 0, 0, 0)


def test_a_ranking_that_repeats_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        evaluate([Case(None, (), frozenset("a"))], lambda _case: ["a", "a"], catalogue=1)


def test_only_a_whole_interval_below_zero_is_clearly_worse() -> None:
    cases = [Case(None, (), frozenset((number % 4,))) for number in range(40)]
    good = evaluate(cases, lambda _case: [0, 1, 2, 3], catalogue=4)
    bad = evaluate(cases, lambda _case: [3], catalogue=4)
    assert difference(bad, good).clearly_worse
    assert not difference(good, bad).clearly_worse
    assert not difference(good, good).clearly_worse
    one = evaluate(cases[:1], lambda _case: [], catalogue=4)
    assert not difference(one, evaluate(cases[:1], lambda _case: [0], catalogue=4)).clearly_worse


def test_exposure_is_even_when_all_is_shown_alike_and_uneven_when_one_takes_all() -> None:
    assert gini([3, 3, 3, 3], 4) == 0
    assert gini([12], 4) == pytest.approx(0.75)
    assert gini([], 4) == 0


@given(st.lists(st.integers(1, 20), min_size=1, max_size=8), st.integers(0, 6))
def test_gini_is_half_the_mean_gap_between_two_items_over_the_mean(counts: list[int], never: int) -> None:
    exposures = counts + [0] * never
    gaps = [abs(one - other) for one in exposures for other in exposures]
    mean = sum(exposures) / len(exposures)
    assert gini(counts, len(exposures)) == pytest.approx(sum(gaps) / len(exposures) ** 2 / (2 * mean))


def test_novelty_counts_the_bits_of_surprise() -> None:
    sold = {"a": 6.0, "b": 0.0}
    assert novelty({"a": 1}, sold, 2) == pytest.approx(-math.log2(7 / 8))
    assert novelty({"b": 1}, sold, 2) == 3.0
    assert novelty({"a": 1, "b": 1}, sold, 2) == pytest.approx((3.0 - math.log2(7 / 8)) / 2)
    assert novelty({}, sold, 2) == 0


def test_precision_divides_by_what_was_asked_for_not_by_what_came() -> None:
    metrics = evaluate([Case(None, (), frozenset("ab"))], lambda _case: ["a"], catalogue=4, k=5).metrics
    assert metrics.precision == 0.2


def test_an_interval_repeats_with_its_seed_and_holds_the_mean() -> None:
    values = np.random.default_rng(1).normal(1.0, 1.0, 300)
    askers = list(range(300))
    found = interval(values, askers, seed=5)
    assert found == interval(values, askers, seed=5)
    assert found != interval(values, askers, seed=6)
    assert found.low < found.mean < found.high
    assert found.margin == pytest.approx(1.96 / math.sqrt(300), rel=0.15)


def test_many_cases_of_one_customer_are_not_many_customers() -> None:
    values = np.repeat(np.random.default_rng(2).normal(0.0, 1.0, 40), 25)
    apart = interval(values, list(range(1000)))
    clustered = interval(values, [number // 25 for number in range(1000)])
    assert clustered.margin == pytest.approx(5 * apart.margin, rel=0.2)
    assert interval(values, ["one"] * 1000).low == -math.inf


def test_the_interval_covers_the_truth_about_95_times_in_100() -> None:
    draw = np.random.default_rng(3)
    covered = 0
    for run in range(200):
        sizes = draw.integers(1, 6, 60)
        levels = draw.normal(0.0, 1.0, 60)
        values = np.repeat(levels, sizes) + draw.normal(0.0, 1.0, int(sizes.sum()))
        found = interval(values, np.repeat(np.arange(60), sizes).tolist(), seed=run)
        covered += found.low <= 0 <= found.high
    assert 0.88 <= covered / 200 <= 0.99


def test_rankers_that_answered_other_cases_cannot_be_compared() -> None:
    cases = [Case("ann", (), frozenset("a")), Case("bob", (), frozenset("a"))]
    one, other = (evaluate(cases[:n], lambda _case: ["a"], catalogue=1) for n in (1, 2))
    with pytest.raises(ValueError, match="different cases"):
        difference(one, other)
    with pytest.raises(ValueError, match="different cases"):
        difference(other, Evaluation(other.metrics, other.gains, ("ann", "eve")))
    with pytest.raises(ValueError, match="its customer"):
        interval([1.0], [])


def test_the_next_basket_is_the_first_one_after_the_cut_of_a_known_customer() -> None:
    history = bought(
        ("ann", 40, ["a"]), ("ann", 20, ["b", "c"]), ("ann", 10, ["d"]), ("new", 5, ["a"]), (None, 5, ["a"])
    )
    assert next_basket_cases(split_at(history, CUT)) == [Case("ann", (), frozenset("bc"))]


def test_what_lies_beyond_the_horizon_is_not_asked() -> None:
    history = bought(("ann", 90, ["a"]), ("ann", 10, ["b"]))
    assert next_basket_cases(split_at(history, TODAY - timedelta(days=60), horizon_days=28)) == []


def test_one_item_of_a_cart_is_hidden_and_the_rest_is_given() -> None:
    history = bought(("ann", 40, ["a"]), ("ann", 20, ["b", "c", "d"]), ("ann", 10, ["lonely"]))
    (case,) = hidden_item_cases(split_at(history, CUT))
    assert set(case.given) | case.targets == set("bcd")
    assert len(case.targets) == 1
    assert not case.targets & set(case.given)
    assert case.user == "ann"
    (companion,) = companion_cases(split_at(history, CUT))
    assert len(companion.given) == 1
    assert companion.targets == set("bcd") - set(companion.given)


def test_a_switch_is_the_first_purchase_of_another_item_of_the_same_type() -> None:
    history = bought(
        ("ann", 60, ["cola"]),
        ("ann", 40, ["tonic"]),
        ("ann", 9, ["cider", "bread"]),
        ("ann", 5, ["beer"]),
        ("bob", 5, ["beer"]),
    )
    drinks = dict.fromkeys(("cola", "tonic", "cider", "beer"), 0)
    assert switch_cases(split_at(history, CUT), drinks | {"bread": 1}) == [
        Case("ann", ("tonic",), frozenset(("cider",)))
    ]


@given(histories())
def test_no_line_of_the_future_is_known_at_the_cut(history: Interactions) -> None:
    split = split_at(history, CUT)
    assert all(split.known.at < instant(CUT))
    assert all(split.later.at >= instant(CUT))
    assert len(split.known) + len(split.later) == len(history)
