"""How the shop is, in one value: what its database, its index and its model say."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from storefront.database import revision
from storefront.database.base import db
from storefront.discovery import recommending, searching
from storefront.discovery.recommending import ModelHealth
from storefront.discovery.searching import IndexHealth

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    """Whether the database answers and has the tables that the code needs; without it nothing works."""

    ok: bool
    dialect: str
    revision: str = ""
    problem: str = ""
    """What is to be done about it."""


@dataclass(frozen=True, slots=True)
class Health:
    """`status` is "ok", "degraded" (the shop sells, but searches its database or shows best sellers) or "down"."""

    status: str
    database: DatabaseHealth
    index: IndexHealth
    model: ModelHealth


def read_health() -> Health:
    """Ask each part how it is."""
    database, index, model = _database(), searching.health(), recommending.health()
    whole = index.usable and not index.problem and model.version and not model.problem
    status = "down" if not database.ok else "ok" if whole else "degraded"
    return Health(status, database, index, model)


def _database() -> DatabaseHealth:
    dialect = db.engine.dialect.name
    try:
        connection = db.session.connection()
        found, problem = revision.read(connection), revision.problem_of(connection)
    except SQLAlchemyError:
        log.exception("The database does not answer")
        return DatabaseHealth(False, dialect, problem="The database does not answer.")
    finally:
        db.session.rollback()
    if problem:
        log.error(problem)
    return DatabaseHealth(not problem, dialect, found or "", problem)
