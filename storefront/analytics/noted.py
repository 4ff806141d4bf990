"""What every writer needs: an event with its circumstances, and a row that is inserted once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from storefront.analytics.events import Event
from storefront.database.inserting import insert_into


@dataclass(frozen=True, slots=True)
class Noted:
    """An event, with whose it is and when it was; `day` is the day of the shop."""

    event: Event
    visitor: str | None
    at: datetime
    day: date


def insert_once(connection: Connection, model: Any, values: Mapping[str, Any]) -> bool:
    """Insert a row unless there is one like it already, and say whether it is new."""
    statement = insert_into(model, connection).values(**values).on_conflict_do_nothing().returning(model.id)
    return connection.execute(statement).one_or_none() is not None
