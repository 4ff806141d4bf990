"""How much a promotion may cost that one person starts alone.

A budget bounds the cost. Without one, what a trial on past orders expects counts; without that, nobody knows, and a
second person decides. What runs and goes beyond the limit is changed after it was paused only, so that nobody changes
what was approved.
"""

from __future__ import annotations

from storefront.approvals.errors import NeedsApproval
from storefront.approvals.kinds import Seen, Wanted, acts_alone
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.promotions.errors import PauseFirst
from storefront.promotions.models import Promotion as PromotionRow
from storefront.shop.queries import get_settings


def refuse_alone(*, row: PromotionRow, expected: Money | None, by: str) -> None:
    """Raise NeedsApproval where one person may not start a promotion that may cost so much."""
    cap = _cap(by)
    if cap is None:
        return
    budget = None if row.budget_minor is None else Money(row.budget_minor, cap.currency)
    cost = budget if budget is not None else expected
    if cost is not None and cost <= cap:
        return
    seen = [Seen(N_("Promotion"), row.name)]
    seen.append(Seen(N_("Budget"), amount=budget) if budget is not None else Seen(N_("Budget"), "–"))
    seen.append(
        Seen(N_("Expected cost, from a trial on past orders"), amount=expected)
        if expected is not None
        else Seen(N_("Expected cost, from a trial on past orders"), "–")
    )
    payload = {"promotion": row.id, "version": row.version}
    raise NeedsApproval(Wanted("promotion", ("promotion", str(row.id)), payload, tuple(seen), cost))


def refuse_change(*, row: PromotionRow, budget: Money | None, by: str) -> None:
    """Raise PauseFirst where somebody changes a running promotion that may cost more than one person decides alone."""
    cap = _cap(by)
    if cap is not None and row.is_active and (budget is None or budget > cap):
        raise PauseFirst


def _cap(by: str) -> Money | None:
    settings = get_settings()
    if not settings.promotion_approval_above or not acts_alone(by):
        return None
    return Money.parse(str(settings.promotion_approval_above), settings.currency)
