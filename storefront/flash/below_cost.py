"""Flash prices below what goods cost: where the merchant wants that, one person does not decide them alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from storefront.catalog import limits
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.flash.models import FlashItem, FlashSession
from storefront.flash.planning import SessionPlan


def refuse_below_cost(
    plan: SessionPlan, stored: Mapping[int, FlashItem], *, sale_id: int, session: FlashSession | None, by: str
) -> None:
    """Raise NeedsApproval where a plan asks less than goods cost, and less than is `stored` already."""
    new = {
        item.variant_id: item.price
        for item in plan.items
        if item.variant_id not in stored or item.price.minor < stored[item.variant_id].price_minor
    }
    variants = db.session.scalars(select(Variant).where(Variant.id.in_(new)).order_by(Variant.sku))
    about = ("flash_session", str(session.id)) if session else ("flash_sale", str(sale_id))
    payload = {
        "sale": sale_id,
        "session": session.id if session else None,
        "seen": session.updated_at.isoformat() if session else "",
        "plan": _told(plan),
    }
    priced = [(variant, new[variant.id]) for variant in variants]
    limits.refuse_below_cost("flash_prices", about=about, priced=priced, payload=payload, by=by)


def _told(plan: SessionPlan) -> dict[str, Any]:
    return {
        "starts_at": plan.starts_at.isoformat(),
        "ends_at": plan.ends_at.isoformat(),
        "currency": plan.items[0].price.currency,
        "items": [[item.variant_id, item.sku, item.price.minor, item.quota, item.per_customer] for item in plan.items],
    }
