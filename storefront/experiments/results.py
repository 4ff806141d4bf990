"""Pure: what a verdict is made of. The words are the edge's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from storefront.experiments.statistics.estimate import Estimate
from storefront.experiments.statistics.noninferiority import Safety


class Decision(StrEnum):
    """What follows from the figures."""

    BLOCKED = "blocked"
    RUNNING = "running"
    WIN = "win"
    LOSE = "lose"
    NO_DIFFERENCE = "no_difference"
    GUARDRAIL = "guardrail"


class Block(StrEnum):
    """Why nothing is read out, the gravest first."""

    SAMPLE_RATIO = "sample_ratio"
    CROSSED = "crossed"
    NO_DATA = "no_data"
    TOO_FEW = "too_few"
    TOO_EARLY = "too_early"


class Saying(StrEnum):
    """The kind of the one sentence; which of `Facts` it speaks of stands beside it."""

    SAMPLE_RATIO = "sample_ratio"
    """Visitors do not fall into the arms as planned: share, planned (of `arm`, the one that is off most), p_value."""
    CROSSED = "crossed"
    """Too many visitors were seen in several arms: share, planned (the limit)."""
    NO_DATA = "no_data"
    """Nobody in some arm, or nothing that could be measured: arm, metric."""
    TOO_FEW = "too_few"
    """Too few visitors carry the figures of `arm`: visitors, metric."""
    TOO_EARLY = "too_early"
    """Days so far, and how many are still to come before anything can be said: days, days_left."""
    WAIT_FOR_WEEK = "wait_for_week"
    """A win, if the week that has begun does not change it: arm, metric, lift, low, high, days_left."""
    WAIT_FOR_GUARDRAIL = "wait_for_guardrail"
    """A win by the deciding metric, but `guardrail` is not shown to be safe yet: arm, metric, lift, guardrail,
    days_left."""
    NOTHING_YET = "nothing_yet"
    """No difference is shown yet: arm, metric, lift, low, high, days_left."""
    WIN = "win"
    """`arm` is better: metric, lift, low, high, days."""
    LOSE = "lose"
    """Every arm is worse, here the least bad, or one is so much worse that nobody should see it: arm, lift, low,
    high."""
    NO_DIFFERENCE = "no_difference"
    """The planned time is over and no difference is shown: arm, metric, lift, low, high, days."""
    GUARDRAIL_BROKEN = "guardrail_broken"
    """No arm is left without harm; `arm` makes `guardrail` worse: lift, low, high (all of the guardrail's metric)."""
    GUARDRAIL_OPEN = "guardrail_open"
    """A win at the end, but `guardrail` was never shown to be safe: arm, lift, guardrail."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sentence says; its words are the edge's. Differences stand in for lifts where `lift` is None."""

    kind: Saying
    arm: str = ""
    metric: str = ""
    guardrail: str = ""
    lift: float | None = None
    low: float | None = None
    high: float | None = None
    difference: float | None = None
    p_value: float | None = None
    share: float | None = None
    planned: float | None = None
    visitors: int = 0
    days: int = 0
    days_left: int = 0


@dataclass(frozen=True, slots=True)
class ArmVerdict:
    """One arm beside the control. A metric that cannot be measured is not in `estimates`.

    `is_shown` is whether the deciding metric differs after Holm's correction, `p_value` its corrected p-value.
    """

    arm: str
    visitors: int
    estimates: Mapping[str, Estimate]
    guardrails: Mapping[str, Safety]
    is_shown: bool
    p_value: float


@dataclass(frozen=True, slots=True)
class DayEffect:
    """The deciding metric on one day after first exposure; the interval is this day's alone."""

    day: int
    arm: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """Whether visitors came as planned: p-values of the chi-square test and of the one that may be watched."""

    expected: Mapping[str, float]
    p_value: float
    watched_p_value: float
    is_off: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that the page of results shows."""

    decision: Decision
    facts: Facts
    arms: tuple[ArmVerdict, ...]
    sample_ratio: SampleRatio
    crossed_share: float
    block: Block | None = None
    by_day: tuple[DayEffect, ...] = ()
    days: int = 0
    days_left: int = 0
    """Until the planned end, 0 from then on."""
