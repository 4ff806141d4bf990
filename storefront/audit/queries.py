"""Reads of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from storefront.audit.models import AuditEntry
from storefront.database.base import db

ENDS = ("delete", "remove")
"""What the last act on an object is called; SQLite gives its number to another one."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries; an empty field means any."""

    actor: str = ""
    object_kind: str = ""
    object_key: str = ""
    since: datetime | None = None
    until: datetime | None = None


def entries(wanted: Filter) -> Select[*tuple[Any, ...]]:
    """Return the statement of these entries, in no order."""
    return _rows().where(*_conditions(wanted))


def list_entries_about(object_kind: str, object_key: str, *, limit: int = 20) -> Sequence[Any]:
    """Return what was done to one object, the newest first; not what was done to one of before that had its number."""
    wanted, ends = Filter(object_kind=object_kind, object_key=object_key), {f"{object_kind}.{end}" for end in ENDS}
    rows = db.session.execute(entries(wanted).order_by(AuditEntry.id.desc()).limit(limit)).all()
    return list(takewhile(lambda row: row.action not in ends, rows))


def _rows() -> Select[*tuple[Any, ...]]:
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
