"""From exposures and what visitors did afterwards to sums: rows stay here.

What counts of a visitor is what happened from their first exposure on, in days of the shop that are over. What they
bought in the four weeks before it is what CUPED explains away. Devices of one account are one visitor. Whoever was seen
in two variations is counted as crossed and is in no other figure. An exposure noted before the start, or an order
before its visitor's exposure, as clocks that disagree may have it, counts for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CTE, ColumnElement, case, func, select

from storefront.analytics.models import OrderRow, RecommendationRow, SearchRow
from storefront.database.reading import read
from storefront.experiments.doings import NOTHING, Did, measurable, moments_of
from storefront.experiments.models import Experiment, ExperimentDevice, ExperimentExposure
from storefront.experiments.readings import Readings
from storefront.experiments.states import Watching
from storefront.experiments.statistics.moments import Moments
from storefront.shop.queries import get_settings

BEFORE = timedelta(days=28)
"""How long before their first exposure it is looked at what visitors bought."""
MOST_DAYS_AFTER = 28
"""For how many days after exposure the effect is followed."""
SEEN_OR_EMPTY = RecommendationRow.viewed_at.is_not(None) | (RecommendationRow.shown == 0)
"""The shelves that count as blocks: what was answered and never came into view says nothing."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many visitors were shown a variation first on this day."""

    day: date
    arm: str
    visitors: int


@dataclass(slots=True)
class _Visitor:
    arm: str
    first: date
    before: Did = field(default_factory=Did)
    days: dict[date, Did] = field(default_factory=lambda: defaultdict(Did))

    @property
    def whole(self) -> Did:
        return Did.sum(self.days.values())


def gather(experiment: Experiment, at: datetime) -> Readings:
    """Return what has come in of an experiment that has started, by the days that are over at the moment `at`."""
    span = Span.of(experiment, at)
    arms = {each.id: each.key for each in experiment.variations}
    seen = seen_of(experiment, span)
    came = _came(seen, arms)
    visitors = _visitors(experiment, span, seen, arms)
    counted = measurable(experiment.surface)
    exposed = {arm: sum(day.visitors for day in came if day.arm == arm) for arm in arms.values()}
    return Readings(
        moments={
            arm: {key: moments_of(key, exposed[arm], _of(arm, visitors)) for key in counted} for arm in arms.values()
        },
        exposed=exposed,
        visitors_by_day=_cumulated(came, span),
        crossed=_crossed(seen),
        since_exposure=_since_exposure(experiment.primary_metric, came, visitors, span),
        is_stopped=experiment.stopped_at is not None and span.days < experiment.days,
    )


def exposed_by_day(experiment: Experiment) -> list[DayCount]:
    """Return by day and arm who was shown what first, today or the day on which it ended included; crossed visitors
    are left out."""
    ever = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)
    ended = min((moment for moment in (experiment.stopped_at, experiment.ends_at) if moment is not None), default=ever)
    span = replace(Span.of(experiment, ever), until=ended)
    return _came(seen_of(experiment, span), {each.id: each.key for each in experiment.variations})


@dataclass(frozen=True, slots=True)
class Span:
    """The days that count: from the first up to but not including `stop`.

    They end with the planned days, for who may wait on until the figures please finds a difference where there is none;
    only a confidence sequence may be watched for as long as an experiment runs.
    """

    since: datetime
    first: date
    stop: date
    until: datetime

    @classmethod
    def of(cls, experiment: Experiment, at: datetime) -> Span:
        zone = ZoneInfo(get_settings().timezone)
        since = experiment.started_at or at
        ends = min(moment for moment in (at, experiment.stopped_at, experiment.ends_at) if moment is not None)
        first, stop = since.astimezone(zone).date(), ends.astimezone(zone).date()
        if experiment.watching != Watching.SEQUENCE:
            stop = min(stop, first + timedelta(days=experiment.days))
        return cls(since, first, max(first, stop), datetime.combine(stop, time.min, zone).astimezone(UTC))

    @property
    def days(self) -> int:
        return (self.stop - self.first).days


def seen_of(experiment: Experiment, span: Span) -> CTE:
    unit = func.coalesce(ExperimentDevice.unit, ExperimentExposure.unit).label("unit")
    return (
        select(
            unit,
            func.min(ExperimentExposure.first_at).label("first_at"),
            func.min(ExperimentExposure.day).label("first"),
            func.min(ExperimentExposure.variation_id).label("arm"),
            func.max(ExperimentExposure.variation_id).label("last_arm"),
        )
        .outerjoin(ExperimentDevice, ExperimentDevice.visitor == ExperimentExposure.unit)
        .where(
            ExperimentExposure.experiment_id == experiment.id,
            ExperimentExposure.first_at >= span.since,
            ExperimentExposure.first_at < span.until,
        )
        .group_by(unit)
        .cte("seen")
    )


def _crossed(seen: CTE) -> int:
    return int(read(select(func.count()).select_from(seen).where(seen.c.arm != seen.c.last_arm)).scalar_one())


