"""Ratios over visitors, and what the time before explains."""

from __future__ import annotations

import numpy as np
import pytest

from storefront.experiments.metrics import CONVERSION, ORDER_VALUE, REVENUE, Metric, Shape
from storefront.experiments.statistics.cuped import figures
from storefront.experiments.statistics.figure import Unmeasurable
from storefront.experiments.statistics.means import compare, mean
from storefront.experiments.statistics.moments import Moments
from storefront.experiments.statistics.ratios import ratio
from tests.storefront.experiments.samples import sample

ADJUSTED_VALUE = Metric("order_value", Shape.RATIO, is_adjusted=True)


def test_the_error_of_a_ratio_is_that_of_resampled_visitors() -> None:
    one = sample(2_000, 3)
    spend, orders = np.array(one.spend), np.array(one.orders)
    rng = np.random.default_rng(4)
    again = [rng.integers(2_000, size=2_000) for _ in range(2_000)]
    wanted = np.std([spend[who].sum() / orders[who].sum() for who in again])
    assert ratio(one.per_order).value == spend.sum() / orders.sum()
    assert ratio(one.per_order).variance ** 0.5 == pytest.approx(wanted, rel=0.06)


def test_a_mean_is_the_ratio_to_one_each() -> None:
    one = sample(300, 5)
    as_ratio = ratio(Moments.of(one.spend, d=[1] * 300))
    assert as_ratio.value == pytest.approx(mean(one.plain).value)
    assert as_ratio.variance == pytest.approx(mean(one.plain).variance)


def test_a_ratio_to_nothing_is_not_measured() -> None:
    with pytest.raises(Unmeasurable):
        ratio(Moments.of([0, 0, 0], d=[0, 0, 0]))
    with pytest.raises(Unmeasurable):
        figures(ORDER_VALUE, {"a": sample(50, 1).per_order, "b": Moments.of([0, 0], d=[0, 0])})


def test_cuped_takes_what_a_regression_on_the_time_before_takes() -> None:
    one, other = sample(1_500, 6), sample(1_200, 7)
    read = figures(REVENUE, {"a": one.adjusted, "b": other.adjusted})
    before = np.array(one.before + other.before, dtype=float)
    spend = np.array(one.spend + other.spend, dtype=float)
    is_other = np.array([0.0] * 1_500 + [1.0] * 1_200)
    columns = np.column_stack([np.ones(2_700), is_other, before])
    (_, effect, _), *_ = np.linalg.lstsq(columns, spend, rcond=None)
    assert read.arms["b"].value - read.arms["a"].value == pytest.approx(effect)
    assert read.kept < 0.7


def test_cuped_moves_no_arm_when_the_time_before_was_alike() -> None:
    one = sample(400, 8)
    read = figures(REVENUE, {"a": one.adjusted, "b": one.adjusted})
    assert read.arms["a"].value == read.arms["b"].value == pytest.approx(mean(one.plain).value)


def test_cuped_narrows_the_interval_of_a_ratio_too() -> None:
    arms = {"a": sample(2_000, 9).per_order, "b": sample(2_000, 10).per_order}
    plain, adjusted = figures(ORDER_VALUE, arms), figures(ADJUSTED_VALUE, arms)
    assert adjusted.kept < 1
    assert compare(adjusted.arms["a"], adjusted.arms["b"]).error < compare(plain.arms["a"], plain.arms["b"]).error


def test_visitors_without_a_time_before_are_read_as_they_are() -> None:
    one, other = sample(200, 11), sample(200, 12)
    arms = {"a": Moments.of(one.spend, x=[0] * 200), "b": Moments.of(other.spend, x=[0] * 200)}
    assert figures(REVENUE, arms).kept == 1
    assert figures(REVENUE, arms).arms["a"] == mean(Moments.of(one.spend))


def test_a_time_before_that_explains_everything_leaves_no_negative_variance() -> None:
    spend = [3, 1, 4, 1, 5, 9, 2, 6]
    read = figures(REVENUE, {"a": Moments.of(spend, x=spend), "b": Moments.of(spend, x=spend)})
    assert read.arms["a"].variance == 0
    assert read.kept == 0


def test_a_metric_that_asks_for_none_is_not_adjusted() -> None:
    one = sample(100, 13)
    read = figures(CONVERSION, {"a": Moments.of(one.bought, x=one.before), "b": Moments.of(one.bought, x=one.before)})
    assert read.arms["a"].value == sum(one.bought) / 100
