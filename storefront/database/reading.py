"""Reads of columns past the session: its machinery for objects costs more than such a query itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult, Executable

from storefront.database.base import db


def read(statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[*tuple[Any, ...]]:
    """Execute a query of columns in the session's transaction; what was not flushed it does not see."""
    return db.session.connection().execute(statement, values)
