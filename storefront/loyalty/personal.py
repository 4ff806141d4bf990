"""Points and standing of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from storefront.database.base import db
from storefront.database.belongings import rows_of, table_of
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person
from storefront.loyalty.models import PointsAccount, PointsEntry, TierChange

_TABLES = tuple(table_of(model) for model in (PointsAccount, PointsEntry, TierChange))


def _points(person: Person) -> Sequence[Data]:
    return [
        {"kind": table.name, **row}
        for table in _TABLES
        for row in rows_of(table, table.c.customer_id == person.id, but={"customer_id", "actor"})
    ]


def _forget(person: Person, _at: datetime) -> None:
    """The movements stay, since balances add up from them; what staff wrote beside them goes."""
    statement = update(PointsEntry).where(PointsEntry.customer_id == person.id, PointsEntry.note != "")
    db.session.execute(statement.values(note="").execution_options(synchronize_session=False))


PERSONAL = (
    Keeper(
        "points",
        N_("Points and tier"),
        tuple(table.name for table in _TABLES),
        _points,
        _forget,
        goes=N_("Your points, coupons and tier; they do not come back with a new account."),
        stays=N_("The movements of points, under a number in place of your name."),
    ),
)
