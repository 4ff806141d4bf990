"""An arm's figure with its own uncertainty."""

from __future__ import annotations

from dataclasses import dataclass


class Unmeasurable(ValueError):
    """These visitors do not say anything about this metric: too few of them, no denominator, or nothing that varies."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean or a ratio of `n` visitors and the variance of that figure (the square of its standard error)."""

    n: int
    value: float
    variance: float
