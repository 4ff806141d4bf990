"""Looking every day, honestly."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from storefront.experiments.statistics.sequential import Anytime, Once, Rule, Spending
from storefront.experiments.statistics.spending import boundaries, crossing, obrien_fleming

MANY = 1e9
DAYS = tuple(day / 28 for day in range(1, 29))
rising = st.lists(st.integers(1, 500), min_size=1, max_size=12).map(lambda steps: np.cumsum(steps).tolist())


@pytest.mark.parametrize(
    ("looks", "published"),
    [
        (1, [1.9600]),
        (2, [2.9626, 1.9686]),
        (3, [3.7103, 2.5114, 1.9930]),
        (4, [4.3326, 2.9631, 2.3590, 2.0141]),
        (5, [4.8769, 3.3569, 2.6803, 2.2898, 2.0310]),
    ],
)
def test_boundaries_are_the_published_ones(looks: int, published: list[float]) -> None:
    """O'Brien-Fleming type spending, two-sided 5 %, even looks: as in Reboussin et al. (2000) and gsDesign."""
    times = [look / looks for look in range(1, looks + 1)]
    assert boundaries(0.05, times, times) == pytest.approx(published, abs=2e-4)


@settings(max_examples=25, deadline=None)
@given(rising, st.floats(0.001, 0.2))
def test_all_looks_together_spend_the_whole_error_however_unevenly_visitors_come(seen: list[int], alpha: float) -> None:
    apart = 0.001 * seen[-1]
    looks = [value for place, value in enumerate(seen) if value - ([0, *seen][place]) > apart]
    times = [(place + 1) / len(looks) for place in range(len(looks))]
    assert crossing(boundaries(alpha, looks, times), looks, 0.0) == pytest.approx(alpha, rel=2e-3)


def test_boundaries_hold_in_a_simulation() -> None:
    steps = np.random.default_rng(1).normal(size=(40_000, 28))
    statistics = np.abs(np.cumsum(steps, axis=1) / np.sqrt(np.arange(1, 29)))
    ever = (statistics > boundaries(0.05, DAYS, DAYS)).any(axis=1).mean()
    assert ever == pytest.approx(0.05, abs=0.0035)


def test_a_drift_is_found_as_often_as_computed() -> None:
    steps = np.random.default_rng(2).normal(3.0 / math.sqrt(28), 1.0, size=(20_000, 28))
    statistics = np.abs(np.cumsum(steps, axis=1) / np.sqrt(np.arange(1, 29)))
    limits = boundaries(0.05, DAYS, DAYS)
    assert crossing(limits, DAYS, 3.0) == pytest.approx((statistics > limits).any(axis=1).mean(), abs=0.01)


def test_next_to_nothing_is_spent_early_and_everything_at_the_end() -> None:
    assert obrien_fleming(0.05, 0) == 0
    assert obrien_fleming(0.05, 0.2) < 1e-5
    assert obrien_fleming(0.05, 1) == obrien_fleming(0.05, 2) == 0.05


def test_looks_without_new_visitors_cost_nothing() -> None:
    assert boundaries(0.05, [100, 100, 200, 200], [0.25, 0.5, 0.75, 1.0]) == pytest.approx(
        boundaries(0.05, [100, 200], [0.5, 1.0])
    )
    with pytest.raises(ValueError, match="no look"):
        boundaries(0.05, [0, 0], [0.5, 1.0])


def test_hundreds_of_looks_are_no_burden() -> None:
    times = [look / 182 for look in range(1, 183)]
    assert 2.1 < boundaries(0.05, times, times)[-1] < 2.3


def rules(day: int) -> list[Rule]:
    return [
        Once(0.05),
        Spending(0.05, DAYS[:day], DAYS[:day]),
        Anytime(0.05, 200.0 * day, 5_600.0),
    ]


@pytest.mark.parametrize("day", [7, 14, 28])
@pytest.mark.parametrize("freedom", [30.0, 500.0, MANY])
def test_p_value_and_interval_say_the_same(day: int, freedom: float) -> None:
    for rule in rules(day):
        reach = rule.critical(freedom)
        assert rule.p_value(reach, freedom) == pytest.approx(0.05, rel=1e-4)
        assert rule.p_value(-reach * 1.01, freedom) < 0.05 < rule.p_value(reach * 0.99, freedom)


@pytest.mark.parametrize("part", [2, 3, 4])
def test_a_part_of_the_error_is_looked_up_exactly(part: int) -> None:
    rule, strict = Spending(0.05, DAYS[:21], DAYS[:21]), Spending(0.05 / part, DAYS[:21], DAYS[:21])
    assert rule.p_value(strict.critical(MANY), MANY) == pytest.approx(0.05 / part, rel=1e-6)


@given(st.floats(0, 12), st.floats(0, 12))
def test_the_farther_the_less_likely(one: float, other: float) -> None:
    low, high = sorted((one, other))
    for rule in rules(14):
        assert 0 <= rule.p_value(high, 800.0) <= rule.p_value(low, 800.0) <= 1


def test_watching_costs_more_the_less_is_agreed_before() -> None:
    once, spending, anytime = (rule.critical(MANY) for rule in rules(28))
    assert once == pytest.approx(norm.ppf(0.975))
    assert once < spending < 1.1 * once
    assert spending < anytime < 1.6 * once


def test_a_confidence_sequence_is_narrowest_where_it_was_planned() -> None:
    """The reach in the metric's unit is critical / sqrt(visitors): tuning to n must beat tuning to anything else at
    n."""
    best = Anytime(0.05, 5_600.0, 5_600.0).critical(MANY)
    for planned in (1_000.0, 3_000.0, 4_500.0, 7_000.0, 20_000.0):
        assert Anytime(0.05, 5_600.0, planned).critical(MANY) > best


def test_a_confidence_sequence_holds_at_every_visitor() -> None:
    steps = np.random.default_rng(3).normal(size=(1_500, 4_000))
    visitors = np.arange(1, 4_001)
    statistics = np.abs(np.cumsum(steps, axis=1) / np.sqrt(visitors))
    limits = np.array([Anytime(0.05, float(count), 2_000.0).critical(MANY) for count in visitors])
    assert (statistics > limits).any(axis=1).mean() <= 0.05


def test_few_visitors_reach_further() -> None:
    for rule in rules(14):
        assert rule.critical(10.0) > rule.critical(1_000.0) > rule.critical(MANY)