def _came(seen: CTE, arms: Mapping[int, str]) -> list[DayCount]:
    rows = read(
        select(seen.c.first, seen.c.arm, func.count().label("visitors"))
        .where(seen.c.arm == seen.c.last_arm)
        .group_by(seen.c.first, seen.c.arm)
        .order_by(seen.c.first, seen.c.arm)
    )
    return [DayCount(row.first, arms[row.arm], row.visitors) for row in rows if row.arm in arms]


def _visitors(experiment: Experiment, span: Span, seen: CTE, arms: Mapping[int, str]) -> Sequence[_Visitor]:
    """Return the visitors who did anything that is measured; the others are known by their number alone."""
    found: dict[str, _Visitor] = {}
    for row in _orders(span, seen):
        visitor = found.setdefault(row.unit, _Visitor(arms[row.arm], row.first))
        if row.at >= row.first_at:
            visitor.days[row.day].add_order(row)
        elif row.at >= row.first_at - BEFORE:
            visitor.before.add_order(row)
    for row in _blocks(experiment, span, seen):
        did = found.setdefault(row.unit, _Visitor(arms[row.arm], row.first)).days[row.day]
        did.blocks, did.clicked, did.empty = int(row.blocks), int(row.clicked), int(row.empty)
    return list(found.values())


def _orders(span: Span, seen: CTE) -> Iterable[Any]:
    unit = func.coalesce(ExperimentDevice.unit, OrderRow.visitor)
    return read(
        select(
            *(seen.c.unit, seen.c.arm, seen.c.first, seen.c.first_at),
            *(OrderRow.at, OrderRow.day, OrderRow.revenue_minor, OrderRow.cost_minor, OrderRow.quantity),
            OrderRow.is_undone,
        )
        .select_from(OrderRow)
        .outerjoin(ExperimentDevice, ExperimentDevice.visitor == OrderRow.visitor)
        .join(seen, seen.c.unit == unit)
        .where(
            OrderRow.visitor.is_not(None),
            OrderRow.day >= span.first - BEFORE - timedelta(days=1),
            OrderRow.day < span.stop,
            seen.c.arm == seen.c.last_arm,
        )
    )


def _blocks(experiment: Experiment, span: Span, seen: CTE) -> Iterable[Any]:
    """Return how often a varied block was looked at by each visitor on each day, used, and empty."""
    if experiment.surface.startswith("search:"):
        table: Any = SearchRow
        told = (SearchRow.clicks, SearchRow.total)
        counts: tuple[ColumnElement[bool], ...] = (SearchRow.continues.is_(None),)
    elif experiment.surface.startswith("shelf:"):
        table = RecommendationRow
        told = (RecommendationRow.clicks, RecommendationRow.shown)
        counts = (
            RecommendationRow.experiment == experiment.key,
            SEEN_OR_EMPTY,
        )
    else:
        return ()
    clicks, shown = told
    return read(
        select(
            *(seen.c.unit, seen.c.arm, seen.c.first, table.day),
            func.count().label("blocks"),
            func.sum(case((clicks > 0, 1), else_=0)).label("clicked"),
            func.sum(case((shown == 0, 1), else_=0)).label("empty"),
        )
        .select_from(table)
        .outerjoin(ExperimentDevice, ExperimentDevice.visitor == table.visitor)
        .join(seen, seen.c.unit == func.coalesce(ExperimentDevice.unit, table.visitor))
        .where(
            table.visitor.is_not(None),
            table.day >= span.first,
            table.day < span.stop,
            table.at >= seen.c.first_at,
            seen.c.arm == seen.c.last_arm,
            *counts,
        )
        .group_by(seen.c.unit, seen.c.arm, seen.c.first, table.day)
    )


def _of(arm: str, visitors: Iterable[_Visitor]) -> Iterator[tuple[Did, Did]]:
    return ((visitor.whole, visitor.before) for visitor in visitors if visitor.arm == arm)


def _cumulated(came: Sequence[DayCount], span: Span) -> tuple[int, ...]:
    by_day: dict[date, int] = defaultdict(int)
    for each in came:
        by_day[each.day] += each.visitors
    total, found = 0, []
    for number in range(span.days):
        total += by_day[span.first + timedelta(days=number)]
        found.append(total)
    return tuple(found)


def _since_exposure(
    key: str, came: Sequence[DayCount], visitors: Sequence[_Visitor], span: Span
) -> dict[int, dict[str, Moments]]:
    """Return the deciding metric by day after exposure, of those who have had that whole day."""
    arms = sorted({each.arm for each in came})
    found: dict[int, dict[str, Moments]] = {}
    for after in range(min(span.days, MOST_DAYS_AFTER)):
        last = span.stop - timedelta(days=after + 1)
        numbers = {arm: sum(each.visitors for each in came if each.arm == arm and each.day <= last) for arm in arms}
        lines: dict[str, list[tuple[Did, Did]]] = {arm: [] for arm in arms}
        for visitor in visitors:
            did = visitor.days.get(visitor.first + timedelta(days=after))
            if visitor.first <= last and did is not None:
                lines[visitor.arm].append((did, NOTHING))
        found[after] = {arm: moments_of(key, numbers[arm], lines[arm]) for arm in arms if numbers[arm]}
    return found
