"""Reads of experiments for their list."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from admin.tables import PAGE_SIZE, ListState
from storefront.database.base import db
from storefront.experiments.checks import trouble_of
from storefront.experiments.models import Experiment, ExperimentExposure
from storefront.experiments.states import ExperimentStatus
from storefront.kernel.paging import Page

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


def page_of_experiments(state: ListState) -> Page[Any]:
    """Return the page of experiments that `state` asks for, as (experiment, visitors)."""
    statement = select(Experiment, _SEEN.label("visitors")).options(selectinload(Experiment.variations))
    count = select(func.count(Experiment.id))
    conditions = []
    if state.search:
        conditions.append(Experiment.name.icontains(state.search, autoescape=True))
    if status := state.value("status"):
        conditions.append(Experiment.status == status)
    total = db.session.scalar(count.where(*conditions)) or 0
    order = _SORTS[state.sort_key]
    order = order.desc() if state.descending else order
    rows = db.session.execute(
        statement.where(*conditions)
        .order_by(order, Experiment.id.desc())
        .limit(PAGE_SIZE)
        .offset((state.page - 1) * PAGE_SIZE)
    ).all()
    return Page(rows, total, state.page, PAGE_SIZE)


def is_troubled(experiment: Experiment) -> bool:
    """Say whether a running experiment shows what everybody sees, since something that it names is gone."""
    return experiment.status == ExperimentStatus.RUNNING and trouble_of(experiment) is not None
