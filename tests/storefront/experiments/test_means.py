"""Welch's test and Fieller's bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from storefront.experiments.statistics.figure import Figure, Unmeasurable
from storefront.experiments.statistics.means import compare, mean
from storefront.experiments.statistics.moments import Moments
from storefront.experiments.statistics.sequential import Once
from tests.storefront.experiments.samples import sample

figures = st.builds(
    Figure, st.integers(2, 5_000), st.floats(0.5, 50), st.floats(1e-4, 4.0).map(lambda error: error * error)
)


@pytest.mark.parametrize(("small", "large", "lift"), [(40, 60, 0.3), (500, 900, 0.0), (3_000, 2_000, 0.05)])
def test_a_difference_is_scipys(small: int, large: int, lift: float) -> None:
    one, other = sample(small, 1), sample(large, 2, lift)
    wanted = ttest_ind(other.spend, one.spend, equal_var=False)
    bounds = wanted.confidence_interval(0.95)
    found = compare(mean(one.plain), mean(other.plain))
    assert found.p_value == pytest.approx(wanted.pvalue)
    assert (found.low, found.high) == pytest.approx((bounds.low, bounds.high))
    assert found.difference == pytest.approx(np.mean(other.spend) - np.mean(one.spend))


@given(figures, figures)
def test_difference_lift_and_p_value_never_contradict_each_other(control: Figure, treated: Figure) -> None:
    found = compare(control, treated)
    if abs(found.p_value - 0.05) > 1e-6:
        assert found.is_shown == (found.p_value < 0.05)
        if found.lift_low is not None and found.lift_high is not None:
            assert (found.lift_low > 0 or found.lift_high < 0) == found.is_shown


@given(figures, figures)
def test_a_lift_lies_where_treated_and_so_many_times_the_control_are_not_told_apart(
    control: Figure, treated: Figure
) -> None:
    found = compare(control, treated)
    for bound in (found.lift_low, found.lift_high):
        if bound is not None:
            ratio = 1 + bound
            error = math.sqrt(treated.variance + ratio**2 * control.variance)
            assert abs(treated.value - ratio * control.value) == pytest.approx(
                found.critical * error, rel=1e-5, abs=1e-9
            )


def test_a_lift_has_the_bounds_of_the_delta_method_where_the_control_is_well_known() -> None:
    control, treated = Figure(5_000, 100.0, 0.25), Figure(5_000, 104.0, 0.3)
    found = compare(control, treated)
    delta = found.critical * math.sqrt(0.3 / 100**2 + 104**2 * 0.25 / 100**4)
    assert found.lift == pytest.approx(0.04)
    assert (found.lift_low, found.lift_high) == pytest.approx((0.04 - delta, 0.04 + delta), abs=2e-4)


@pytest.mark.parametrize("value", [-5.0, 0.0, 0.1])
def test_no_lift_is_said_of_a_control_that_may_be_nothing(value: float) -> None:
    found = compare(Figure(100, value, 1.0), Figure(100, 3.0, 1.0))
    assert (found.lift, found.lift_low, found.lift_high) == (None, None, None)
    assert math.isfinite(found.low)


def test_losses_are_compared_in_their_own_unit() -> None:
    found = compare(mean(Moments.of([-50, -40, -60, -45])), mean(Moments.of([-10, -5, -20, -15])))
    assert found.low > 0
    assert found.lift is None


@pytest.mark.parametrize("moments", [Moments(), Moments.of([5])])
def test_one_visitor_has_no_mean_to_compare(moments: Moments) -> None:
    with pytest.raises(Unmeasurable):
        mean(moments)


def test_visitors_who_are_all_alike_are_not_compared() -> None:
    with pytest.raises(Unmeasurable):
        compare(mean(Moments.of([3, 3, 3])), mean(Moments.of([3, 3, 3])))


def test_an_arm_in_which_nobody_buys_is_compared_with_one_in_which_somebody_does() -> None:
    found = compare(mean(Moments.of([0] * 200)), mean(Moments.of([0] * 180 + [1] * 20)))
    assert found.is_shown
    assert found.lift is None


def test_a_huge_outlier_widens_the_interval_and_wins_nothing() -> None:
    found = compare(mean(Moments.of([100, 120] * 500)), mean(Moments.of([100, 120] * 500 + [10**9])))
    assert not found.is_shown


def test_a_stricter_error_reaches_further() -> None:
    one, other = Figure(50, 1.0, 0.1), Figure(50, 2.0, 0.1)
    assert compare(one, other, Once(0.01)).high > compare(one, other, Once(0.05)).high
