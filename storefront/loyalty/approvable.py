"""What of points a second person approves."""

from __future__ import annotations

from datetime import datetime

from storefront.accounts.permissions import Permission
from storefront.approvals.kinds import Approved, Kind
from storefront.audit import services as audit
from storefront.kernel.errors import N_
from storefront.loyalty import services


def _give(request: Approved, at: datetime) -> None:
    customer_id, points = int(request.payload["customer"]), int(request.payload["points"])
    reason = str(request.payload["reason"])
    after = services.adjust(customer_id=customer_id, points=points, reason=reason, by=request.actor, at=at).available
    changes = {"available": (after - points, after), "points": (0, points), "reason": ("", reason)}
    about = ("customer", str(customer_id))
    audit.record(actor=request.actor, action="points.adjust", about=about, changes=changes, at=at)


def _url(number: str) -> str:
    return f"/admin/loyalty/customers/{number}"


APPROVABLE = (Kind("points", N_("Points given"), Permission.REFUNDS_APPROVE, _give, _url),)
