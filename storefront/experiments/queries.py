"""Reads of experiments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from storefront.database.base import db
from storefront.database.reading import read
from storefront.experiments.live import Variation
from storefront.experiments.models import (
    Experiment,
    ExperimentCustomer,
    ExperimentDevice,
    ExperimentExposure,
    ExperimentRamp,
    ExperimentVariation,
)
from storefront.experiments.states import ExperimentStatus
from storefront.kernel.errors import NotFound

WITH_VARIATIONS = selectinload(Experiment.variations)


@dataclass(frozen=True, slots=True)
class SeenVariation:
    """What somebody was shown: for the export of what is known of them."""

    experiment: str
    variation: str
    first_at: datetime


def get_experiment(experiment_id: int) -> Experiment:
    """Return an experiment with its variations, or NotFound."""
    found = db.session.scalar(
        select(Experiment)
        .where(Experiment.id == experiment_id)
        .options(WITH_VARIATIONS)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def list_running() -> Sequence[Experiment]:
    """Return what runs, the oldest first."""
    statement = select(Experiment).where(Experiment.status == ExperimentStatus.RUNNING).order_by(Experiment.id)
    return db.session.scalars(statement.options(WITH_VARIATIONS)).all()


def list_ramps(experiment_id: int) -> Sequence[ExperimentRamp]:
    """Return the steps of an experiment's coverage, the first one first."""
    statement = select(ExperimentRamp).where(ExperimentRamp.experiment_id == experiment_id)
    return db.session.scalars(statement.order_by(ExperimentRamp.id)).all()


def find_previewed(named: str) -> tuple[str, Variation | None]:
    """Return the surface and the variation that "experiment:variation" names, whatever its state, or ("", None)."""
    experiment, _, key = named.partition(":")
    row = read(
        select(Experiment.surface, ExperimentVariation.params)
        .join(ExperimentVariation, ExperimentVariation.experiment_id == Experiment.id)
        .where(Experiment.key == experiment, ExperimentVariation.key == key)
    ).one_or_none()
    return (row.surface, Variation(experiment, key, row.params or {})) if row else ("", None)


def find_unit_of(customer_id: int) -> str | None:
    """Return the unit of an account; None while it has none."""
    unit: str | None = read(
        select(ExperimentCustomer.unit).where(ExperimentCustomer.customer_id == customer_id)
    ).scalar_one_or_none()
    return unit


def list_seen_by(customer_id: int) -> list[SeenVariation]:
    """Return what an account's devices were shown, for the export of what is known of somebody."""
    unit = find_unit_of(customer_id)
    if unit is None:
        return []
    devices = select(ExperimentDevice.visitor).where(ExperimentDevice.unit == unit)
    rows = db.session.execute(
        select(Experiment.name, ExperimentVariation.name.label("variation"), ExperimentExposure.first_at)
        .join(Experiment, Experiment.id == ExperimentExposure.experiment_id)
        .join(ExperimentVariation, ExperimentVariation.id == ExperimentExposure.variation_id)
        .where((ExperimentExposure.unit == unit) | ExperimentExposure.unit.in_(devices))
        .order_by(ExperimentExposure.first_at)
    )
    return [SeenVariation(row.name, row.variation, row.first_at) for row in rows]
