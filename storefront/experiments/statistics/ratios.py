"""Ratios of sums, clustered by visitor: the delta method (Deng, Knoblich and Lu, KDD 2018, section 3).

A ratio R = Σy / Σd behaves like the mean of z = (y - R d) / mean(d): one line per visitor, so that those with many
orders or impressions are one source of noise each. A mean is the ratio with d = 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from storefront.experiments.metrics import Shape
from storefront.experiments.statistics.figure import Figure, Unmeasurable
from storefront.experiments.statistics.means import mean
from storefront.experiments.statistics.moments import Moments


@dataclass(frozen=True, slots=True)
class Line:
    """A figure as the mean of one line z per visitor: the variance of z, its covariance with x, and the variance of
    x."""

    n: int
    value: float
    variance: float
    with_before: float
    before: float
    before_variance: float


def ratio(moments: Moments) -> Figure:
    """Return Σy / Σd and its variance. Raises Unmeasurable for fewer than two visitors or nothing to divide by."""
    line = line_of(Shape.RATIO, moments)
    return Figure(line.n, line.value, line.variance / line.n)


def line_of(shape: Shape, moments: Moments) -> Line:
    """Return the line whose mean the figure is. Raises Unmeasurable as `mean` and `ratio` do."""
    figure = mean(moments)
    value, scale = figure.value, 1.0
    variance, with_before = moments.covariance("y", "y"), moments.covariance("y", "x")
    if shape is Shape.RATIO:
        if moments.d <= 0:
            raise Unmeasurable("there is nothing to divide by")
        value, scale = moments.y / moments.d, moments.d / moments.n
        variance += value**2 * moments.covariance("d", "d") - 2 * value * moments.covariance("y", "d")
        with_before -= value * moments.covariance("d", "x")
    return Line(
        moments.n,
        value,
        max(variance, 0.0) / scale**2,
        with_before / scale,
        moments.x / moments.n,
        max(moments.covariance("x", "x"), 0.0),
    )
