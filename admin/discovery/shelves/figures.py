"""What trainings measured, as charts and a table show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from admin.discovery.shelves.lines import LineChart, line_chart
from storefront.discovery.models import TrainingRun

MODEL, BEST_SELLERS, INCUMBENT = "model", "best sellers", "incumbent"
MEASURE = "ndcg"
MOST_POINTS = 30


@dataclass(frozen=True, slots=True)
class SurfaceChart:
    """How one surface did over the trainings that measured it, the oldest first."""

    surface: str
    chart: LineChart
    rows: tuple[TrainingRun, ...]


def charts_of(rows: Sequence[TrainingRun]) -> list[SurfaceChart]:
    """Return a chart for each surface that was measured; `rows` come with the newest first."""
    measured = [row for row in reversed(rows) if row.metrics][-MOST_POINTS:]
    surfaces = dict.fromkeys(surface for row in measured for surface in row.metrics)
    found = []
    for surface in surfaces:
        series = {part: [figure(row, surface, part) for row in measured] for part in (MODEL, BEST_SELLERS)}
        chart = line_chart(series)
        if chart is not None:
            found.append(SurfaceChart(surface, chart, tuple(measured)))
    return found


def figure(row: TrainingRun, surface: str, part: str, measure: str = MEASURE) -> float | None:
    """Return one figure of a training; None where it was not measured."""
    value = row.metrics.get(surface, {}).get(part, {}).get(measure)
    return float(value) if isinstance(value, int | float) else None
