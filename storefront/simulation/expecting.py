"""What a promotion will cost, as far as a trial on past orders can tell."""

from __future__ import annotations

from datetime import datetime

from storefront.kernel.money import Money
from storefront.promotions.models import Promotion as PromotionRow
from storefront.promotions.rules import promotion_to_data
from storefront.simulation import queries
from storefront.simulation.states import RunStatus

A_YEAR = 365
"""So many days are counted of a promotion that has no end."""


def expected_cost(row: PromotionRow, *, at: datetime) -> Money | None:
    """Return what the latest trial of a promotion as it is now makes of the days that it has before it.

    None where it was never tried, or was changed since.
    """
    draft = queries.draft_of(row)
    if draft is None:
        return None
    now_is = promotion_to_data(draft)
    for run in queries.list_runs(row.id):
        if run.status == RunStatus.DONE and run.draft == now_is:
            tried = (run.last_day - run.first_day).days + 1
            planned = _days_left(row, at)
            return Money(-(-int(run.figures["cost"]) * planned // tried), str(run.figures["currency"]))
    return None


def _days_left(row: PromotionRow, at: datetime) -> int:
    if row.ends_at is None:
        return A_YEAR
    begins = max(at, row.starts_at) if row.starts_at else at
    return max(1, -(-int((row.ends_at - begins).total_seconds()) // 86_400))
