"""Pure: what is agreed before an experiment starts, and how many visitors and days that takes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from storefront.experiments.metrics import Guardrail, Metric, Shape
from storefront.experiments.statistics.cuped import figures
from storefront.experiments.statistics.distributions import root
from storefront.experiments.statistics.moments import Moments
from storefront.experiments.statistics.power import (
    drift_anytime,
    drift_once,
    drift_spending,
    power_anytime,
    power_once,
    power_spending,
)

WEEK = 7
FEWEST_DAYS = 14
"""Weekdays differ and novelty wears off: nothing is won in less than two whole weeks."""
LONGEST_DAYS = 182
"""What takes longer than half a year is not worth planning."""


class Watching(StrEnum):
    """How often the figures are looked at, and what that costs."""

    ONCE = "once"
    """Only when the planned days are over: the smallest sample, and nothing may be concluded before."""
    SPENDING = "spending"
    """Every day until the planned end, by O'Brien-Fleming alpha spending: costs a few per cent more visitors."""
    SEQUENCE = "sequence"
    """At any time, without an end, by a confidence sequence: costs most."""


@dataclass(frozen=True, slots=True)
class Design:
    """What a calculation needs: arms by `shares` (`assignment.sizes`), errors, and how often one looks in `days`."""

    control: str
    shares: Mapping[str, int]
    watching: Watching = Watching.SPENDING
    alpha: float = 0.05
    power: float = 0.8
    days: int = 28

    def __post_init__(self) -> None:
        if self.control not in self.shares or len(self.shares) < 2:
            raise ValueError("a plan compares a control with at least one other arm")
        if min(self.shares.values()) <= 0:
            raise ValueError("every arm has a share of the visitors")
        if not (0 < self.alpha < 0.5 and 0.5 <= self.power < 1):
            raise ValueError("error and power are shares")
        if self.days < 1:
            raise ValueError("an experiment lasts for days")


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
        Design(self.control, self.shares, self.watching, self.alpha, self.power, self.days)
        if self.days % WEEK or self.days < self.min_days or self.min_days < FEWEST_DAYS:
            raise ValueError(f"an experiment runs for whole weeks and at least {FEWEST_DAYS} days")
        if self.visitors < 2 * len(self.shares):
            raise ValueError("every arm needs at least two visitors")
        if not 0 < self.crossed_limit < 1:
            raise ValueError("a limit is a share")
        if self.primary in self.others or any(metric != self._by_key[metric.key] for metric in self._all):
            raise ValueError("a metric is judged once, and in one way")

    @property
    def treatments(self) -> tuple[str, ...]:
        return tuple(arm for arm in self.shares if arm != self.control)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric whose sums are needed, the deciding one first, each once."""
        return tuple(self._by_key.values())

    @property
    def _all(self) -> tuple[Metric, ...]:
        return (self.primary, *self.others, *(guardrail.metric for guardrail in self.guardrails))

    @property
    def _by_key(self) -> dict[str, Metric]:
        return {metric.key: metric for metric in self._all}


@dataclass(frozen=True, slots=True)
class Baseline:
    """A metric as it is today: its figure, the standard deviation of a visitor's line, and what CUPED leaves of the
    variance.

    Raises ValueError for a figure that no relative lift can be taken of.
    """

    value: float
    spread: float
    kept: float = 1.0
    is_proportion: bool = False

    def __post_init__(self) -> None:
        if not (self.value > 0 and self.spread > 0 and 0 < self.kept <= 1):
            raise ValueError("a baseline has a positive figure that varies")
        if self.is_proportion and self.value >= 1:
            raise ValueError("a proportion is below 1")

    def spread_at(self, lift: float) -> float:
        """Return the standard deviation, after CUPED, in an arm with this lift.

        A lift multiplies what visitors spend, and with it how far they are apart.
        """
        if not self.is_proportion:
            return abs(1 + lift) * self.spread * math.sqrt(self.kept)
        share = min(max(self.value * (1 + lift), 0.0), 1.0)
        return math.sqrt(share * (1 - share) * self.kept)


def baseline(metric: Metric, moments: Moments) -> Baseline:
    """Return a metric as measured on past visitors, adjusted if it asks for that. Raises ValueError if it says
    nothing."""
    read = figures(metric, {"": moments})
    variance = read.arms[""].variance * moments.n
    if not variance:
        raise ValueError("a baseline has a positive figure that varies")
    return Baseline(read.arms[""].value, math.sqrt(variance / read.kept), read.kept, metric.shape is Shape.PROPORTION)


def power(design: Design, today: Baseline, lift: float, visitors: float) -> float:
    """Return the probability that a relative `lift` of one arm is shown with `visitors` in all arms together.

    For the smallest arm, at α divided by the number of arms beside the control: Holm's first and hardest step.
    """
    alpha = _alpha(design)
    drift = abs(lift) * today.value / _error(design, today, lift, visitors)
    if design.watching is Watching.SPENDING:
        return min(power_spending(drift, design.days, alpha), 1.0)
    if design.watching is Watching.SEQUENCE:
        return min(power_anytime(drift, design.days, alpha), 1.0)
    control, treated = _parts(design)
    return power_once(drift, max(visitors * (control + treated) - 2, 1.0), alpha)


def visitors_needed(design: Design, today: Baseline, lift: float) -> int:
    """Return how many visitors in all arms together show a relative `lift` with the design's power.

    n = (drift * spread / difference)², where drift is z(1 - α/2) + z(power) for one look, and what the boundaries ask
    for otherwise. Raises ValueError for a lift of 0.
    """
    if not lift or not math.isfinite(lift):
        raise ValueError("no number of visitors shows no lift")
    wanted = _drift(design) * _error(design, today, lift, 1.0) / (abs(lift) * today.value)
    rough = max(wanted**2, 4.0 / min(_parts(design)))
    if design.watching is Watching.ONCE:
        while power(design, today, lift, rough) < design.power:
            rough = math.floor(rough) + max(1, round(rough / 1_000))
    return math.ceil(rough)


def detectable_lift(design: Design, today: Baseline, visitors: int) -> float | None:
    """Return the smallest relative lift that so many visitors show with the design's power, None if not even +1000
    %."""
    if visitors < 2 / min(_parts(design)):
        return None
    most = min(10.0, (1 / today.value - 1) * 0.999) if today.is_proportion else 10.0

    def short(lift: float) -> float:
        return power(design, today, lift, visitors) - design.power

    return root(short, 1e-9, most, 1e-7) if short(most) > 0 else None


def power_curve(
    design: Design, today: Baseline, lifts: Iterable[float], visitors: int
) -> tuple[tuple[float, float], ...]:
    """Return (lift, power) for a chart."""
    return tuple((lift, power(design, today, lift, visitors)) for lift in lifts)


def visitors_after(days: int, new_by_day: Sequence[float], share: float = 1.0) -> float:
    """Return how many different visitors come in so many days.

    `new_by_day` says how many were seen for the first time on each day of a window that was measured, of those who
    reach the varied block. Regulars come first and are new only once, so the first days bring more than the last;
    beyond the window every day brings what its last week brought on average. `share` is that of visitors who take part
    (slices x coverage x 0.95 for the holdout).
    """
    last = new_by_day[-WEEK:]
    beyond = max(days - len(new_by_day), 0) * (sum(last) / len(last) if last else 0.0)
    return share * (sum(new_by_day[:days]) + beyond)


def days_needed(visitors: int, new_by_day: Sequence[float], share: float = 1.0) -> int | None:
    """Return after how many days, in whole weeks and at least two, so many visitors have come; None: not in half a
    year."""
    weeks = range(FEWEST_DAYS, LONGEST_DAYS + 1, WEEK)
    return next((days for days in weeks if visitors_after(days, new_by_day, share) >= visitors), None)


def visitors_for_preference(mean: float, spread: float, alpha: float = 0.05, wanted: float = 0.8) -> int:
    """Return how many clicking visitors show that interleaved rankings differ, given mean and spread of their
    scores."""
    if not mean or spread <= 0:
        raise ValueError("no number of visitors shows no preference")
    return max(2, math.ceil((drift_once(wanted, alpha) * spread / mean) ** 2))


def _alpha(design: Design) -> float:
    return design.alpha / (len(design.shares) - 1)


def _drift(design: Design) -> float:
    alpha = _alpha(design)
    if design.watching is Watching.SPENDING:
        return drift_spending(design.power, design.days, alpha)
    if design.watching is Watching.SEQUENCE:
        return drift_anytime(design.power, design.days, alpha)
    return drift_once(design.power, alpha)


def _parts(design: Design) -> tuple[float, float]:
    """Return what share of all visitors the control and the smallest other arm have."""
    total = sum(design.shares.values())
    smallest = min(share for arm, share in design.shares.items() if arm != design.control)
    return design.shares[design.control] / total, smallest / total


def _error(design: Design, today: Baseline, lift: float, visitors: float) -> float:
    control, treated = _parts(design)
    return math.sqrt((today.spread_at(0.0) ** 2 / control + today.spread_at(lift) ** 2 / treated) / visitors)
