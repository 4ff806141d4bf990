"""The claims of `benchmarks.experiments`, smaller and on people of our own making: seeded, in seconds.

Bounds are wider than the benchmark's by three standard errors of so few experiments.
"""

from __future__ import annotations

import pytest

from benchmarks.experiments import false_alarms, powers
from benchmarks.experiments.population import METRICS, PLAIN_REVENUE, Population, made_up
from storefront.experiments.metrics import REVENUE
from storefront.experiments.planning import Watching


@pytest.fixture(scope="module")
def people() -> Population:
    return made_up()


def test_one_look_at_nothing_finds_something_in_a_twentieth(people: Population) -> None:
    found = false_alarms.once(people, 600, 1_000)
    assert {metric.key for metric in METRICS} < found.keys()
    assert all(0.05 - 0.027 <= found[metric.key] <= 0.05 + 0.027 for metric in METRICS)
    assert found["cut"] > 0.3


def test_28_looks_find_nothing_more_often_than_agreed(people: Population) -> None:
    found = false_alarms.watched(people, 150, 1_400)
    for metric in (PLAIN_REVENUE, REVENUE):
        assert found[metric.key, "O'Brien-Fleming spending"] <= 0.05 + 0.05
        assert found[metric.key, "confidence sequence"] <= 0.05
        assert found[metric.key, "a fixed test, looked at every day"] > 0.12


@pytest.mark.parametrize("watching", [Watching.SPENDING, Watching.SEQUENCE])
def test_a_whole_verdict_watched_daily_seldom_errs(people: Population, watching: Watching) -> None:
    assert false_alarms.verdicts(people, 60, 3_000, watching) <= 0.1


def test_several_arms_share_one_error(people: Population) -> None:
    plain, held = false_alarms.several(people, 400, 1_000, 5)
    assert held <= 0.05 + 0.033 < plain


@pytest.mark.parametrize("metric", [PLAIN_REVENUE, REVENUE])
def test_an_effect_is_found_as_often_as_was_promised(people: Population, metric: object) -> None:
    found, promised = powers.revenue(people, metric, 0.15, 1_000, 1_500)
    assert found == pytest.approx(promised, abs=0.05)


def test_a_conversion_is_found_as_often_as_was_promised() -> None:
    found, promised = powers.conversion(0.03, 0.2, 1_500, 10_000)
    assert found == pytest.approx(promised, abs=0.04)


@pytest.mark.parametrize("watching", [Watching.SPENDING, Watching.SEQUENCE])
def test_an_effect_that_is_watched_is_found_as_often_as_was_promised(people: Population, watching: Watching) -> None:
    found, promised = powers.watched(people, watching, 0.15, 300, 1_400)
    assert found == pytest.approx(promised, abs=0.085)
