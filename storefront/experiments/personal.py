"""Which tests an account's devices took part in, and what those devices did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select

from storefront.analytics.personal import behaviour_of, forget_visitors
from storefront.database.base import db
from storefront.database.belongings import as_json
from storefront.experiments.forgetting import forget_customer
from storefront.experiments.models import ExperimentDevice
from storefront.experiments.queries import find_unit_of, list_seen_by
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person


def _devices(person: Person) -> Sequence[str]:
    """Return the visitors' numbers of an account: its devices', and its own."""
    unit = find_unit_of(person.id)
    if unit is None:
        return ()
    return [unit, *db.session.scalars(select(ExperimentDevice.visitor).where(ExperimentDevice.unit == unit))]


def _seen(person: Person) -> Sequence[Data]:
    seen = [{key: as_json(value) for key, value in asdict(each).items()} for each in list_seen_by(person.id)]
    return [*seen, *behaviour_of(_devices(person))]


def _forget(person: Person, at: datetime) -> None:
    forget_visitors(_devices(person))
    forget_customer(customer_id=person.id, by="system", at=at)


PERSONAL = (
    Keeper(
        "tests",
        N_("Tests that you took part in"),
        ("experiment_customer", "experiment_device", "experiment_exposure"),
        _seen,
        _forget,
    ),
)
