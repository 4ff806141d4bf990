"""How far the demo is loaded: one row of the settings that every step rewrites in its own transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.database.base import db
from storefront.demo.dictionary import words_hash
from storefront.kernel.errors import ShopError
from storefront.shop.models import Setting

KEY = "demo"
EDITION = "2"
"""Raise it when a change of the room makes a loaded demo differ from what would be loaded now."""


class DemoRefused(ShopError):
    """The demo would meet something that is not its own."""


@dataclass(slots=True)
class Mark:
    """What was loaded, as of which day, and which steps are done."""

    size: str
    edition: str
    day: str
    done: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def edition() -> str:
    """Name what the demo is made of: the words and the way they are put together."""
    return f"{EDITION}-{words_hash()}"


def read_mark() -> Mark | None:
    """Return what was loaded so far, or None."""
    value: dict[str, Any] | None = db.session.scalar(select(Setting.value).where(Setting.key == KEY))
    db.session.rollback()
    return Mark(**value) if value else None


def write_mark(session: Session, mark: Mark, at: datetime) -> None:
    """Store how far the load is."""
    value = {name: getattr(mark, name) for name in Mark.__slots__}
    row = session.get(Setting, KEY)
    if row is None:
        session.add(Setting(key=KEY, value=value, updated_at=at))
    else:
        row.value, row.updated_at = value, at
    session.flush()
