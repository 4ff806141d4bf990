"""How often figures are looked at, and what that costs: rules that say how many standard errors an interval reaches.

Statistics of small samples are carried over by their tail probability (Jennison and Turnbull 2000, section 3.8):
`freedom` is the number of degrees of freedom.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from storefront.experiments.statistics.distributions import lambert, normal, normal_quantile, student, student_quantile
from storefront.experiments.statistics.spending import FARTHEST, boundary

PARTS = 6
"""Up to how many arms α is divided among exactly when a p-value is looked up."""


class Rule(Protocol):
    """A way of looking. `alpha` is two-sided, over all looks together."""

    @property
    def alpha(self) -> float: ...

    def critical(self, freedom: float) -> float:
        """Return how many standard errors the interval reaches to each side."""
        ...

    def p_value(self, statistic: float, freedom: float) -> float:
        """Return the smallest α at which `statistic` (in standard errors) would be told from 0."""
        ...


@dataclass(frozen=True, slots=True)
class Once:
    """One look at the end: Student's t."""

    alpha: float = 0.05

    def critical(self, freedom: float) -> float:
        return student_quantile(freedom, 1 - self.alpha / 2)

    def p_value(self, statistic: float, freedom: float) -> float:
        return 2 * student(freedom, -abs(statistic))


@dataclass(frozen=True, slots=True)
class Spending:
    """A look at the end of every day until the planned one, by O'Brien-Fleming alpha spending (see `spending`).

    `information` are visitors so far at each look, the present one last; `times` the share of the planned days that had
    passed. Spending by days rather than visitors (Lan and DeMets, Statistics in Medicine 1989) means that the last
    planned day spends the rest, however many came. The intervals are repeated confidence intervals (Jennison and
    Turnbull 1989).
    """

    alpha: float
    information: tuple[float, ...]
    times: tuple[float, ...]

    def critical(self, freedom: float) -> float:
        return _to_student(boundary(self.alpha, self.information, self.times), freedom)

    def p_value(self, statistic: float, freedom: float) -> float:
        """Return the repeated p-value, to about 1 %; exact where it is α or α divided by a few arms."""
        z, levels = _to_normal(statistic, freedom), _levels(self.alpha)
        place = bisect_left(levels, z, key=lambda level: boundary(level, self.information, self.times))
        if place in {0, len(levels)}:
            return 1.0 if place == 0 else levels[-1]
        ends = levels[place - 1 : place + 1]
        reached = [boundary(level, self.information, self.times) for level in ends]
        return math.exp(float(np.interp(z, reached, [math.log(level) for level in ends])))


@dataclass(frozen=True, slots=True)
class Anytime:
    """Looks at any time, without an end: an asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy and
    Ramdas, Annals of Statistics 2024, theorem 2.2).

    At n visitors it reaches sqrt(2 (nρ² + 1) / (nρ²) * log(sqrt(nρ² + 1) / α)) standard errors. ρ makes it narrowest at
    `planned` visitors, for `tuned` (their appendix, by Lambert's W).
    """

    alpha: float
    visitors: float
    planned: float
    tuned: float = 0.05

    def critical(self, freedom: float) -> float:
        scale = self._scale
        reach = 2 * (scale + 1) / scale * math.log(math.sqrt(scale + 1) / self.alpha)
        return _to_student(math.sqrt(reach), freedom)

    def p_value(self, statistic: float, freedom: float) -> float:
        z, scale = _to_normal(statistic, freedom), self._scale
        return min(1.0, math.sqrt(scale + 1) * math.exp(-z * z * scale / (2 * (scale + 1))))

    @property
    def _scale(self) -> float:
        return self.visitors * _rho_squared(self.tuned, self.planned)


@lru_cache(maxsize=256)
def _rho_squared(alpha: float, planned: float) -> float:
    return (-lambert(-(alpha**2) / math.e) - 1) / planned


@lru_cache(maxsize=64)
def _levels(alpha: float) -> tuple[float, ...]:
    """Return the α whose boundaries are computed to look up a p-value between them, falling."""
    parts = {alpha / part for part in range(1, PARTS + 1)}
    return tuple(
        sorted(parts | {0.999, 0.7, 0.5, 0.3, 0.15, 0.1, 0.03, 0.003, 0.001, 1e-4, 1e-5, 1e-6, 1e-8}, reverse=True)
    )


def _to_student(z: float, freedom: float) -> float:
    """Return the t that has the tail probability of z."""
    tail = normal(-z)
    return z if freedom > 1e6 or not tail else -student_quantile(freedom, tail)


def _to_normal(statistic: float, freedom: float) -> float:
    """Return the |z| that has the tail probability of t."""
    tail = student(freedom, -abs(statistic))
    return -normal_quantile(tail) if tail > 0 else max(abs(statistic), FARTHEST)
