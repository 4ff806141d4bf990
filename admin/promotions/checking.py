"""The linter over what is typed or stored, beside every other promotion that is not put away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import g
from sqlalchemy import func, select

from admin.promotions.reach import MOST_TRIED, goods_now
from storefront.accounts.models import CustomerGroup
from storefront.database.base import db
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.loyalty.models import Tier
from storefront.promotions.editing import PromotionPlan, public_codes
from storefront.promotions.models import CouponCode
from storefront.promotions.models import Promotion as PromotionRow
from storefront.promotions.reading import find_promotion
from storefront.promotions.rules import Limits, Promotion
from storefront.promotions.rules.findings import Catalogue, Finding, Odd, Severity
from storefront.promotions.rules.linting import lint

__all__ = ["Finding", "blocks", "check", "check_stored", "warns"]


def check(plan: PromotionPlan, promotion_id: int) -> Sequence[Finding]:
    """Return what is odd about a plan; `promotion_id` is 0 for a new promotion."""
    row = db.session.get(PromotionRow, promotion_id) if promotion_id else None
    used, spent = (row.used_count, row.spent_minor) if row else (0, 0)
    limits = Limits(
        uses_left=None if plan.usage_limit is None else plan.usage_limit - used,
        per_customer=plan.per_customer_limit,
        budget_left=None if plan.budget is None else plan.budget - Money(spent, plan.budget.currency),
    )
    codes = frozenset(code.code for code in plan.codes)
    return _lint(replace(plan.promotion, id=promotion_id, limits=limits, codes=codes), promotion_id)


def check_stored(row: Any) -> Sequence[Finding]:
    """Return what is odd about a promotion as it is stored."""
    found = find_promotion(row, g.shop.currency)
    if found is None:
        return (Finding(Odd.UNREADABLE),)
    codes = frozenset(code.code for code in public_codes(row.id))
    return _lint(replace(found, codes=codes) if found.needs_code else found, row.id)


def blocks(plan: PromotionPlan, promotion_id: int) -> bool:
    """Say whether a plan must not run."""
    return any(finding.blocks for finding in check(plan, promotion_id))


def warns(findings: Sequence[Finding]) -> bool:
    """Say whether somebody must confirm what was found."""
    return any(finding.severity is Severity.WARNING for finding in findings)


def _lint(promotion: Promotion, promotion_id: int) -> Sequence[Finding]:
    at, currency = now(), promotion.currency
    statement = select(PromotionRow.__table__).where(
        PromotionRow.is_active,
        PromotionRow.id != promotion_id,
        func.coalesce(PromotionRow.ends_at > at, True),
    )
    others = [find_promotion(row, currency) for row in db.session.execute(statement).all()]
    held = select(func.count()).select_from(CouponCode)
    codes = db.session.scalar(held.where(CouponCode.promotion_id == promotion_id, CouponCode.is_active)) or 0
    catalogue = Catalogue(
        now=at,
        goods=goods_now(),
        tiers=frozenset(db.session.scalars(select(Tier.key))),
        groups=frozenset(db.session.scalars(select(CustomerGroup.key))),
        codes=codes,
        most_tried=MOST_TRIED,
    )
    return lint(promotion, [other for other in others if other is not None], catalogue)
