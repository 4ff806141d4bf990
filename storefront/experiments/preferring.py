"""Which of two rankings visitors prefer where a variation shows both in one list: read from what they opened.

Only opened goods say anything, each for the ranking that had put it there (the mark behind its source), and a visitor
counts once, however much they open. What counts is what visitors of one variation opened from their first exposure on,
as `gathering` has it. The interval holds whenever it is looked at, unless the plan says to look once and that is over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from storefront.analytics.models import RecommendationClickRow, RecommendationRow
from storefront.database.reading import read
from storefront.experiments.gathering import Span, seen_of
from storefront.experiments.interleaving import MARKS, Preference, Tally, Team, preference, tally
from storefront.experiments.models import Experiment, ExperimentDevice
from storefront.experiments.planning import Watching
from storefront.experiments.statistics.sequential import Anytime, Once, Rule

ALPHA = 0.05
FEWEST = 10
"""Fewer visitors who opened anything say nothing, whatever they prefer."""


def preferences(experiment: Experiment, at: datetime) -> dict[str, Preference]:
    """Return by variation what its visitors prefer; one that shows no two rankings, or to too few, is not in it.

    Above 0 the second ranking is preferred, which is the one that the variation names; the first is the usual one.
    """
    found = {}
    for each in experiment.variations:
        counts = tally(_credits(experiment, each.id, at))
        if counts.visitors >= FEWEST:
            read_out = preference(counts, _rule(experiment, counts, each.weight))
            if read_out is not None:
                found[each.key] = read_out
    return found


def _rule(experiment: Experiment, counts: Tally, weight: int) -> Rule:
    if experiment.watching == Watching.ONCE and experiment.stopped_at is not None:
        return Once(ALPHA)
    planned = max(experiment.planned_visitors * weight / 100, 1.0)
    return Anytime(ALPHA, float(counts.visitors), planned, ALPHA)


def _credits(experiment: Experiment, variation_id: int, at: datetime) -> Iterable[tuple[int, int]]:
    """Return by visitor how many opened goods each ranking had put there."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in _opened(experiment, variation_id, at):
        for place, team in enumerate((Team.FIRST, Team.SECOND)):
            found[row.unit][place] += row.opened if row.source.endswith(MARKS[team]) else 0
    return ((first, second) for first, second in found.values())


def _opened(experiment: Experiment, variation_id: int, at: datetime) -> Iterable[Any]:
    span = Span.of(experiment, at)
    seen, click, shelf = seen_of(experiment, span), RecommendationClickRow, RecommendationRow
    return read(
        select(seen.c.unit, click.source, func.count().label("opened"))
        .select_from(click)
        .join(shelf, shelf.id == click.request_id)
        .outerjoin(ExperimentDevice, ExperimentDevice.visitor == click.visitor)
        .join(seen, seen.c.unit == func.coalesce(ExperimentDevice.unit, click.visitor))
        .where(
            shelf.experiment == experiment.key,
            shelf.day < span.stop,
            click.at >= seen.c.first_at,
            seen.c.arm == variation_id,
            seen.c.last_arm == variation_id,
        )
        .group_by(seen.c.unit, click.source)
    )
