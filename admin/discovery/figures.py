"""The figures of evaluations, as a chart and a table show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from admin.dashboard.chart import Chart, bar_chart
from storefront.discovery.judging import DONE, SILENT_AFTER, WAITING
from storefront.discovery.models import SearchEvaluation

MARKS = 6
"""About how many days are written below the bars."""


@dataclass(frozen=True, slots=True)
class QualityChart:
    """Bars in percent, and the evaluation that each stands for, the oldest first."""

    chart: Chart
    rows: tuple[SearchEvaluation, ...]


def chart_of(rows: Sequence[SearchEvaluation]) -> QualityChart | None:
    """Return the chart of evaluations that came to an end; None for none. `rows` come with the newest first."""
    done = tuple(row for row in reversed(rows) if row.status == DONE and row.queries)
    if not done:
        return None
    values = [round(row.condensed_ndcg * 100) for row in done]
    return QualityChart(bar_chart(values, marks_every=max(1, len(done) // MARKS), highest=100), done)


def latest_of(rows: Sequence[SearchEvaluation]) -> SearchEvaluation | None:
    """Return the newest evaluation that came to an end."""
    return next((row for row in rows if row.status == DONE), None)


def under_way(rows: Sequence[SearchEvaluation], at: datetime) -> bool:
    """Say whether an evaluation waits that may still come to an end."""
    return any(row.status == WAITING and row.asked_at > at - SILENT_AFTER for row in rows)
