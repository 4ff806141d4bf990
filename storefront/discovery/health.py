"""How the shop is, in one value: what its database, its index and its model say."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from storefront.database.base import db
from storefront.discovery import recommending, searching
from storefront.discovery.recommending import ModelHealth
from storefront.discovery.searching import IndexHealth
from storefront.shop.models import Setting

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    """Whether the database answers; without it nothing works."""

    ok: bool
    dialect: str


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
        db.session.execute(select(Setting.key).limit(1))
    except SQLAlchemyError:
        log.exception("The database does not answer")
        return DatabaseHealth(False, dialect)
    return DatabaseHealth(True, dialect)
