"""Reads of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from storefront.audit.models import AuditEntry
from storefront.database.base import db
from storefront.kernel.paging import Page

MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries; an empty field means any."""

    actor: str = ""
    object_kind: str = ""
    object_key: str = ""
    since: datetime | None = None
    until: datetime | None = None


def page_of_entries(wanted: Filter, *, number: int, size: int) -> Page[Any]:
    """Return one page of entries, the newest first; beyond ten thousand they are no longer counted."""
    conditions = list(_conditions(wanted))
    total = db.session.scalar(
        select(func.count()).select_from(select(AuditEntry.id).where(*conditions).limit(MOST_COUNTED).subquery())
    )
    rows = db.session.execute(
        _rows().where(*conditions).order_by(AuditEntry.id.desc()).limit(size).offset((number - 1) * size)
    ).all()
    return Page(rows, total or 0, number, size)


def list_entries_about(object_kind: str, object_key: str, *, limit: int = 20) -> Sequence[Any]:
    """Return what was done to one object, the newest first."""
    wanted = Filter(object_kind=object_kind, object_key=object_key)
    return db.session.execute(_rows().where(*_conditions(wanted)).order_by(AuditEntry.id.desc()).limit(limit)).all()


def _rows() -> Any:
    return select(
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.actor,
        AuditEntry.action,
        AuditEntry.object_kind,
        AuditEntry.object_key,
        AuditEntry.changes,
    )


def _conditions(wanted: Filter) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (AuditEntry.actor, wanted.actor),
        (AuditEntry.object_kind, wanted.object_kind),
        (AuditEntry.object_key, wanted.object_key),
    ):
        if value:
            found.append(column == value)
    if wanted.since:
        found.append(AuditEntry.at >= wanted.since)
    if wanted.until:
        found.append(AuditEntry.at < wanted.until)
    return found
