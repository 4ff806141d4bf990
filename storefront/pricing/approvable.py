"""What of price lists a second person approves."""

from __future__ import annotations

from datetime import datetime

from storefront.accounts.permissions import Permission
from storefront.approvals.kinds import Approved, Kind
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.pricing import services
from storefront.pricing.plans import EntryPlan


def _set_entries(request: Approved, at: datetime) -> None:
    payload = request.payload
    entries = [
        EntryPlan(variant_id, quantity, Money(minor, payload["currency"]))
        for variant_id, quantity, minor in payload["entries"]
    ]
    services.set_entries(list_id=payload["list"], version=payload["version"], entries=entries, by=request.actor, at=at)


APPROVABLE = (
    Kind(
        "list_prices",
        N_("Prices below cost in a list"),
        Permission.PRICES_APPROVE,
        _set_entries,
        lambda list_id: f"/admin/price-lists/{list_id}",
    ),
)
