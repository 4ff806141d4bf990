"""The same figures from another hand: tea-tasting. It takes seconds to load, so everything it is asked stands here."""

from __future__ import annotations

import pyarrow as pa
import pytest
import tea_tasting as tt
from tea_tasting.experiment import ExperimentResult
from tea_tasting.metrics.mean import MeanResult

from storefront.experiments.metrics import CONVERSION, ORDER_VALUE, REVENUE, Metric, Shape
from storefront.experiments.planning import Baseline, Design, Watching, visitors_needed
from storefront.experiments.statistics import corrections, srm
from storefront.experiments.statistics.cuped import figures
from storefront.experiments.statistics.estimate import Estimate
from storefront.experiments.statistics.means import compare
from storefront.experiments.statistics.moments import Moments
from storefront.experiments.statistics.power import power_once
from tests.storefront.experiments.samples import Sample, sample

ARMS = {0: sample(1_800, 21), 1: sample(2_300, 22, 0.08)}
PLAIN = Metric("plain", Shape.MEAN)


def table(arms: dict[int, Sample] = ARMS) -> pa.Table:
    rows = [
        {"variant": arm, "spend": spend, "orders": orders, "before": before, "bought": bought, "one": 1}
        for arm, made in arms.items()
        for spend, orders, before, bought in zip(made.spend, made.orders, made.before, made.bought, strict=True)
    ]
    return pa.Table.from_pylist(rows)


def ours(metric: Metric, control: Moments, treated: Moments) -> Estimate:
    read = figures(metric, {"a": control, "b": treated})
    return compare(read.arms["a"], read.arms["b"], kept=read.kept)


def theirs(metric: object) -> object:
    return tt.Experiment({"it": metric}).analyze(table())["it"]


def check(found: Estimate, wanted: object, rel: float = 1e-9) -> None:
    assert found.control == pytest.approx(wanted.control, rel=rel)
    assert found.treated == pytest.approx(wanted.treatment, rel=rel)
    assert found.low == pytest.approx(wanted.effect_size_ci_lower, rel=rel)
    assert found.high == pytest.approx(wanted.effect_size_ci_upper, rel=rel)
    assert found.p_value == pytest.approx(wanted.pvalue, rel=rel * 100)
    assert found.lift == pytest.approx(wanted.rel_effect_size, rel=rel * 10)
    assert found.lift_low == pytest.approx(wanted.rel_effect_size_ci_lower, abs=0.003)
    assert found.lift_high == pytest.approx(wanted.rel_effect_size_ci_upper, abs=0.003)


def test_a_mean() -> None:
    check(ours(PLAIN, ARMS[0].plain, ARMS[1].plain), theirs(tt.Mean("spend")))


def test_a_conversion() -> None:
    check(ours(CONVERSION, ARMS[0].converted, ARMS[1].converted), theirs(tt.Mean("bought")))


def test_a_ratio() -> None:
    check(ours(ORDER_VALUE, ARMS[0].per_order, ARMS[1].per_order), theirs(tt.RatioOfMeans("spend", "orders")))


def test_a_mean_with_cuped() -> None:
    """Theirs pools covariances over arms as if they were one, which lets the effect in: the same to a few per mille."""
    check(ours(REVENUE, ARMS[0].adjusted, ARMS[1].adjusted), theirs(tt.Mean("spend", covariate="before")), rel=2e-3)


def test_a_ratio_with_cuped() -> None:
    metric = Metric("order_value", Shape.RATIO, is_adjusted=True)
    wanted = theirs(tt.RatioOfMeans("spend", "orders", numer_covariate="before", denom_covariate="one"))
    check(ours(metric, ARMS[0].per_order, ARMS[1].per_order), wanted, rel=5e-3)


def test_a_sample_ratio() -> None:
    wanted = theirs(tt.SampleRatio(method="norm", correction=False))
    assert srm.chi_square({"a": 1_800, "b": 2_300}, {"a": 1, "b": 1}) == pytest.approx(wanted.pvalue, rel=1e-6)


@pytest.mark.parametrize("lift", [0.03, 0.1])
def test_power(lift: float) -> None:
    spread, mean = ARMS[0].plain.covariance("y", "y") ** 0.5, ARMS[0].plain.y / 1_800
    one_arm = pa.table({"spend": ARMS[0].spend})
    [wanted] = tt.Mean("spend", rel_effect_size=lift, n_obs=1_800).solve_power(one_arm, "power")
    drift = lift * mean / (spread * (2 / 900) ** 0.5)
    assert power_once(drift, 1_798, 0.05) == pytest.approx(wanted.power, rel=1e-6)


def test_how_many_visitors() -> None:
    """Theirs leaves the spread of the other arm as it is; ours grows with the lift, so a small one is asked for."""
    spread, mean = ARMS[0].plain.covariance("y", "y") ** 0.5, ARMS[0].plain.y / 1_800
    [wanted] = tt.Mean("spend", rel_effect_size=0.02).solve_power(pa.table({"spend": ARMS[0].spend}), "n_obs")
    design = Design("a", {"a": 1, "b": 1}, Watching.ONCE)
    assert visitors_needed(design, Baseline(mean, spread), 0.02) == pytest.approx(wanted.n_obs, rel=0.025)


def test_several_arms() -> None:
    p_values = {"one": 0.012, "two": 0.3, "three": 0.024}
    results = {
        key: ExperimentResult({"it": MeanResult(1, 1, 0, -1, 1, 0, -1, 1, p_value, 0.0)})
        for key, p_value in p_values.items()
    }
    wanted = tt.adjust_fwer(results, "it", method="bonferroni", arbitrary_dependence=True).to_dicts()
    assert corrections.holm(p_values) == pytest.approx({row["comparison"]: row["pvalue_adj"] for row in wanted})
