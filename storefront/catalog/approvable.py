"""What of products a second person approves."""

from __future__ import annotations

from datetime import datetime

from storefront.accounts.permissions import Permission
from storefront.approvals.errors import as_it_was
from storefront.approvals.kinds import Approved, Kind
from storefront.catalog import services
from storefront.catalog.errors import StaleProduct
from storefront.catalog.services import VariantPrice
from storefront.kernel.errors import N_
from storefront.kernel.money import Money


def _change_prices(request: Approved, at: datetime) -> None:
    payload = request.payload
    prices = {
        int(variant_id): VariantPrice(
            Money(price, payload["currency"]), None if before is None else Money(before, payload["currency"])
        )
        for variant_id, (price, before) in payload["prices"].items()
    }
    with as_it_was(StaleProduct):
        services.change_prices(
            product_id=payload["product"], version=payload["version"], prices=prices, by=request.actor, at=at
        )


APPROVABLE = (
    Kind(
        "prices",
        N_("Prices below cost"),
        Permission.PRICES_APPROVE,
        _change_prices,
        lambda product_id: f"/admin/products/{product_id}",
    ),
)
