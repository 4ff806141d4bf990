"""Outside columns made fit for arithmetic: ids to codes, labels to codes, times to seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Id = int | str
"""An outside id: whole numbers or text, one kind per column. The library never looks inside."""

IdColumn = ArrayLike | Sequence[Id | None]
"""Ids as they come: an array, or a list in which None is a missing one."""

Codes = NDArray[np.int32]
Floats = NDArray[np.float32]
Times = NDArray[np.datetime64]
UNKNOWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class IdMap:
    """Sorted, unique ids; the position of an id is its code. An id that is not here has the code -1."""

    ids: NDArray[Any]

    def __post_init__(self) -> None:
        if self.ids.ndim != 1 or self.ids.dtype.kind not in "iU":
            raise ValueError(f"ids must be one column of whole numbers or text, not {self.ids.dtype}")
        if len(self.ids) > 1 and not bool(np.all(self.ids[1:] > self.ids[:-1])):
            raise ValueError("ids must be sorted and unique")

    def __len__(self) -> int:
        return len(self.ids)

    @staticmethod
    def of(values: Iterable[Id] | ArrayLike) -> IdMap:
        """Collect the different ids among `values`."""
        return IdMap(np.unique(id_column(values, "id")))

    def code(self, value: Id | None) -> int:
        """Return the code of one id; anything unknown, of another kind or out of range is -1."""
        kind = int if self.ids.dtype.kind == "i" else str
        if not isinstance(value, kind) or isinstance(value, bool) or not len(self.ids):
            return UNKNOWN
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            return UNKNOWN
        if isinstance(value, str) and len(value) * 4 > self.ids.dtype.itemsize:
            return UNKNOWN  # longer than any id here; looking it up would copy the column into a wider one
        at = int(np.searchsorted(self.ids, np.asarray(value)))
        return at if at < len(self.ids) and self.ids[at] == value else UNKNOWN

    def codes(self, values: NDArray[Any]) -> Codes:
        """Return the codes of a whole column (same kind), -1 where unknown."""
        if not len(self.ids):
            return np.full(len(values), UNKNOWN, np.int32)
        at = np.minimum(np.searchsorted(self.ids, values), len(self.ids) - 1)
        return np.where(self.ids[at] == values, at, UNKNOWN).astype(np.int32)

    def id(self, code: int) -> Id:
        """Return the outside id of a code."""
        value: Id = self.ids[code].item()
        return value


def instant(moment: datetime | date) -> np.datetime64:
    """Return a moment as numpy knows it (UTC, seconds); a date is its first second; a naive time is refused."""
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise ValueError("a time without a zone")
        return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "s")
    return np.datetime64(moment, "s")


def id_column(values: Iterable[Id] | IdColumn, name: str) -> NDArray[Any]:
    """Return ids as int64 or text; a missing one is refused."""
    column, known = nullable_column(values)
    if not known.all():
        raise ValueError(f"{name}: an id is missing")
    return column


def nullable_column(values: Iterable[Id | None] | IdColumn) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return ids as int64 or text and where they are present."""
    column = values if isinstance(values, np.ndarray) else _as_array(values)
    if column.ndim != 1:
        raise ValueError("ids must be one column")
    kind = column.dtype.kind
    if kind in "iu":
        if kind == "u" and len(column) and int(column.max()) >= 2**63:
            raise ValueError("an id beyond 64 bits")
        return column.astype(np.int64, copy=False), np.ones(len(column), bool)
    if kind == "U":
        return column, np.ones(len(column), bool)
    if kind == "f":
        known = ~np.isnan(column)
        whole = np.where(known, column, 0)
        if not np.array_equal(whole, np.trunc(whole)):
            raise ValueError("ids must be whole numbers or text")
        return whole.astype(np.int64), known
    return _from_objects(column.tolist())


def tight(ids: NDArray[Any]) -> NDArray[Any]:
    """Return text ids in the narrowest column that holds them: an id that is gone must not show in the bytes."""
    if ids.dtype.kind != "U":
        return ids
    return ids.astype(f"U{max(1, int(np.char.str_len(ids).max(initial=1)))}")


def labels(values: IdColumn | None, length: int) -> tuple[IdMap, Codes]:
    """Return the different labels and the code of each row, -1 where there is none."""
    if values is None:
        return IdMap(np.array([], dtype=np.int64)), np.full(length, UNKNOWN, np.int32)
    column, known = nullable_column(values)
    labels = IdMap(np.unique(column[known]))
    return labels, np.where(known, labels.codes(column), UNKNOWN).astype(np.int32)


def times(values: ArrayLike) -> Times:
    """Return UTC seconds from numpy datetimes (taken as UTC) or aware datetimes; a missing time is refused."""
    column = np.asarray(values) if isinstance(values, np.ndarray) else None
    if column is not None and column.dtype.kind == "M":
        at = column.astype("datetime64[s]")
    else:
        rows: Sequence[Any] = list(values)  # type: ignore[arg-type]
        at = np.array([instant(row) for row in rows], dtype="datetime64[s]")
    if bool(np.isnat(at).any()):
        raise ValueError("timestamp: a time is missing")
    return at


def _as_array(values: Iterable[Any] | ArrayLike) -> NDArray[Any]:
    rows: Sequence[Any] = list(values)  # type: ignore[arg-type]
    column = np.empty(len(rows), dtype=object)
    column[:] = rows
    return column


def _from_objects(rows: list[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    present = [row is not None and row == row for row in rows]  # noqa: PLR0124 - NaN is not itself
    known = np.array(present, bool)
    kinds = {str if isinstance(row, str) else int for row, here in zip(rows, present, strict=True) if here}
    if len(kinds) > 1:
        raise ValueError("ids must be all whole numbers or all text")
    if kinds == {str}:
        return np.array([row if here else "" for row, here in zip(rows, present, strict=True)], dtype=np.str_), known
    whole = [int(row) if here else 0 for row, here in zip(rows, present, strict=True)]
    if any(here and number != row for number, row, here in zip(whole, rows, present, strict=True)):
        raise ValueError("ids must be whole numbers or text")
    return np.array(whole, dtype=np.int64), known
