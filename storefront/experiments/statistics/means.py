"""Comparing two figures: Welch's test, and relative lift by Fieller's theorem."""

from __future__ import annotations

import math

from storefront.experiments.statistics.estimate import Estimate
from storefront.experiments.statistics.figure import Figure, Unmeasurable
from storefront.experiments.statistics.moments import Moments
from storefront.experiments.statistics.sequential import Once, Rule


def mean(moments: Moments) -> Figure:
    """Return the mean of y per visitor; its variance is s² / n. Raises Unmeasurable for fewer than two visitors."""
    if moments.n < 2:
        raise Unmeasurable("a mean needs at least two visitors")
    return Figure(moments.n, moments.y / moments.n, max(moments.covariance("y", "y"), 0.0) / moments.n)


def compare(control: Figure, treated: Figure, rule: Rule = Once(), *, kept: float = 1.0) -> Estimate:
    """Return what the treated arm does beside the control.

    The difference is tested with unequal variances and Welch-Satterthwaite degrees of freedom (Welch 1947). The bounds
    of the relative lift are those ratios r for which treated - r * control is not told from 0 (Fieller 1954): so they
    leave out 0 exactly when the test does, and agree with the delta method where the control is measured well. `rule`
    says how often the figures are looked at. Raises Unmeasurable where neither arm varies.
    """
    variance = control.variance + treated.variance
    if variance <= 0:
        raise Unmeasurable("nothing varies between visitors")
    freedom = variance**2 / (control.variance**2 / (control.n - 1) + treated.variance**2 / (treated.n - 1))
    error, difference = math.sqrt(variance), treated.value - control.value
    critical = rule.critical(freedom)
    lift, low, high = _lift(control, treated, critical)
    return Estimate(
        control=control.value,
        treated=treated.value,
        difference=difference,
        error=error,
        low=difference - critical * error,
        high=difference + critical * error,
        lift=lift,
        lift_low=low,
        lift_high=high,
        p_value=rule.p_value(difference / error, freedom),
        critical=critical,
        variance_kept=kept,
    )


def _lift(control: Figure, treated: Figure, critical: float) -> tuple[float | None, float | None, float | None]:
    """Return (lift, low, high), all None where the control is not told from 0: then any lift is possible."""
    if control.value <= 0:
        return None, None, None
    ratio = treated.value / control.value
    doubt = critical**2 * control.variance / control.value**2
    if not doubt < 1:
        return None, None, None
    spread = max(treated.variance * (1 - doubt) + ratio**2 * control.variance, 0.0)
    reach = critical / control.value * math.sqrt(spread)
    return ratio - 1, (ratio - reach) / (1 - doubt) - 1, (ratio + reach) / (1 - doubt) - 1
