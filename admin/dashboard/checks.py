"""What operators look at: whether every ledger added up when it was last proven, and which jobs failed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from storefront.database.base import db
from storefront.jobs.models import DeadLetter

MOST = 50


def list_failed_jobs() -> tuple[Sequence[DeadLetter], int]:
    """Return the jobs that failed last, the latest first, and how many there are."""
    total = db.session.scalar(select(func.count()).select_from(DeadLetter)) or 0
    return db.session.scalars(select(DeadLetter).order_by(DeadLetter.id.desc()).limit(MOST)).all(), total
