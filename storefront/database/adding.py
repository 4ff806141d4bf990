"""New rows past the unit of work, which looks into each of their relationships and may send every row by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, insert
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from storefront.database.base import Base, db


def add_new(rows: Sequence[Base]) -> None:
    """Insert new rows of one kind, and let the session know them as if it had read them.

    Rows that fill the same columns go in one statement, and their ids ascend as they come. Nothing else that waits in
    the session is written, and relationships are not followed: whoever adds rows that belong together sets their keys.
    """
    alike: dict[tuple[str, ...], list[Base]] = defaultdict(list)
    for row in rows:
        _complete(row)
        alike[tuple(name for name in _columns(type(row)) if name in row.__dict__)].append(row)
    for names, some in alike.items():
        values = [{name: row.__dict__[name] for name in names} for row in some]
        ids = db.session.connection().execute(_insert(type(some[0])), values).scalars()
        for row, number in zip(some, sorted(ids), strict=True):
            set_committed_value(row, "id", number)
            make_transient_to_detached(row)
            _empty(row)
    db.session.add_all(rows)


def _complete(row: Base) -> None:
    """Give a row what its model says where it says nothing itself."""
    for name, column in _columns(type(row)).items():
        if column.default is not None and name not in row.__dict__:
            default: Any = column.default
            set_committed_value(row, name, default.arg(None) if default.is_callable else default.arg)


def _empty(row: Base) -> None:
    """Let a row know of the columns that it left empty, which nobody has to read."""
    for name, column in _columns(type(row)).items():
        if column.server_default is None and name not in row.__dict__:
            set_committed_value(row, name, None)


@lru_cache
def _insert(model: type[Base]) -> Insert:
    table: Any = model.__table__
    return insert(table).returning(table.c.id)


@lru_cache
def _columns(model: type[Base]) -> Mapping[str, Any]:
    return {column.key: column for column in model.__table__.columns if column.key != "id"}
