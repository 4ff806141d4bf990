"""Parquet files and the columns in them, read as what they have to be or refused by name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from recommend.columns import UNKNOWN, Codes, Id, IdMap


class BadInput(Exception):
    """A file cannot be used; the message is one line for whoever gave it."""


class Column:
    """One column of a file, read as what it has to be."""

    def __init__(self, path: Path, name: str, table: Any) -> None:
        self._where = f"{path}: {name}"
        self._array = table.column(name).combine_chunks()
        if isinstance(self._array, pa.ChunkedArray):
            self._array = pa.concat_arrays(self._array.chunks) if self._array.num_chunks else pa.nulls(0)
        self.type_name = _plain_name(self._array.type)

    def coded(self, *, nullable: bool = False) -> tuple[IdMap, Codes]:
        """Return the different ids, sorted, and the code of every row; -1 where there is none."""
        array = self._identifiers(self._array)
        if array.null_count and not nullable:
            raise BadInput(f"{self._where}: {array.null_count} of {len(array)} values are missing")
        encoded = array.dictionary_encode()
        different = _as_numpy(encoded.dictionary)
        if len(different) and different.dtype.kind == "U" and len(np.unique(different)) != len(different):
            raise BadInput(f"{self._where}: ids that end with a NUL character cannot be told apart")
        order = np.argsort(different, kind="stable")
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        places = encoded.indices.fill_null(UNKNOWN).to_numpy(zero_copy_only=False)
        codes = np.where(places >= 0, rank[places] if len(rank) else UNKNOWN, UNKNOWN)
        return IdMap(different[order]), codes.astype(np.int32)

    def values(self) -> list[Id | None]:
        """Return the ids as Python values, None where there is none."""
        found: list[Id | None] = self._identifiers(self._array).to_pylist()
        return found

    def lists(self) -> list[list[Id]]:
        """Return lists of ids; a missing list is empty, a missing id in a list is left out."""
        if pa.types.is_null(self._array.type):
            return [[] for _ in range(len(self._array))]
        if not _is_list(self._array.type):
            raise BadInput(f"{self._where} is of type {self._array.type}; it must be a list of item ids")
        array = self._array.cast(pa.large_list(self._array.type.value_type))
        ids = self._identifiers(array.flatten()).to_pylist()
        lengths = pa.compute.list_value_length(array).fill_null(0).to_pylist()
        found, at = [], 0
        for length in lengths:
            found.append([one for one in ids[at : at + length] if one is not None])
            at += length
        return found

    def times(self) -> NDArray[np.datetime64]:
        """Return UTC seconds; parts of a second are cut off."""
        array = self._array
        if pa.types.is_date(array.type):
            array = array.cast(pa.timestamp("s"), safe=False)
        if not pa.types.is_timestamp(array.type):
            raise BadInput(f"{self._where} is of type {array.type}; it must be a timestamp or a date")
        self._whole(array)
        seconds = array.cast(pa.timestamp("s", array.type.tz), safe=False).cast(pa.int64())
        return np.asarray(seconds.to_numpy(zero_copy_only=False)).astype("datetime64[s]")

    def numbers(self, *, nullable: bool = False) -> NDArray[np.float64]:
        """Return finite numbers; NaN where a missing one is allowed."""
        if not is_number(self._array.type):
            raise BadInput(f"{self._where} is of type {self._array.type}; it must be a number")
        if not nullable:
            self._whole(self._array)
        found = np.asarray(self._array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), np.float64)
        if not nullable and not bool(np.isfinite(found).all()):
            raise BadInput(f"{self._where}: {int((~np.isfinite(found)).sum())} values are no numbers")
        return found

    def _whole(self, array: Any) -> None:
        if array.null_count:
            raise BadInput(f"{self._where}: {array.null_count} of {len(array)} values are missing")

    def _identifiers(self, array: Any) -> Any:
        """Return an array as int64 or large text."""
        kind = array.type
        if pa.types.is_dictionary(kind):
            array, kind = array.cast(kind.value_type), kind.value_type
        if pa.types.is_null(kind):
            return array.cast(pa.int64())
        if pa.types.is_integer(kind) or pa.types.is_floating(kind):
            return self._whole_numbers(array)
        if _is_text(kind):
            return array.cast(pa.large_string())
        raise BadInput(f"{self._where} is of type {kind}; ids must be whole numbers or text")

    def _whole_numbers(self, array: Any) -> Any:
        """Whole numbers as they are; floats are how pandas writes whole numbers of which some are missing."""
        if pa.types.is_floating(array.type):
            array = pa.compute.if_else(pa.compute.is_nan(array), pa.scalar(None, array.type), array)
        try:
            return array.cast(pa.int64())
        except pa.ArrowInvalid as error:
            raise BadInput(f"{self._where}: ids must be whole numbers of 64 bits or text") from error


def read(path: Path, needed: Sequence[str], also: Sequence[str] = ()) -> Any:
    """Read the needed columns of a Parquet file, and of the others those that are there."""
    try:
        if not path.exists():
            raise BadInput(f"{path}: there is no such file")
        if path.is_file() and not path.stat().st_size:
            raise BadInput(f"{path}: the file is empty")
        names = pq.ParquetDataset(path).schema.names
        missing = [name for name in needed if name not in names]
        if missing:
            raise BadInput(f"{path}: the column {missing[0]} is missing (there are {', '.join(names) or 'none'})")
        return pq.read_table(path, columns=list(dict.fromkeys([*needed, *(name for name in also if name in names)])))
    except pa.ArrowInvalid as error:
        raise BadInput(f"{path}: this is no Parquet file that can be read: {_line(error)}") from error
    except (OSError, pa.ArrowException) as error:
        raise BadInput(f"{path}: cannot be read: {_line(error)}") from error


def write(path: Path, table: Any) -> None:
    """Write a file that appears whole or not at all."""
    aside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        pq.write_table(table, aside)
        os.replace(aside, path)
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        aside.unlink(missing_ok=True)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _as_numpy(different: Any) -> NDArray[Any]:
    if pa.types.is_integer(different.type):
        return np.asarray(different.to_numpy(zero_copy_only=False), np.int64)
    return np.array(different.to_pylist(), dtype=np.str_)


def _plain_name(kind: Any) -> str:
    """Name the type in which answers hold item ids: dictionaries and floats become what they stand for."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_integer(kind):
        return str(kind)
    return "large_string" if kind == pa.large_string() else "string" if _is_text(kind) else "int64"


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def is_number(kind: Any) -> bool:
    """Say whether an Arrow type is one of numbers."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _is_list(kind: Any) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))
