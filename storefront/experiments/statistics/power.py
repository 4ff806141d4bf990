"""What a number of visitors can show, and how many it takes."""

from __future__ import annotations

import math
from functools import lru_cache

from storefront.experiments.statistics.distributions import (
    noncentral_student,
    normal,
    normal_quantile,
    root,
    student_quantile,
)
from storefront.experiments.statistics.sequential import Anytime
from storefront.experiments.statistics.spending import boundaries, crossing

NORMAL_FROM = 2_000.0
"""From so many degrees of freedom on, Student's distribution is taken for the normal one."""


def power_once(drift: float, freedom: float, alpha: float) -> float:
    """Return the probability that one look finds an effect of `drift` standard errors, two-sided, by noncentral t."""
    if freedom >= NORMAL_FROM:
        reach = -normal_quantile(alpha / 2)
        return normal(drift - reach) + normal(-drift - reach)
    reach = -student_quantile(freedom, alpha / 2)
    return 1 - noncentral_student(freedom, drift, reach) + noncentral_student(freedom, drift, -reach)


def power_spending(drift: float, looks: int, alpha: float) -> float:
    """Return the same for `looks` evenly spaced looks by O'Brien-Fleming spending; `drift` is that at the last."""
    levels = _levels(looks)
    return crossing(_spending_limits(looks, alpha), levels, drift)


def power_anytime(drift: float, looks: int, alpha: float) -> float:
    """Return the same for a confidence sequence that is tuned to the last look and stopped there."""
    return crossing(_anytime_limits(looks, alpha), _levels(looks), drift)


def drift_spending(power: float, looks: int, alpha: float) -> float:
    """Return how many standard errors the effect must be at the last look to be found with probability `power`."""
    return _solve_spending(round(power, 6), looks, alpha)


def drift_anytime(power: float, looks: int, alpha: float) -> float:
    """Return the same for a confidence sequence."""
    return _solve_anytime(round(power, 6), looks, alpha)


def drift_once(power: float, alpha: float) -> float:
    """Return z(1 - α/2) + z(power): the same for one look at many visitors."""
    return normal_quantile(1 - alpha / 2) + normal_quantile(power)


@lru_cache(maxsize=128)
def _solve_spending(power: float, looks: int, alpha: float) -> float:
    return root(lambda drift: power_spending(drift, looks, alpha) - power, 0.0, 20.0, 1e-6)


@lru_cache(maxsize=128)
def _solve_anytime(power: float, looks: int, alpha: float) -> float:
    return root(lambda drift: power_anytime(drift, looks, alpha) - power, 0.0, 20.0, 1e-6)


@lru_cache(maxsize=128)
def _spending_limits(looks: int, alpha: float) -> tuple[float, ...]:
    levels = _levels(looks)
    return tuple(boundaries(alpha, levels, levels))


@lru_cache(maxsize=128)
def _anytime_limits(looks: int, alpha: float) -> tuple[float, ...]:
    return tuple(Anytime(alpha, level, 1.0, alpha).critical(math.inf) for level in _levels(looks))


def _levels(looks: int) -> tuple[float, ...]:
    return tuple(look / looks for look in range(1, looks + 1))
