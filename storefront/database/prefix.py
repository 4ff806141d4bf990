"""Texts that begin with something, found through the column's index on either database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_

from storefront.database.base import db

_HIGHEST = chr(0x10FFFF)


def begins_with(column: Any, prefix: str) -> ColumnElement[bool]:
    """Return the condition: a range on SQLite (whose LIKE ignores case and so the index), LIKE on PostgreSQL."""
    if db.engine.dialect.name == "sqlite":
        return and_(column >= prefix, column < prefix + _HIGHEST)
    found: ColumnElement[bool] = column.startswith(prefix, autoescape=True)
    return found
