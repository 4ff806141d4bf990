"""Pure: what was agreed before an experiment starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from storefront.experiments.metrics import Guardrail, Metric

WEEK = 7
FEWEST_DAYS = 14
"""Weekdays differ and novelty wears off: nothing is won in less than two whole weeks."""


class Watching(StrEnum):
    """How often the figures are looked at, and what that costs."""

    ONCE = "once"
    """Only when the planned days are over: the smallest sample, and nothing may be concluded before."""
    SPENDING = "spending"
    """Every day until the planned end, by O'Brien-Fleming alpha spending: costs next to no visitors."""
    SEQUENCE = "sequence"
    """At any time, without an end, by a confidence sequence: costs most."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides, fixed before the first visitor.

    `shares` are the buckets of each arm (`assignment.sizes`), the control among them; `visitors` the planned number
    over all arms; `days` whole weeks. `crossed_limit` is the share of visitors seen in several arms from which on
    nothing is read out. Raises ValueError for a plan that cannot be followed.
    """

    control: str
    shares: Mapping[str, int]
    primary: Metric
    visitors: int
    days: int
    others: tuple[Metric, ...] = ()
    guardrails: tuple[Guardrail, ...] = ()
    watching: Watching = Watching.SPENDING
    alpha: float = 0.05
    power: float = 0.8
    min_days: int = FEWEST_DAYS
    crossed_limit: float = 0.01

    def __post_init__(self) -> None:
        if self.control not in self.shares or len(self.shares) < 2:
            raise ValueError("a plan compares a control with at least one other arm")
        if min(self.shares.values()) <= 0:
            raise ValueError("every arm has a share of the visitors")
        if self.days % WEEK or self.days < self.min_days or self.min_days < FEWEST_DAYS:
            raise ValueError(f"an experiment runs for whole weeks and at least {FEWEST_DAYS} days")
        if self.visitors < 2 * len(self.shares):
            raise ValueError("every arm needs at least two visitors")
        if not (0 < self.alpha < 0.5 and 0.5 <= self.power < 1 and 0 < self.crossed_limit < 1):
            raise ValueError("error, power and limits are shares")
        keys = [metric.key for metric in (self.primary, *self.others)]
        if len(set(keys)) < len(keys):
            raise ValueError("a metric is judged once")

    @property
    def treatments(self) -> tuple[str, ...]:
        return tuple(arm for arm in self.shares if arm != self.control)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric whose sums are needed, the deciding one first, each once."""
        guarded = (guardrail.metric for guardrail in self.guardrails)
        return tuple({metric.key: metric for metric in (self.primary, *self.others, *guarded)}.values())
