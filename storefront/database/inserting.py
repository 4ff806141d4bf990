"""Inserting what may be there already: both databases know ON CONFLICT, by an insert of their own in SQLAlchemy."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(model: Any, connection: Connection | Engine) -> Any:
    """Return an insert into a model's table that takes `on_conflict_do_nothing` and `on_conflict_do_update`."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return make(model.__table__)
