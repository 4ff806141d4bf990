"""Less what the time before explains: CUPED (Deng, Xu, Kohavi and Walker, WSDM 2013).

adjusted = figure - θ (mean of x in this arm - mean of x in all arms), with one θ = cov(z, x) / var(x) for all arms,
pooled within arms so that an effect cannot leak into it. What is left of the variance is 1 - correlation². For a ratio
z is its line (see `ratios`). Visitors who were not there before have x = 0; if x explains nothing, θ is 0 and nothing
changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from storefront.experiments.metrics import Metric
from storefront.experiments.statistics.figure import Figure
from storefront.experiments.statistics.moments import Moments
from storefront.experiments.statistics.ratios import Line, line_of


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of all arms and the share of the variance that CUPED left over (1: not adjusted)."""

    arms: Mapping[str, Figure]
    kept: float = 1.0


def figures(metric: Metric, arms: Mapping[str, Moments]) -> Figures:
    """Return a metric's figure for each arm, adjusted if the metric asks for it. Raises Unmeasurable."""
    lines = {arm: line_of(metric.shape, moments) for arm, moments in arms.items()}
    plain = Figures({arm: Figure(line.n, line.value, line.variance / line.n) for arm, line in lines.items()})
    theta = _theta(lines.values()) if metric.is_adjusted else 0.0
    if not theta:
        return plain
    everyone = sum(line.n for line in lines.values())
    middle = sum(line.n * line.before for line in lines.values()) / everyone
    adjusted = {
        arm: Figure(line.n, line.value - theta * (line.before - middle), _variance(line, theta) / line.n)
        for arm, line in lines.items()
    }
    left = sum((line.n - 1) * _variance(line, theta) for line in lines.values())
    whole = sum((line.n - 1) * line.variance for line in lines.values())
    return Figures(adjusted, left / whole if whole else 1.0)


def _theta(lines: Iterable[Line]) -> float:
    lines = tuple(lines)
    together = sum((line.n - 1) * line.with_before for line in lines)
    alone = sum((line.n - 1) * line.before_variance for line in lines)
    return together / alone if alone > 0 else 0.0


def _variance(line: Line, theta: float) -> float:
    return max(line.variance - 2 * theta * line.with_before + theta**2 * line.before_variance, 0.0)
