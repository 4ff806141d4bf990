"""Exposures and links that nobody needs any longer, and those of somebody who wants to be forgotten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, select

from storefront.audit import services as audit
from storefront.database.base import db
from storefront.experiments.models import Experiment, ExperimentCustomer, ExperimentDevice, ExperimentExposure
from storefront.experiments.queries import find_unit_of
from storefront.experiments.states import ExperimentStatus


def forget_customer(*, customer_id: int, by: str, at: datetime) -> int:
    """Remove what an account's devices were shown and that they belong together; return how many exposures went.

    Every arm loses its visitors alike, so the figures of what runs stay fair.
    """
    unit = find_unit_of(customer_id)
    if unit is None:
        return 0
    devices = select(ExperimentDevice.visitor).where(ExperimentDevice.unit == unit)
    gone = db.session.execute(
        delete(ExperimentExposure).where((ExperimentExposure.unit == unit) | ExperimentExposure.unit.in_(devices))
    ).rowcount  # type: ignore[attr-defined]
    db.session.execute(delete(ExperimentDevice).where(ExperimentDevice.unit == unit))
    db.session.execute(delete(ExperimentCustomer).where(ExperimentCustomer.customer_id == customer_id))
    audit.record(
        actor=by,
        action="experiment.forget",
        about=("customer", str(customer_id)),
        changes={"exposures": (int(gone), 0)},
        at=at,
    )
    return int(gone)


def forget_before(moment: datetime) -> int:
    """Remove the exposures of experiments that ended before then, and links while nothing else needs them.

    What they had come to stays with their conclusion. Return how many exposures went.
    """
    over = select(Experiment.id).where(Experiment.stopped_at < moment)
    gone = db.session.execute(delete(ExperimentExposure).where(ExperimentExposure.experiment_id.in_(over))).rowcount  # type: ignore[attr-defined]
    if not db.session.scalar(select(exists(select(ExperimentExposure.unit)))) and not db.session.scalar(
        select(exists(select(Experiment.id).where(Experiment.status == ExperimentStatus.RUNNING)))
    ):
        db.session.execute(delete(ExperimentDevice))
        db.session.execute(delete(ExperimentCustomer))
    return int(gone)
