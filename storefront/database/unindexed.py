"""A hint for SQLite: narrow by this column what another one found, and look nothing up by it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, UnaryExpression
from sqlalchemy.sql.operators import custom_op

from storefront.database.base import db


def unindexed(column: Any) -> ColumnElement[Any]:
    """Return a column that no plan begins with.

    SQLite knows little of how many rows share a value: it builds an index over a million orders in passing because all
    have one currency, or reads all guests' orders to find those of one e-mail. A plus in front changes no value and
    tells it not to (sqlite.org, "The SQLite Query Optimizer Overview"). PostgreSQL counts values and needs no hint.
    """
    if db.engine.dialect.name != "sqlite":
        return column.expression  # type: ignore[no-any-return]
    return UnaryExpression(column.expression, operator=custom_op("+"), type_=column.type)
