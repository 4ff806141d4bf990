"""Reads of experiments for their list."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from admin.tables import ListState, Source
from storefront.experiments.checks import trouble_of
from storefront.experiments.models import Experiment, ExperimentExposure
from storefront.experiments.states import ExperimentStatus

_SEEN = (
    select(func.count(ExperimentExposure.unit.distinct()))
    .where(ExperimentExposure.experiment_id == Experiment.id)
    .correlate(Experiment)
    .scalar_subquery()
)
_SORTS: dict[str, Any] = {
    "name": func.lower(Experiment.name),
    "began": func.coalesce(Experiment.started_at, Experiment.updated_at),
}


def experiments_of(state: ListState) -> Source:
    """Return the experiments that `state` asks for, as (Experiment, visitors)."""
    conditions = []
    if state.search:
        conditions.append(Experiment.name.icontains(state.search, autoescape=True))
    if status := state.value("status"):
        conditions.append(Experiment.status == status)
    rows = select(Experiment, _SEEN.label("visitors")).options(selectinload(Experiment.variations)).where(*conditions)
    return Source(rows, Experiment.id, _SORTS)


def is_troubled(experiment: Experiment) -> bool:
    """Say whether a running experiment shows what everybody sees, since something that it names is gone."""
    return experiment.status == ExperimentStatus.RUNNING and trouble_of(experiment) is not None
