"""How many visitors, how many days, and what they can show."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import power_proportions_2indep

from storefront.experiments.metrics import (
    CLICK_THROUGH,
    CONVERSION,
    METRICS,
    ORDER_VALUE,
    REVENUE,
    Guardrail,
    Metric,
    Shape,
)
from storefront.experiments.planning import (
    Baseline,
    Design,
    Plan,
    Watching,
    baseline,
    days_needed,
    detectable_lift,
    power,
    power_curve,
    visitors_after,
    visitors_for_preference,
    visitors_needed,
)
from storefront.experiments.statistics.moments import Moments
from storefront.experiments.statistics.power import drift_once, power_once
from tests.storefront.experiments.samples import sample

EVEN = {"control": 5_000, "treatment": 5_000}
REVENUE_TODAY = Baseline(100.0, 150.0)
CONVERSION_TODAY = Baseline(0.03, 0.17, is_proportion=True)


def design(watching: Watching = Watching.ONCE, shares: dict[str, int] = EVEN, **terms: float) -> Design:
    return Design("control", shares, watching, **terms)


@pytest.mark.parametrize(("effect", "visitors"), [(0.1, 400), (0.2, 300), (0.5, 40), (0.05, 30_000)])
def test_power_of_one_look_is_statsmodels(effect: float, visitors: int) -> None:
    wanted = TTestIndPower().power(effect, visitors, 0.05)
    assert power_once(effect * math.sqrt(visitors / 2), 2 * visitors - 2, 0.05) == pytest.approx(wanted, abs=3e-4)


@pytest.mark.parametrize("lift", [0.01, 0.03])
def test_visitors_for_a_mean_are_statsmodels(lift: float) -> None:
    spread = 150 * math.sqrt((1 + (1 + lift) ** 2) / 2)
    wanted = 2 * TTestIndPower().solve_power(lift * 100 / spread, power=0.8, alpha=0.05)
    assert visitors_needed(design(), REVENUE_TODAY, lift) == pytest.approx(wanted, rel=1e-3)


def test_unequal_arms_are_statsmodels() -> None:
    shares = {"control": 8_000, "treatment": 2_000}
    wanted = NormalIndPower().solve_power(0.02 * 100 / 150, power=0.9, alpha=0.05, ratio=0.25)
    found = visitors_needed(design(shares=shares, power=0.9), Baseline(100.0, 150.0), 1e-9 + 0.02)
    assert found == pytest.approx(wanted * 1.25, rel=0.04)


@pytest.mark.parametrize(("lift", "visitors"), [(0.05, 400_000), (0.2, 30_000), (-0.3, 15_000)])
def test_power_of_a_conversion_is_statsmodels(lift: float, visitors: int) -> None:
    wanted = power_proportions_2indep(0.03 * lift, 0.03, visitors / 2, return_results=False)
    assert power(design(), CONVERSION_TODAY, lift, visitors) == pytest.approx(wanted, abs=5e-3)


def test_a_small_conversion_needs_very_many() -> None:
    """3 % and a lift of 5 %: 208,000 an arm, which is why a small shop decides by revenue with CUPED."""
    assert visitors_needed(design(), CONVERSION_TODAY, 0.05) == pytest.approx(2 * 208_000, rel=0.01)


@pytest.mark.parametrize("watching", list(Watching))
@pytest.mark.parametrize("today", [REVENUE_TODAY, CONVERSION_TODAY, Baseline(100.0, 150.0, kept=0.35)])
def test_visitors_power_and_lift_are_three_sides_of_one_thing(watching: Watching, today: Baseline) -> None:
    asked = design(watching)
    visitors = visitors_needed(asked, today, 0.08)
    assert power(asked, today, 0.08, visitors) == pytest.approx(0.8, abs=1e-3)
    assert detectable_lift(asked, today, visitors) == pytest.approx(0.08, rel=1e-2)


def test_watching_costs_visitors_and_cuped_saves_them() -> None:
    once, spending, sequence = (visitors_needed(design(watching), REVENUE_TODAY, 0.05) for watching in Watching)
    assert once < spending < 1.1 * once
    assert 1.3 * once < sequence < 2.5 * once
    adjusted = visitors_needed(design(), Baseline(100.0, 150.0, kept=0.38), 0.05)
    assert adjusted == pytest.approx(0.38 * once, rel=0.01)


def test_more_arms_need_more_visitors_each() -> None:
    three = {"control": 3_334, "one": 3_333, "two": 3_333}
    two_arms = visitors_needed(design(), REVENUE_TODAY, 0.05) / 2
    assert visitors_needed(design(shares=three), REVENUE_TODAY, 0.05) / 3 > 1.1 * two_arms


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(list(Watching)), st.floats(0.01, 0.4), st.integers(200, 10**6))
def test_power_rises_with_visitors_and_lift(watching: Watching, lift: float, visitors: int) -> None:
    asked = design(watching)
    base = power(asked, REVENUE_TODAY, lift, visitors)
    assert 0 <= base <= power(asked, REVENUE_TODAY, lift, 2 * visitors) + 1e-6 <= 1 + 1e-5
    assert base <= power(asked, REVENUE_TODAY, lift * 1.2, visitors) + 1e-6


def test_a_curve_is_drawn_from_lifts() -> None:
    curve = power_curve(design(), REVENUE_TODAY, [0.02, 0.05, 0.1], 20_000)
    assert [lift for lift, _ in curve] == [0.02, 0.05, 0.1]
    assert [height for _, height in curve] == sorted(height for _, height in curve)


@pytest.mark.parametrize("lift", [0.0, math.nan, math.inf])
def test_no_lift_is_shown_by_no_number(lift: float) -> None:
    with pytest.raises(ValueError, match="no lift"):
        visitors_needed(design(), REVENUE_TODAY, lift)


def test_a_handful_of_visitors_show_nothing() -> None:
    assert detectable_lift(design(), REVENUE_TODAY, 1) is None
    assert detectable_lift(design(), Baseline(1.0, 1_000.0), 20) is None
    assert detectable_lift(design(), CONVERSION_TODAY, 4) is None


@pytest.mark.parametrize(
    "terms", [(0.0, 1.0), (-3.0, 1.0), (1.0, 0.0), (math.nan, 1.0), (1.0, 1.0, 0.0), (1.0, 1.0, 2.0)]
)
def test_a_baseline_that_no_lift_can_be_taken_of_is_refused(terms: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="baseline"):
        Baseline(*terms)


def test_a_baseline_is_measured_on_past_visitors() -> None:
    past = sample(3_000, 31)
    today = baseline(REVENUE, past.adjusted)
    assert today.value == pytest.approx(sum(past.spend) / 3_000)
    assert today.spread == pytest.approx(past.plain.covariance("y", "y") ** 0.5)
    assert today.kept < 0.8
    assert baseline(CONVERSION, past.converted).is_proportion
    assert baseline(ORDER_VALUE, past.per_order).value == pytest.approx(sum(past.spend) / sum(past.orders))
    with pytest.raises(ValueError, match="visitors"):
        baseline(REVENUE, Moments())
    with pytest.raises(ValueError, match="varies"):
        baseline(REVENUE, Moments.of([0] * 50))


def test_days_follow_from_who_comes_for_the_first_time() -> None:
    window = [500, 400, 300, 250, 220, 210, 200] + [200] * 21
    assert visitors_after(7, window) == sum(window[:7])
    assert visitors_after(35, window, 0.5) == 0.5 * (sum(window) + 7 * 200)
    assert days_needed(1, window) == 14
    assert days_needed(4_800, window) == 21
    assert days_needed(4_900, window) == 28
    assert days_needed(3_000, window, share=0.1) == 147
    assert days_needed(10**7, window) is None
    assert days_needed(1, []) is None


def test_interleaving_says_how_many_it_needs() -> None:
    assert visitors_for_preference(0.2, 1.0) == math.ceil((drift_once(0.8, 0.05) / 0.2) ** 2)
    with pytest.raises(ValueError, match="preference"):
        visitors_for_preference(0.0, 1.0)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"shares": {"control": 10_000}}, "compares"),
        ({"control": "nobody"}, "compares"),
        ({"shares": {"control": 10_000, "treatment": 0}}, "share"),
        ({"days": 20}, "whole weeks"),
        ({"days": 7}, "whole weeks"),
        ({"days": 14, "min_days": 21}, "whole weeks"),
        ({"min_days": 7}, "whole weeks"),
        ({"visitors": 3}, "visitors"),
        ({"alpha": 0.0}, "error"),
        ({"power": 1.0}, "error"),
        ({"crossed_limit": 0.0}, "limit"),
        ({"others": (REVENUE,)}, "judged once"),
        ({"others": (Metric("revenue_per_visitor", Shape.MEAN),)}, "one way"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(terms: dict[str, object], message: str) -> None:
    sound = {"control": "control", "shares": EVEN, "primary": REVENUE, "visitors": 6_000, "days": 28}
    with pytest.raises(ValueError, match=message):
        Plan(**{**sound, **terms})


def test_a_plan_names_every_metric_once() -> None:
    guardrails = (Guardrail(ORDER_VALUE, 0.02), Guardrail(REVENUE, 0.02))
    plan = Plan("control", EVEN, REVENUE, 6_000, 28, others=(CONVERSION, CLICK_THROUGH), guardrails=guardrails)
    assert plan.metrics == (REVENUE, CONVERSION, CLICK_THROUGH, ORDER_VALUE)
    assert plan.treatments == ("treatment",)
    assert METRICS["conversion"] is CONVERSION
