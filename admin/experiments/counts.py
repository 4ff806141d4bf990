"""The raw sums of an experiment as lines of a table: what anybody needs to check a verdict elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime

from storefront.experiments.gathering import exposed_by_day, gather
from storefront.experiments.models import Experiment
from storefront.experiments.statistics.moments import Moments
from storefront.kernel.sheets import sheet_line

SUMS = tuple(field.name for field in fields(Moments))


def count_lines(experiment: Experiment, at: datetime) -> Iterator[str]:
    """Yield the sums by variation and metric, then the visitors by day and variation. Amounts are minor units."""
    yield sheet_line(["variation", "metric", *SUMS])
    if experiment.started_at is None:
        return
    readings = gather(experiment, at)
    for arm, by_metric in readings.moments.items():
        for metric, moments in by_metric.items():
            yield sheet_line([arm, metric, *(f"{value:.0f}" for value in moments.values())])
    yield sheet_line(["crossed", "", readings.crossed])
    yield sheet_line([])
    yield sheet_line(["day", "variation", "visitors"])
    for each in exposed_by_day(experiment):
        yield sheet_line([each.day, each.arm, each.visitors])
