"""What a comparison of two arms says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """An arm beside the control, in the metric's own unit and relative to the control.

    `low` and `high` bound the difference, `lift_low` and `lift_high` the relative lift (.04 is +4 %). Lifts are None
    where the control's figure is not clearly above 0. `error` is the standard error of the difference, `critical` by
    how many of them the interval reaches to each side, `p_value` that of no difference, under the same way of watching.
    `variance_kept` is the share of the variance that CUPED left over (1: not adjusted).
    """

    control: float
    treated: float
    difference: float
    error: float
    low: float
    high: float
    lift: float | None
    lift_low: float | None
    lift_high: float | None
    p_value: float
    critical: float
    variance_kept: float = 1.0

    @property
    def is_shown(self) -> bool:
        """Whether the interval leaves out no difference."""
        return self.low > 0 or self.high < 0
