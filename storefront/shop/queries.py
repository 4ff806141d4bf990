"""Reads of merchant settings."""

from __future__ import annotations

from sqlalchemy import select

from storefront.database.base import db
from storefront.kernel.kept import Kept
from storefront.shop.models import Setting
from storefront.shop.rules import ShopSettings, from_rows


def _read() -> ShopSettings:
    rows = db.session.execute(select(Setting.key, Setting.value)).all()
    return from_rows({row.key: row.value for row in rows})


_kept = Kept(_read, seconds=2.0)
get_settings = _kept.get
forget = _kept.forget
