"""How many points one person gives alone. They are money: beyond what one may send back, a second person approves.

What counts is all that one person gave a customer within a day, so that two halves are no two small gifts.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from storefront.approvals.errors import NeedsApproval
from storefront.approvals.kinds import Seen, Wanted, acts_alone
from storefront.database.base import db
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.loyalty.models import PointsEntry
from storefront.loyalty.rules import Balance
from storefront.loyalty.states import EntryKind
from storefront.promotions.rules.points import points_worth
from storefront.shop.queries import get_settings

A_DAY = timedelta(days=1)


def refuse_alone(*, customer_id: int, balance: Balance, points: int, reason: str, by: str, at: datetime) -> None:
    """Raise NeedsApproval where `by` may not give a customer so many points."""
    settings = get_settings()
    if points <= 0 or not settings.refund_approval_above or not acts_alone(by):
        return
    worth = points_worth(points, settings.points_worth, settings.currency)
    before = points_worth(_given(customer_id, by, at), settings.points_worth, settings.currency)
    if worth + before <= Money.parse(str(settings.refund_approval_above), settings.currency):
        return
    seen = (
        Seen(N_("Points"), f"{points:+,}"),
        Seen(N_("Worth"), amount=worth),
        Seen(N_("To spend before"), f"{balance.available:,}"),
        Seen(N_("The customer reads"), reason),
    )
    payload = {"customer": customer_id, "points": points, "reason": reason}
    raise NeedsApproval(Wanted("points", ("customer", str(customer_id)), payload, seen, worth))


def _given(customer_id: int, by: str, at: datetime) -> int:
    given = (
        PointsEntry.customer_id == customer_id,
        PointsEntry.kind == EntryKind.ADJUST,
        PointsEntry.actor == by,
        PointsEntry.at > at - A_DAY,
        PointsEntry.available_delta > 0,
    )
    return int(db.session.scalar(select(func.coalesce(func.sum(PointsEntry.available_delta), 0)).where(*given)) or 0)
