"""Reads of coupons for their list and their page: templates, batches, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select

from admin.naming import is_named
from admin.tables import ListState, Source
from storefront.database.base import db
from storefront.kernel.errors import NotFound
from storefront.kernel.money import Money
from storefront.orders.models import Order
from storefront.promotions.models import CouponBatch, CouponCode, CouponTemplate, Promotion, PromotionUse
from storefront.shop.queries import get_settings

CODES_AT_ONCE = 2_000
_IS_USED = CouponCode.used_count > 0
_GIVEN = (
    select(func.count(CouponCode.id)).where(CouponCode.template_id == CouponTemplate.id).correlate(CouponTemplate)
).scalar_subquery()
_USED = (
    select(func.count(CouponCode.id))
    .where(CouponCode.template_id == CouponTemplate.id, _IS_USED)
    .correlate(CouponTemplate)
    .scalar_subquery()
)
SORTS: Mapping[str, Any] = {
    "name": Promotion.name,
    "given": _GIVEN,
    "ends": CouponTemplate.claim_ends_at,
    "changed": CouponTemplate.updated_at,
}


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a template: coupons given out and used, what they took off, and what those orders came to."""

    given: int
    used: int
    discount: Money
    revenue: Money
    orders: int

    @property
    def share_used(self) -> float:
        return self.used / self.given if self.given else 0.0


def templates_of(state: ListState) -> Source:
    """Return the coupons that `state` asks for."""
    conditions = [CouponTemplate.way == state.value("way")] if state.value("way") else []
    if state.value("active"):
        conditions.append(CouponTemplate.is_active.is_(state.value("active") == "yes"))
    if state.search:
        conditions.append(is_named(Promotion, state.search))
    rows = (
        select(
            CouponTemplate.id,
            CouponTemplate.way,
            CouponTemplate.is_active,
            CouponTemplate.claim_limit,
            CouponTemplate.claim_ends_at,
            CouponTemplate.updated_at,
            Promotion.name,
            Promotion.translations,
            Promotion.is_active.label("promotion_is_active"),
            _GIVEN.label("given"),
            _USED.label("used"),
        )
        .join(Promotion, Promotion.id == CouponTemplate.promotion_id)
        .where(*conditions)
    )
    return Source(rows, CouponTemplate.id, SORTS)


def get_template(template_id: int) -> CouponTemplate:
    """Return a template as it is stored now, or NotFound."""
    found = db.session.get(CouponTemplate, template_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def get_promotion(promotion_id: int) -> Promotion:
    """Return the promotion that a template gives."""
    return db.session.get_one(Promotion, promotion_id)


def list_promotions() -> Sequence[tuple[int, str]]:
    """Return the promotions that need a code, to choose from: the newest first."""
    rows = db.session.execute(
        select(Promotion.id, Promotion.name)
        .where(Promotion.requires_code, Promotion.archived_at.is_(None))
        .order_by(Promotion.id.desc())
    )
    return [(row.id, row.name) for row in rows]


def list_batches(template_id: int) -> Sequence[Any]:
    """Return the batches of a template with how many of their codes are used, unused and withdrawn."""

    def count(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    return db.session.execute(
        select(
            CouponBatch.id,
            CouponBatch.name,
            CouponBatch.size,
            CouponBatch.made_by,
            CouponBatch.made_at,
            count(_IS_USED).label("used"),
            count(~_IS_USED & CouponCode.is_active).label("unused"),
            count(~_IS_USED & ~CouponCode.is_active).label("withdrawn"),
        )
        .outerjoin(CouponCode, CouponCode.batch_id == CouponBatch.id)
        .where(CouponBatch.template_id == template_id)
        .group_by(CouponBatch.id)
        .order_by(CouponBatch.id.desc())
    ).all()


def get_batch(template_id: int, batch_id: int) -> CouponBatch:
    """Return a batch of a template, or NotFound."""
    found = db.session.get(CouponBatch, batch_id)
    if found is None or found.template_id != template_id:
        raise NotFound
    return found


def codes_of_batch(batch_id: int) -> Iterator[Sequence[Any]]:
    """Yield the codes of a batch, some thousands at a time, so that no export holds all of them."""
    after = 0
    while True:
        rows = db.session.execute(
            select(CouponCode.id, CouponCode.code, CouponCode.used_count, CouponCode.is_active, CouponCode.ends_at)
            .where(CouponCode.batch_id == batch_id, CouponCode.id > after)
            .order_by(CouponCode.id)
            .limit(CODES_AT_ONCE)
        ).all()
        if not rows:
            return
        yield rows
        after = rows[-1].id


def report_of(template_id: int) -> Report:
    """Return what came of a template; a cancelled order, which gave its coupon back, does not count."""
    given, used = db.session.execute(
        select(func.count(CouponCode.id), func.coalesce(func.sum(case((_IS_USED, 1), else_=0)), 0)).where(
            CouponCode.template_id == template_id
        )
    ).one()
    held = (
        select(PromotionUse.order_number, func.sum(PromotionUse.amount_minor).label("off"))
        .join(CouponCode, CouponCode.id == PromotionUse.coupon_code_id)
        .where(CouponCode.template_id == template_id)
        .group_by(PromotionUse.order_number)
        .having(func.sum(PromotionUse.uses) > 0)
        .subquery()
    )
    discount, revenue, orders = db.session.execute(
        select(func.coalesce(func.sum(held.c.off), 0), func.coalesce(func.sum(Order.total_minor), 0), func.count())
        .select_from(held)
        .outerjoin(Order, Order.number == held.c.order_number)
    ).one()
    currency = get_settings().currency
    return Report(int(given), int(used), Money(int(discount), currency), Money(int(revenue), currency), int(orders))
