"""Many rows at once: executemany on SQLite, COPY on PostgreSQL. A frame's columns are the table's columns."""

from __future__ import annotations

import json
from collections.abc import Iterable
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Table, func, select, text, update

NOTHING = r"\N"
STREAM_ROWS = 50_000


def insert_frame(connection: Connection, table: Any, frame: pd.DataFrame) -> None:
    """Insert every row of `frame`; missing values are NULL, naive moments are UTC, dicts and lists are JSON.

    A column that is not there gets the default of its table.
    """
    if frame.empty:
        return
    frame = _with_defaults(table, frame)
    if connection.dialect.name == "postgresql":
        _copy(connection, table, frame)
    else:
        _insert_many(connection, table, frame)


def catch_up(connection: Connection, tables: Iterable[Table]) -> None:
    """Let PostgreSQL count ids on from what was inserted with ids of its own."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        counted = table.autoincrement_column
        if counted is not None and counted.name == "id":
            name = table.name
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), "  # noqa: S608
                    f'(SELECT coalesce(max(id), 0) + 1 FROM "{name}"), false)'
                )
            )


def number_by_time(connection: Connection, ledger: Any) -> None:
    """Hand the numbers of a ledger's rows out anew, in the order in which things happened."""
    number, at = ledger.c.id, ledger.c.at
    held = select(number, func.row_number().over(order_by=number).label("place")).subquery()
    happened = select(number, func.row_number().over(order_by=(at, number)).label("place")).subquery()
    moves = (
        select(happened.c.id.label("old"), held.c.id.label("new"))
        .join(held, held.c.place == happened.c.place)
        .where(held.c.id != happened.c.id)
        .subquery()
    )
    connection.execute(update(ledger).where(number == moves.c.old).values(id=-moves.c.new))
    connection.execute(update(ledger).where(number < 0).values(id=-number))


def _with_defaults(table: Any, frame: pd.DataFrame) -> pd.DataFrame:
    missing = {}
    for column in table.columns:
        default = column.default
        if column.name in frame.columns or column.nullable or default is None:
            continue
        if default.is_scalar:
            missing[column.name] = [default.arg] * len(frame)
        elif default.is_callable:
            missing[column.name] = [default.arg(None)] * len(frame)
    return frame.assign(**missing)


def as_json(value: object) -> str:
    """Return JSON text, short and readable in every language."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _insert_many(connection: Connection, table: Any, frame: pd.DataFrame) -> None:
    names = ", ".join(f'"{column}"' for column in frame.columns)
    marks = ", ".join("?" * len(frame.columns))
    rows = list(zip(*(_values(frame[column]) for column in frame.columns), strict=True))
    connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)  # noqa: S608


def _copy(connection: Connection, table: Any, frame: pd.DataFrame) -> None:
    names = ", ".join(f'"{column}"' for column in frame.columns)
    cursor = connection.connection.cursor()
    statement = f"COPY \"{table.name}\" ({names}) FROM STDIN WITH (FORMAT csv, NULL '{NOTHING}')"
    with cursor.copy(statement) as stream:
        for start in range(0, len(frame), STREAM_ROWS):
            part = frame.iloc[start : start + STREAM_ROWS]
            plain = pd.DataFrame({column: _values(part[column]) for column in part.columns}, dtype=object)
            buffer = StringIO()
            plain.to_csv(buffer, header=False, index=False, na_rep=NOTHING)
            stream.write(buffer.getvalue())
    cursor.close()


def _values(column: pd.Series) -> list[Any]:
    """Return a column as plain Python values that both databases take."""
    if column.dtype.kind == "M":
        return _moments(column)
    if column.dtype.kind == "b":
        return list(column.astype(int))
    if column.dtype == object and isinstance(column.iloc[0], dict | list):
        return [as_json(value) for value in column]
    if column.isna().any():
        whole = column.dtype.kind == "f" and np.mod(column.dropna(), 1).eq(0).all()
        filled = column.astype("Int64") if whole else column
        return list(filled.astype(object).where(column.notna(), None))
    return list(column.tolist())


def _moments(column: pd.Series) -> list[str | None]:
    texts = np.datetime_as_string(column.to_numpy().astype("datetime64[us]"))
    return [None if stamp == "NaT" else stamp.replace("T", " ") for stamp in texts.tolist()]
