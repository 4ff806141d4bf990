"""How a promotion stands at a moment: for one row, and as a condition of a query."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_

from storefront.kernel.errors import N_
from storefront.promotions.models import Promotion


class Standing(StrEnum):
    """What a promotion is doing."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    USED_UP = "used_up"
    ARCHIVED = "archived"


STANDINGS: dict[str, str] = {
    Standing.DRAFT: N_("Draft"),
    Standing.SCHEDULED: N_("Scheduled"),
    Standing.RUNNING: N_("Running"),
    Standing.PAUSED: N_("Paused"),
    Standing.ENDED: N_("Ended"),
    Standing.USED_UP: N_("Used up"),
    Standing.ARCHIVED: N_("Archived"),
}
LOOKS: dict[str, str] = {
    Standing.SCHEDULED: "new",
    Standing.RUNNING: "positive",
    Standing.PAUSED: "warning",
    Standing.USED_UP: "soft",
}
"""How a standing's badge looks; the words say it too."""


def standing_of(row: Any, at: datetime) -> Standing:
    """Return how the promotion of a row stands at `at`."""
    if row.archived_at is not None:
        return Standing.ARCHIVED
    if not row.is_active:
        return Standing.DRAFT if row.activated_at is None else Standing.PAUSED
    if row.ends_at is not None and row.ends_at <= at:
        return Standing.ENDED
    if _is_reached(row.used_count, row.usage_limit) or _is_reached(row.spent_minor, row.budget_minor):
        return Standing.USED_UP
    return Standing.SCHEDULED if row.starts_at is not None and row.starts_at > at else Standing.RUNNING


def stands(standing: str, at: datetime) -> ColumnElement[bool]:
    """Return the condition under which a promotion stands so; anything unknown is all but the archive."""
    kept, active = Promotion.archived_at.is_(None), Promotion.is_active
    ended = func.coalesce(Promotion.ends_at <= at, False)
    used_up = or_(
        func.coalesce(Promotion.used_count >= Promotion.usage_limit, False),
        func.coalesce(Promotion.spent_minor >= Promotion.budget_minor, False),
    )
    waits = func.coalesce(Promotion.starts_at > at, False)
    live = and_(kept, active, not_(ended), not_(used_up))
    conditions: dict[str, ColumnElement[bool]] = {
        Standing.ARCHIVED: Promotion.archived_at.is_not(None),
        Standing.DRAFT: and_(kept, not_(active), Promotion.activated_at.is_(None)),
        Standing.PAUSED: and_(kept, not_(active), Promotion.activated_at.is_not(None)),
        Standing.ENDED: and_(kept, active, ended),
        Standing.USED_UP: and_(kept, active, not_(ended), used_up),
        Standing.SCHEDULED: and_(live, waits),
        Standing.RUNNING: and_(live, not_(waits)),
    }
    return conditions.get(standing, kept)


def _is_reached(count: int, limit: int | None) -> bool:
    return limit is not None and count >= limit
