"""What of price lists a second person approves."""

from __future__ import annotations

from datetime import datetime

from storefront.accounts.permissions import Permission
from storefront.approvals.errors import as_it_was
from storefront.approvals.kinds import Approved, Kind
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.pricing import services
from storefront.pricing.errors import StalePriceList
from storefront.pricing.plans import EntryPlan, ListPlan


def _set_entries(request: Approved, at: datetime) -> None:
    payload = request.payload
    entries = [
        EntryPlan(variant_id, quantity, Money(minor, payload["currency"]))
        for variant_id, quantity, minor in payload["entries"]
    ]
    version = payload["version"]
    with as_it_was(StalePriceList):
        services.set_entries(list_id=payload["list"], version=version, entries=entries, by=request.actor, at=at)


def _set_share(request: Approved, at: datetime) -> None:
    payload, told = request.payload, request.payload["plan"]
    times = {name: datetime.fromisoformat(told[name]) if told[name] else None for name in ("starts_at", "ends_at")}
    plan = ListPlan(**{**told, **times, "tiers": tuple(told["tiers"]), "groups": tuple(told["groups"])})
    if payload["list"] is None:
        services.add_list(plan=plan, by=request.actor, at=at)
        return
    with as_it_was(StalePriceList):
        services.change_list(list_id=payload["list"], version=payload["version"], plan=plan, by=request.actor, at=at)


def _url(list_id: str) -> str:
    return f"/admin/price-lists/{list_id}" if list_id else "/admin/price-lists"


APPROVABLE = (
    Kind("list_prices", N_("Prices below cost in a list"), Permission.PRICES_APPROVE, _set_entries, _url),
    Kind("list_share", N_("A price list that goes below cost"), Permission.PRICES_APPROVE, _set_share, _url),
)
