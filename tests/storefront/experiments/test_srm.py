"""Did visitors come as planned?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import betaln
from scipy.stats import chisquare

from benchmarks.experiments.false_alarms import sample_ratio
from storefront.experiments.statistics import srm

EVEN = {"a": 5_000, "b": 5_000}


@pytest.mark.parametrize(
    ("counts", "shares"),
    [([510, 490], [1, 1]), ([700, 310, 190], [60, 25, 15]), ([0, 40], [1, 1]), ([5_200, 4_800], [5_000, 5_000])],
)
def test_one_look_is_scipys(counts: list[int], shares: list[int]) -> None:
    total = sum(counts)
    wanted = chisquare(counts, [total * share / sum(shares) for share in shares]).pvalue
    keyed = dict(enumerate(counts)), dict(enumerate(shares))
    named = [{str(key): value for key, value in one.items()} for one in keyed]
    assert srm.chi_square(*named) == pytest.approx(wanted)


def test_the_watched_test_is_one_over_the_bayes_factor() -> None:
    ours = srm.watched({"a": 2_600, "b": 2_400}, EVEN, concentration=100)
    factor = betaln(50 + 2_600, 50 + 2_400) - betaln(50, 50) - 5_000 * math.log(0.5)
    assert ours == pytest.approx(min(1.0, math.exp(-factor)))


def test_three_arms_are_watched_too() -> None:
    assert srm.watched({"a": 5_000, "b": 2_500, "c": 2_500}, {"a": 2, "b": 1, "c": 1}) == 1
    assert srm.watched({"a": 5_000, "b": 2_500, "c": 2_900}, {"a": 2, "b": 1, "c": 1}) < 0.001


def test_nobody_says_nothing() -> None:
    assert srm.chi_square({}, EVEN) == srm.watched({}, EVEN) == 1


def test_visitors_in_an_arm_that_is_not_planned_cannot_be_chance() -> None:
    assert srm.chi_square({"a": 10, "b": 10, "c": 1}, EVEN) == 0
    assert srm.watched({"a": 10, "b": 10, "c": 1}, EVEN) == 0


def test_an_arm_that_nobody_reaches_is_noticed() -> None:
    assert srm.watched({"a": 200}, EVEN) < srm.WATCHED_LEVEL


def test_continuous_looks_raise_next_to_no_false_alarm() -> None:
    ever, _ = sample_ratio(300, 50_000, 0.5, looks=60)
    assert ever <= 0.01


def test_52_to_48_is_always_caught_by_50_000_visitors() -> None:
    ever, end = sample_ratio(200, 50_000, 0.52, looks=25)
    assert ever == end == 1


def test_the_watched_p_value_is_honest_at_any_time() -> None:
    rng = np.random.default_rng(5)
    least = []
    for _ in range(150):
        treated = np.cumsum(rng.random(2_000) < 0.5)
        counts = (
            {"a": int(seen - part), "b": int(part)} for seen, part in zip(range(1, 2_001, 5), treated[::5], strict=True)
        )
        least.append(min(srm.watched(one, EVEN, concentration=20) for one in counts))
    assert np.mean(np.array(least) < 0.1) <= 0.1
