"""Which faults mean that the database is away or not ready, so that trying again later helps."""

from __future__ import annotations

import logging

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from storefront.database import revision
from storefront.database.base import db

log = logging.getLogger(__name__)

MISSING = frozenset({"42P01", "42703"})
"""PostgreSQL's names for a table or a column that is not there."""


def is_away(error: Exception) -> bool:
    """Say whether a fault came of a database that does not answer, is too busy, or is older than the code."""
    if isinstance(error, DBAPIError) and _is_about_tables(error):
        return _is_behind()
    return isinstance(error, OperationalError | InterfaceError | NoConnectionLeft)


def _is_about_tables(error: DBAPIError) -> bool:
    text = str(error.orig)
    return getattr(error.orig, "sqlstate", "") in MISSING or "no such " in text or "has no column" in text


def _is_behind() -> bool:
    try:
        with db.engine.connect() as connection:
            problem = revision.problem_of(connection)
    except SQLAlchemyError:
        return True
    if problem:
        log.error(problem)
    return bool(problem)
