"""A customer's wallet: which coupons are theirs, and how each stands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select

from storefront.database.reading import read
from storefront.promotions.models import CouponCode, Promotion

_USABLE = (
    select(CouponCode.code)
    .join(Promotion, Promotion.id == CouponCode.promotion_id)
    .where(
        CouponCode.customer_id == bindparam("customer"),
        CouponCode.is_active,
        or_(CouponCode.usage_limit.is_(None), CouponCode.used_count < CouponCode.usage_limit),
        or_(CouponCode.starts_at.is_(None), CouponCode.starts_at <= bindparam("at")),
        or_(CouponCode.ends_at.is_(None), CouponCode.ends_at > bindparam("at")),
        Promotion.is_active,
        Promotion.archived_at.is_(None),
        or_(Promotion.starts_at.is_(None), Promotion.starts_at <= bindparam("at")),
        or_(Promotion.ends_at.is_(None), Promotion.ends_at > bindparam("at")),
    )
    .order_by(func.coalesce(CouponCode.ends_at, Promotion.ends_at).asc().nulls_last(), CouponCode.id)
)


def usable_codes(customer_id: int, at: datetime) -> tuple[str, ...]:
    """Return the codes of a customer's coupons that can be used now, those that end first before the others."""
    return tuple(read(_USABLE, {"customer": customer_id, "at": at}).scalars())


_CLOSED = select(CouponCode.code).where(
    CouponCode.code.in_(bindparam("codes", expanding=True)),
    or_(
        and_(CouponCode.customer_id.is_not(None), CouponCode.customer_id != bindparam("customer")),
        and_(
            bindparam("checkout") != "",
            CouponCode.locked_until > bindparam("at"),
            CouponCode.locked_by != bindparam("checkout"),
        ),
    ),
)


def closed_codes(
    codes: Collection[str], *, customer_id: int | None, checkout: str = "", at: datetime
) -> frozenset[str]:
    """Return those of `codes` that belong to somebody else or, if `checkout` is known, that another one has locked."""
    if not codes:
        return frozenset()
    values = {"codes": list(codes), "customer": customer_id or 0, "checkout": checkout, "at": at}
    return frozenset(read(_CLOSED, values).scalars())
