"""What of flash sales a second person approves."""

from __future__ import annotations

from datetime import datetime

from storefront.accounts.permissions import Permission
from storefront.approvals.errors import as_it_was
from storefront.approvals.kinds import Approved, Kind
from storefront.flash import editing
from storefront.flash.errors import StaleSession
from storefront.flash.planning import ItemPlan, SessionPlan
from storefront.kernel.errors import N_
from storefront.kernel.money import Money


def _set_session(request: Approved, at: datetime) -> None:
    payload, told = request.payload, request.payload["plan"]
    plan = SessionPlan(
        datetime.fromisoformat(told["starts_at"]),
        datetime.fromisoformat(told["ends_at"]),
        tuple(
            ItemPlan(variant_id, sku, Money(minor, told["currency"]), quota, per_customer)
            for variant_id, sku, minor, quota, per_customer in told["items"]
        ),
    )
    if payload["session"] is None:
        editing.add_session(sale_id=payload["sale"], plan=plan, by=request.actor, at=at)
        return
    with as_it_was(StaleSession):
        editing.change_session(session_id=payload["session"], seen=payload["seen"], plan=plan, by=request.actor, at=at)


APPROVABLE = (
    Kind(
        "flash_prices",
        N_("Flash prices below cost"),
        Permission.PRICES_APPROVE,
        _set_session,
        lambda _key: "/admin/flash",
    ),
)
