"""Promotions that an order has: as they can be read today, without dates, limits and audience, since they applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select

from storefront.database.base import db
from storefront.promotions.models import Promotion as PromotionRow
from storefront.promotions.reading import find_promotion
from storefront.promotions.rules import Limits, Promotion
from storefront.promotions.rules.promotion import EVERYONE


def find_agreed(codes: Mapping[str, str], currency: str) -> tuple[Promotion, ...] | None:
    """Return the promotions with these keys, each unlocked by its code ("" for none); None if one cannot be read."""
    rows = db.session.scalars(select(PromotionRow).where(PromotionRow.key.in_(codes))).all() if codes else ()
    found = [promotion for row in rows if (promotion := find_promotion(row, currency))]
    if {promotion.key for promotion in found} != set(codes):
        return None
    return tuple(
        replace(
            promotion,
            audience=EVERYONE,
            limits=Limits(),
            starts_at=None,
            ends_at=None,
            codes=frozenset({code}) if (code := codes[promotion.key]) else frozenset(),
        )
        for promotion in found
    )
