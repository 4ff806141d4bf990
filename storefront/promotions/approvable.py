"""What of promotions a second person approves."""

from __future__ import annotations

from datetime import datetime

from storefront.accounts.permissions import Permission
from storefront.approvals.errors import as_it_was
from storefront.approvals.kinds import Approved, Kind
from storefront.kernel.errors import N_
from storefront.promotions import editing
from storefront.promotions.errors import StalePromotion


def _activate(request: Approved, at: datetime) -> None:
    payload = request.payload
    with as_it_was(StalePromotion):
        editing.activate_promotion(
            promotion_id=payload["promotion"], version=payload["version"], expected=None, by=request.actor, at=at
        )


APPROVABLE = (
    Kind(
        "promotion",
        N_("Costly promotion"),
        Permission.PROMOTIONS_APPROVE,
        _activate,
        lambda promotion_id: f"/admin/promotions/{promotion_id}",
    ),
)
