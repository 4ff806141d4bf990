"""Rows as plain data, and rows emptied of what they say: for rooms that export and forget what they know of people."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, LargeBinary, Table, delete, select

from storefront.database.base import Base, db


def table_of(model: type[Base]) -> Table:
    """Return the table of a model."""
    return cast("Table", model.__table__)


def rows_of(table: Table, *conditions: ColumnElement[bool], but: Collection[str] = ()) -> list[dict[str, object]]:
    """Return the rows that meet the conditions, the oldest first; without binary columns and those in `but`."""
    wanted = [each for each in table.columns if each.name not in but and not isinstance(each.type, LargeBinary)]
    found = db.session.execute(select(*wanted).where(*conditions).order_by(*table.primary_key.columns))
    return [{column.name: as_json(row[index]) for index, column in enumerate(wanted)} for row in found]


def as_json(value: Any) -> object:
    """Return a column's value as JSON has it; times are written as ISO 8601."""
    return value.isoformat() if isinstance(value, date) else value


def owner_of(table: Table, target: Table) -> ColumnElement[Any] | None:
    """Return the column of `table` that refers to `target`; None without one."""
    for key in table.foreign_keys:
        if key.column.table is target:
            return key.parent
    return None


def delete_rows(table: Table, *conditions: ColumnElement[bool]) -> None:
    """Delete the rows that meet the conditions."""
    db.session.execute(delete(table).where(*conditions))


def emptied(table: Table, *, but: Collection[str]) -> dict[str, object]:
    """Return the values that say nothing, for every column not named in `but`: NULL, an empty text or list."""
    return {each.name: _empty(each) for each in table.columns if each.name not in but}


def _empty(column: Any) -> object:
    if column.nullable:
        return None
    if column.default is not None and not column.default.is_callable:
        return column.default.arg
    return {str: "", int: 0, bool: False, dict: {}, list: []}.get(_kind(column), "")


def _kind(column: Any) -> type:
    if column.default is not None and column.default.is_callable:
        return type(column.default.arg(None))
    kind: type = column.type.python_type
    return kind
