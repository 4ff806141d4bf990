"""What the page of an experiment shows: the sentence, the table of metrics, charts, and what came in by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from typing import Any

from admin.dashboard.chart import Chart, bar_chart
from admin.experiments.charts import Interval, Whiskers, by_day, forest
from admin.experiments.preferred import PreferenceLine, preference_lines
from admin.experiments.saying import amount, metric_name, sentence, signed
from admin.experiments.words import SAFETIES
from storefront.experiments.gathering import DayCount, exposed_by_day
from storefront.experiments.models import Experiment

JUDGING = "storefront.experiments.judging"
"""It brings scipy along: loaded with the first report."""
ALARMS = frozenset({"sample_ratio", "crossed"})
LOOKS = {"win": "success", "lose": "error", "guardrail": "error", "blocked": "warning"}


@dataclass(frozen=True, slots=True)
class Line:
    """A metric of an arm beside the control, in words."""

    key: str
    metric: str
    arm: str
    control: str
    treated: str
    lift: str
    interval: str
    p_value: str
    is_primary: bool
    is_shown: bool
    variance_kept: float


@dataclass(frozen=True, slots=True)
class Guard:
    """A guardrail of an arm: (words, look) of how it stands."""

    metric: str
    arm: str
    margin: float
    standing: tuple[str, str]


@dataclass(frozen=True, slots=True)
class DayEffects:
    """The deciding metric of one arm by day after first exposure."""

    arm: str
    chart: Whiskers
    ticks: tuple[str, ...]
    rows: tuple[tuple[int, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class DayRow:
    """How many visitors came on a day, by arm in the order of the variations."""

    day: date
    visitors: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.visitors)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything below the head of the page. While an alarm rings there are no lines."""

    sentence: str
    look: str
    is_alarm: bool
    visitors: int
    crossed: int
    crossed_share: float
    sample_p_value: float
    days: int
    days_left: int
    lines: tuple[Line, ...]
    forest: Whiskers | None
    guards: tuple[Guard, ...]
    preferences: tuple[PreferenceLine, ...]
    effects: tuple[DayEffects, ...]
    days_rows: tuple[DayRow, ...]
    came: Chart


def report_of(experiment: Experiment, at: datetime) -> Report:
    """Read an experiment out."""
    judged = import_module(JUDGING).judge(experiment, at)
    verdict, readings = judged.verdict, judged.readings
    names = {each.key: each.name for each in experiment.variations}
    is_alarm = verdict.facts.kind in ALARMS
    lines = () if is_alarm else tuple(_lines(experiment, verdict.arms, names))
    rows = _days(exposed_by_day(experiment), list(names))
    return Report(
        sentence=sentence(verdict.facts, names),
        look=LOOKS.get(verdict.decision, ""),
        is_alarm=is_alarm,
        visitors=sum(readings.exposed.values()),
        crossed=readings.crossed,
        crossed_share=verdict.crossed_share,
        sample_p_value=verdict.sample_ratio.watched_p_value,
        days=verdict.days,
        days_left=verdict.days_left,
        lines=lines,
        forest=_forest(verdict.arms, names) if lines else None,
        guards=() if is_alarm else tuple(_guards(experiment, verdict.arms, names)),
        preferences=() if is_alarm else preference_lines(experiment, at),
        effects=() if is_alarm else tuple(_effects(experiment, verdict.by_day, names)),
        days_rows=rows,
        came=bar_chart([row.total for row in rows], marks_every=max(1, len(rows) // 5)),
    )


def result_of(report: Report) -> dict[str, object]:
    """Return what is kept with a conclusion."""
    return {
        "sentence": report.sentence,
        "visitors": report.visitors,
        "days": report.days,
        "lines": [
            [line.metric, line.arm, line.control, line.treated, line.lift, line.interval] for line in report.lines
        ],
    }


def _lines(experiment: Experiment, arms: Sequence[Any], names: Mapping[str, str]) -> list[Line]:
    found = []
    for arm in arms:
        for key, estimate in arm.estimates.items():
            is_primary = key == experiment.primary_metric
            found.append(
                Line(
                    key=key,
                    metric=metric_name(key),
                    arm=names[arm.arm],
                    control=amount(estimate.control, key),
                    treated=amount(estimate.treated, key),
                    lift=signed(estimate.lift) if estimate.lift is not None else amount(estimate.difference, key),
                    interval=_interval(estimate, key),
                    p_value=f"{arm.p_value if is_primary else estimate.p_value:.3f}",
                    is_primary=is_primary,
                    is_shown=arm.is_shown if is_primary else estimate.is_shown,
                    variance_kept=estimate.variance_kept,
                )
            )
    return sorted(found, key=lambda line: not line.is_primary)


def _interval(estimate: Any, key: str) -> str:
    if estimate.lift_low is not None and estimate.lift_high is not None:
        return f"{signed(estimate.lift_low)} … {signed(estimate.lift_high)}"
    return f"{amount(estimate.low, key)} … {amount(estimate.high, key)}"


def _forest(arms: Sequence[Any], names: Mapping[str, str]) -> Whiskers | None:
    """Draw the relative lifts of all metrics that have one."""
    several = len(arms) > 1
    found = [
        Interval(
            f"{metric_name(key)} · {names[arm.arm]}" if several else metric_name(key),
            estimate.lift_low,
            estimate.lift,
            estimate.lift_high,
        )
        for arm in arms
        for key, estimate in arm.estimates.items()
        if estimate.lift is not None and estimate.lift_low is not None and estimate.lift_high is not None
    ]
    return Drawn.of(found) if found else None


@dataclass(frozen=True, slots=True)
class Drawn(Whiskers):
    """A chart with the words of its rows."""

    labels: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, intervals: Sequence[Interval]) -> Drawn:
        """Lay out intervals of lifts."""
        drawn = forest(intervals)
        words = tuple(
            (each.label, f"{signed(each.value)} ({signed(each.low)} … {signed(each.high)})") for each in intervals
        )
        return cls(
            drawn.width, drawn.height, drawn.first, drawn.last, drawn.zero, drawn.whiskers, drawn.ticks, labels=words
        )


def _guards(experiment: Experiment, arms: Sequence[Any], names: Mapping[str, str]) -> list[Guard]:
    margins = dict(experiment.guardrails)
    return [
        Guard(metric_name(key), names[arm.arm], margins.get(key, 0.0), SAFETIES[safety.value])
        for arm in arms
        for key, safety in arm.guardrails.items()
    ]


def _effects(experiment: Experiment, effects: Sequence[Any], names: Mapping[str, str]) -> list[DayEffects]:
    found = []
    metric = experiment.primary_metric
    for arm in dict.fromkeys(each.arm for each in effects):
        days = [each for each in effects if each.arm == arm]
        intervals = [
            Interval(str(each.day), each.estimate.low, each.estimate.difference, each.estimate.high) for each in days
        ]
        rows = tuple(
            (
                each.day,
                *(amount(value, metric) for value in (each.estimate.difference, each.estimate.low, each.estimate.high)),
            )
            for each in days
        )
        chart = by_day(intervals)
        ticks = tuple(amount(tick.value, metric) for tick in chart.ticks)
        found.append(DayEffects(names[arm], chart, ticks, rows))
    return found


def _days(came: Sequence[DayCount], arms: Sequence[str]) -> tuple[DayRow, ...]:
    counts = {(each.day, each.arm): each.visitors for each in came}
    return tuple(
        DayRow(day, tuple(counts.get((day, arm), 0) for arm in arms)) for day in sorted({each.day for each in came})
    )
