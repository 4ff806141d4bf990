"""Names of rows that have one in several languages."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from storefront.database.base import db
from storefront.web.locale import localized


def names_by_id(table: Any, ids: Collection[int]) -> dict[int, str]:
    """Return the names of those of a table's rows that exist, in the reader's language."""
    if not ids:
        return {}
    rows = db.session.execute(select(table.id, table.name, table.translations).where(table.id.in_(sorted(ids))))
    return {row.id: localized(row.name, row.translations) for row in rows}
