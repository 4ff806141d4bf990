"""Several arms, guardrails, and shares of few."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.proportion import test_proportions_2indep as wald_of_two

from storefront.experiments.metrics import CLICK_THROUGH, EMPTY_BLOCKS, MARGIN, Guardrail
from storefront.experiments.statistics.corrections import holm, steps
from storefront.experiments.statistics.figure import Figure
from storefront.experiments.statistics.means import compare, mean
from storefront.experiments.statistics.moments import Moments
from storefront.experiments.statistics.noninferiority import Safety, safety
from storefront.experiments.statistics.proportions import wilson
from storefront.experiments.statistics.sequential import Anytime, Once

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=6)
FEW = Guardrail(EMPTY_BLOCKS, 0.1)
CLICKS = Guardrail(CLICK_THROUGH, 0.02)


@pytest.mark.long
@settings(max_examples=8, deadline=None)
@given(p_values)
def test_holm_is_that_of_statsmodels(values: list[float]) -> None:
    ours = holm({str(place): value for place, value in enumerate(values)})
    assert list(ours.values()) == pytest.approx(multipletests(values, method="holm")[1])


@given(p_values)
def test_an_interval_at_its_step_says_the_same_as_the_corrected_p_value(values: list[float]) -> None:
    named = {str(place): value for place, value in enumerate(values)}
    corrected, divided = holm(named), steps(named, 0.05)
    for arm, value in named.items():
        if abs(value - 0.05 / divided[arm]) > 1e-9:
            assert (value < 0.05 / divided[arm]) == (corrected[arm] < 0.05)


@pytest.mark.parametrize(("hits", "visitors"), [(0, 10), (10, 10), (3, 10), (40, 1_000)])
def test_a_share_lies_where_statsmodels_says(hits: int, visitors: int) -> None:
    assert wilson(hits, visitors) == pytest.approx(proportion_confint(hits, visitors, method="wilson"), abs=1e-12)


@pytest.mark.parametrize(("one", "other", "visitors"), [(300, 350, 1_000), (30, 52, 2_000), (450, 449, 500)])
def test_two_conversions_are_told_apart_as_by_statsmodels(one: int, other: int, visitors: int) -> None:
    arms = [mean(Moments(visitors, hits, hits)) for hits in (one, other)]
    wanted = wald_of_two(other, visitors, one, visitors, method="wald", return_results=True)
    assert compare(*arms).p_value == pytest.approx(wanted.pvalue, rel=0.02)


def test_shares_of_nobody_are_unknown_and_more_hits_than_visitors_refused() -> None:
    assert wilson(0, 0) == (0, 1)
    with pytest.raises(ValueError, match="more hits"):
        wilson(3, 2)


@pytest.mark.parametrize(
    ("control", "treated", "known"),
    [
        (Figure(9_000, 0.100, 1e-7), Figure(9_000, 0.100, 1e-7), Safety.HELD),
        (Figure(900, 0.100, 1e-5), Figure(900, 0.100, 1e-5), Safety.OPEN),
        (Figure(9_000, 0.100, 1e-7), Figure(9_000, 0.090, 1e-7), Safety.BROKEN),
        (Figure(9_000, 0.100, 1e-9), Figure(9_000, 0.099, 1e-9), Safety.HELD),
        (Figure(900, 0.100, 1e-5), Figure(900, 0.130, 1e-5), Safety.HELD),
        (Figure(900, 0.0, 0.0), Figure(900, 0.0, 0.0), Safety.HELD),
        (Figure(900, 0.1, 0.0), Figure(900, 0.0, 0.0), Safety.OPEN),
    ],
)
def test_a_guardrail_is_held_open_or_broken(control: Figure, treated: Figure, known: Safety) -> None:
    assert safety(control, treated, CLICKS, Once()) is known


def test_of_some_figures_less_is_better() -> None:
    low, high = Figure(9_000, 0.010, 1e-8), Figure(9_000, 0.014, 1e-8)
    assert safety(low, high, FEW, Once()) is Safety.BROKEN
    assert safety(high, low, FEW, Once()) is Safety.HELD


def test_a_margin_of_a_loss_is_taken_of_its_size() -> None:
    same = Figure(9_000, -5.0, 1e-4)
    assert safety(same, same, Guardrail(MARGIN, 0.05), Once()) is Safety.HELD


def test_the_margin_itself_passes_as_seldom_as_agreed() -> None:
    """At exactly the margin the test may say "held" with a probability of α: here that of a normal tail."""
    error = 0.001
    held = [
        safety(
            Figure(10**7, 0.1, 1e-14),
            Figure(10**7, 0.098 + error * norm.ppf((place + 0.5) / 200), error**2),
            CLICKS,
            Once(),
        )
        is Safety.HELD
        for place in range(200)
    ]
    assert sum(held) / 200 == pytest.approx(0.05, abs=0.006)


def test_watching_makes_a_guardrail_harder_to_hold() -> None:
    control, treated = Figure(900, 0.1, 6e-7), Figure(900, 0.1, 6e-7)
    assert safety(control, treated, CLICKS, Once()) is Safety.HELD
    assert safety(control, treated, CLICKS, Anytime(0.05, 1_800, 20_000)) is Safety.OPEN


@pytest.mark.parametrize("margin", [0.0, -0.1, 1.0, 2.0])
def test_a_margin_that_is_none_is_refused(margin: float) -> None:
    with pytest.raises(ValueError, match="margin"):
        Guardrail(CLICK_THROUGH, margin)
