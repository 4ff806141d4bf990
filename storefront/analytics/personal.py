"""What shoppers did, as far as it can be told whose it is: by the visitors' numbers with which somebody ordered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update

from storefront.analytics.models import (
    AdditionRow,
    ClickRow,
    EntryClickRow,
    OrderRow,
    RecommendationAdditionRow,
    RecommendationClickRow,
    RecommendationRow,
    SearchRow,
    SuggestionRow,
)
from storefront.database.base import db
from storefront.database.belongings import rows_of, table_of
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person

_TABLES = tuple(
    table_of(model)
    for model in (
        *(SearchRow, ClickRow, AdditionRow, SuggestionRow, OrderRow, EntryClickRow),
        *(RecommendationRow, RecommendationClickRow, RecommendationAdditionRow),
    )
)


def behaviour_of(visitors: Collection[str]) -> list[Data]:
    """Return what some visitors' numbers did."""
    return [{"kind": table.name, **row} for table in _TABLES for row in rows_of(table, table.c.visitor.in_(visitors))]


def forget_visitors(visitors: Collection[str]) -> None:
    """Leave what happened, for the reports, and take away by whom."""
    for table in _TABLES:
        db.session.execute(update(table).where(table.c.visitor.in_(visitors)).values(visitor=None))


def _visitors(person: Person) -> Sequence[str]:
    mine = OrderRow.order_number.in_(person.numbers)
    return db.session.scalars(select(OrderRow.visitor).where(mine, OrderRow.visitor.is_not(None)).distinct()).all()  # type: ignore[return-value]


def _behaviour(person: Person) -> Sequence[Data]:
    return behaviour_of(_visitors(person))


def _forget(person: Person, _at: datetime) -> None:
    forget_visitors(_visitors(person))


PERSONAL = (
    Keeper(
        "behaviour",
        N_("What you searched for and looked at"),
        tuple(table.name for table in _TABLES),
        _behaviour,
        _forget,
        goes=N_("That it was you who searched, looked at goods and took part in tests."),
    ),
)
