"""What an experiment says, and what a planned one would take: the room's rules on what was gathered.

It brings scipy along, so nothing that a web worker loads at its start imports it: pages do when they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storefront.experiments.assignment import HOLDOUT, WHOLE, ranges, sizes
from storefront.experiments.doings import measurable
from storefront.experiments.gathering import gather
from storefront.experiments.live import PERCENT
from storefront.experiments.metrics import METRICS, Guardrail
from storefront.experiments.models import Experiment
from storefront.experiments.planning import (
    FEWEST_DAYS,
    Baseline,
    Design,
    Plan,
    Watching,
    baseline,
    days_needed,
    detectable_lift,
    visitors_after,
    visitors_needed,
)
from storefront.experiments.readings import Readings
from storefront.experiments.traffic import traffic_of
from storefront.experiments.verdict import Verdict, read


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a plan takes with the traffic of these weeks.

    `needed` visitors show the wanted lift, in `days` (None: not within half a year, or nothing can be reckoned yet);
    `visitors` come in the planned days, and `detectable` is the smallest lift that they show.
    """

    visitors_a_day: float
    needed: int | None
    days: int | None
    visitors: int
    detectable: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """The figures and what they say."""

    readings: Readings
    verdict: Verdict


def judge(experiment: Experiment, at: datetime) -> Judged:
    """Read out an experiment that has started."""
    readings = gather(experiment, at)
    return Judged(readings, read(readings, plan_of(experiment)))


def forecast(experiment: Experiment, at: datetime, *, coverage: int = 100) -> Forecast:
    """Reckon what a plan takes when `coverage` percent of its part take part."""
    traffic = traffic_of(experiment.surface, experiment.primary_metric, at)
    part = experiment.share / 100 * coverage / 100 * (1 - HOLDOUT / WHOLE)
    visitors = int(visitors_after(experiment.days, traffic.new_by_day, part))
    try:
        today: Baseline = baseline(METRICS[experiment.primary_metric], traffic.moments)
    except ValueError:
        return Forecast(traffic.visitors_a_day, None, None, visitors, None)
    design = Design(
        control=_control(experiment),
        shares=_shares(experiment),
        watching=Watching(experiment.watching),
        days=experiment.days,
    )
    needed = visitors_needed(design, today, experiment.mde)
    return Forecast(
        visitors_a_day=traffic.visitors_a_day,
        needed=needed,
        days=days_needed(needed, traffic.new_by_day, part),
        visitors=visitors,
        detectable=detectable_lift(design, today, visitors),
    )


def plan_of(experiment: Experiment) -> Plan:
    """Return what was agreed before an experiment started; metrics beside the deciding one are read as well."""
    primary = METRICS[experiment.primary_metric]
    others = tuple(METRICS[key] for key in measurable(experiment.surface) if key != primary.key)
    return Plan(
        control=_control(experiment),
        shares=_shares(experiment),
        primary=primary,
        visitors=max(experiment.planned_visitors, 2 * len(experiment.variations)),
        days=experiment.days,
        others=others,
        guardrails=tuple(Guardrail(METRICS[key], margin) for key, margin in experiment.guardrails),
        watching=Watching(experiment.watching),
        min_days=FEWEST_DAYS,
    )


def _control(experiment: Experiment) -> str:
    return next(each.key for each in experiment.variations if each.is_control)


def _shares(experiment: Experiment) -> dict[str, int]:
    return sizes(ranges({each.key: each.weight * PERCENT for each in experiment.variations}))
