"""A/B with an effect that is known: is it found as often as the calculator said?"""

from __future__ import annotations

import numpy as np

from benchmarks.experiments.population import DAYS, PLAIN_REVENUE, Population, drawn, to_moments
from storefront.experiments.metrics import CONVERSION, REVENUE, Metric
from storefront.experiments.planning import Baseline, Design, Watching, baseline, power
from storefront.experiments.statistics.cuped import figures
from storefront.experiments.statistics.means import compare
from storefront.experiments.statistics.moments import Moments
from storefront.experiments.statistics.sequential import Anytime, Once, Rule, Spending

ALPHA = 0.05
Outcome = tuple[float, float]
"""(found in the simulation, promised by the calculator)."""


def design(watching: Watching) -> Design:
    """Return two equal arms, α 5 %, looked at for 28 days."""
    return Design("a", {"a": 5_000, "b": 5_000}, watching, ALPHA, days=DAYS)


def revenue(
    population: Population, metric: Metric, lift: float, experiments: int, visitors: int, seed: int = 6
) -> Outcome:
    """Everybody in the treated arm spends `lift` more; one look at the end."""
    rng, found = np.random.default_rng(seed), 0
    table = population.lines(metric)
    lifted = table * np.array([1, 1 + lift, (1 + lift) ** 2, 1, 1, 1, 1, 1, 1 + lift, 1])
    control, treated = (drawn(rng, population.size, experiments, visitors) for _ in range(2))
    for left, right in zip(control @ table, treated @ lifted, strict=True):
        measured = figures(metric, {"a": to_moments(left), "b": to_moments(right)}).arms
        found += compare(measured["a"], measured["b"]).is_shown
    promised = power(design(Watching.ONCE), baseline(metric, population.moments(metric)), lift, 2 * visitors)
    return found / experiments, promised


def conversion(share: float, lift: float, experiments: int, visitors: int, seed: int = 7) -> Outcome:
    """`share` of the control's visitors convert, `lift` more of the others; one look at the end."""
    rng, found = np.random.default_rng(seed), 0
    control = rng.binomial(visitors, share, experiments)
    treated = rng.binomial(visitors, share * (1 + lift), experiments)
    for left, right in zip(control.tolist(), treated.tolist(), strict=True):
        measured = figures(CONVERSION, {"a": Moments(visitors, left, left), "b": Moments(visitors, right, right)}).arms
        found += compare(measured["a"], measured["b"]).is_shown
    today = Baseline(share, 1.0, is_proportion=True)
    return found / experiments, power(design(Watching.ONCE), today, lift, 2 * visitors)


def watched(
    population: Population, watching: Watching, lift: float, experiments: int, visitors: int, seed: int = 8
) -> Outcome:
    """As `revenue` with CUPED, looked at on 28 days; what visitors spend is known in full on the day they come."""
    rng = np.random.default_rng(seed)
    table = population.lines(REVENUE)
    lifted = table * np.array([1, 1 + lift, (1 + lift) ** 2, 1, 1, 1, 1, 1, 1 + lift, 1])
    each, found = visitors // DAYS, np.zeros(experiments, dtype=bool)
    control, treated = np.zeros((2, experiments, 10))
    for day in range(1, DAYS + 1):
        control += drawn(rng, population.size, experiments, each) @ table
        treated += drawn(rng, population.size, experiments, each) @ lifted
        rule = _rule(watching, day, each)
        for place in np.flatnonzero(~found):
            measured = figures(REVENUE, {"a": to_moments(control[place]), "b": to_moments(treated[place])}).arms
            found[place] = compare(measured["a"], measured["b"], rule).is_shown
    today = baseline(REVENUE, population.moments(REVENUE))
    return float(found.mean()), power(design(watching), today, lift, 2 * each * DAYS)


def plain_and_adjusted(population: Population, lift: float, experiments: int, visitors: int) -> tuple[Outcome, Outcome]:
    """Return `revenue` without and with CUPED."""
    return (
        revenue(population, PLAIN_REVENUE, lift, experiments, visitors),
        revenue(population, REVENUE, lift, experiments, visitors),
    )


def _rule(watching: Watching, day: int, each: int) -> Rule:
    seen = tuple(2.0 * each * one for one in range(1, day + 1))
    if watching is Watching.SPENDING:
        return Spending(ALPHA, seen, tuple(one / DAYS for one in range(1, day + 1)))
    return Anytime(ALPHA, seen[-1], 2.0 * each * DAYS, ALPHA) if watching is Watching.SEQUENCE else Once(ALPHA)
