"""Writes of merchant settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.shop import queries
from storefront.shop.models import Setting
from storefront.shop.rules import ShopSettings, from_rows


def change_settings(*, values: Mapping[str, Any], at: datetime) -> ShopSettings:
    """Store settings, once the whole of them is valid."""
    rows = {row.key: row for row in db.session.scalars(db.select(Setting))}
    changed = replace(from_rows({key: row.value for key, row in rows.items()}), **values)
    for key, value in values.items():
        if key in rows:
            rows[key].value, rows[key].updated_at = value, at
        else:
            db.session.add(Setting(key=key, value=value, updated_at=at))
    db.session.flush()
    after_commit(queries.forget)
    return changed
