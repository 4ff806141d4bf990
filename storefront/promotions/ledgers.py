"""What must add up: every use, coupon and budget that was counted stands in the ledger of uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, and_, case, cast, func, or_, select

from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.kernel.ledgers import Discrepancy, Ledger
from storefront.promotions.models import CouponBatch, CouponCode, CouponTemplate, Promotion, PromotionUse


def discrepancies() -> Iterator[Discrepancy]:
    """Yield everything about promotions and coupons that does not add up; there should be nothing."""
    for ledger in LEDGERS:
        yield from ledger.find()


def _uses() -> Iterator[Discrepancy]:
    return _against_ledger(
        "promotion uses",
        Promotion.key,
        Promotion.used_count,
        Promotion.id == PromotionUse.promotion_id,
        PromotionUse.uses,
    )


def _budgets() -> Iterator[Discrepancy]:
    is_its = Promotion.id == PromotionUse.promotion_id
    return _against_ledger("promotion budgets", Promotion.key, Promotion.spent_minor, is_its, PromotionUse.amount_minor)


def _codes() -> Iterator[Discrepancy]:
    is_its = CouponCode.id == PromotionUse.coupon_code_id
    return _against_ledger("coupon codes", CouponCode.code, CouponCode.used_count, is_its, PromotionUse.uses)


def _against_ledger(
    name: str, key: Any, counter: Any, is_its: ColumnElement[bool], amount: Any
) -> Iterator[Discrepancy]:
    """Compare a counter with the sum of its rows in the ledger of uses."""
    booked = func.coalesce(func.sum(amount), 0)
    statement = (
        select(key, booked, counter)
        .select_from(counter.class_)
        .outerjoin(PromotionUse, is_its)
        .group_by(counter.class_.id, key, counter)
        .having(booked != counter)
    )
    return _told(name, statement.order_by(key))


def _claims() -> Iterator[Discrepancy]:
    """Coupons in wallets are counted by their template; codes of a batch are not."""
    held = func.count(CouponCode.id)
    statement = (
        select(CouponTemplate.key, held, CouponTemplate.claimed_count)
        .outerjoin(CouponCode, and_(CouponCode.template_id == CouponTemplate.id, CouponCode.customer_id.is_not(None)))
        .group_by(CouponTemplate.id, CouponTemplate.key, CouponTemplate.claimed_count)
        .having(held != CouponTemplate.claimed_count)
    )
    return _told("coupons claimed", statement.order_by(CouponTemplate.key))


def _batches() -> Iterator[Discrepancy]:
    made = func.count(CouponCode.id)
    statement = (
        select(CouponBatch.id, CouponBatch.size, made)
        .outerjoin(CouponCode, CouponCode.batch_id == CouponBatch.id)
        .group_by(CouponBatch.id, CouponBatch.size)
        .having(made != CouponBatch.size)
    )
    return _told("coupon batches", statement.order_by(CouponBatch.id))


def _own_uses() -> Iterator[Discrepancy]:
    """Nobody has used a promotion more often than they may: under each key, and as guest and customer together since it
    is known that they are the same.

    That is since the account has its e-mail, or since it was proven: what somebody used as a guest before they had an
    account with that e-mail, nobody could count together. It may be more than the limit then; only another use is not.
    Uses are counted since the promotion last changed: a limit that was lowered says nothing of what was before.
    """
    use = PromotionUse
    kind_of = use.customer_key.like("customer:%")
    number = case((kind_of, cast(func.substr(use.customer_key, len("customer:") + 1), Integer)))
    address = case((use.customer_key.like("email:%"), func.substr(use.customer_key, len("email:") + 1)))
    known_since = func.coalesce(Customer.email_verified_at, Customer.created_at)
    who, used = func.coalesce("customer:" + cast(Customer.id, String), use.customer_key), func.sum(use.uses)
    since = func.sum(case((use.at >= known_since, use.uses), else_=0))
    counted = (
        select(Promotion.key, who, Promotion.per_customer_limit, used)
        .select_from(use)
        .join(Promotion, Promotion.id == use.promotion_id)
        .outerjoin(Customer, or_(Customer.id == number, Customer.email == address))
        .where(Promotion.per_customer_limit.is_not(None), use.at >= Promotion.updated_at)
    )
    alone = counted.group_by(Promotion.key, who, Promotion.per_customer_limit, use.customer_key)
    together = counted.group_by(Promotion.key, who, Promotion.per_customer_limit)
    is_over = used > Promotion.per_customer_limit
    found: dict[tuple[str, str], Discrepancy] = {}
    for statement in (alone.having(is_over), together.having(is_over, since > 0)):
        for key, person, limit, count in db.session.execute(statement.order_by(Promotion.key, who)):
            found[key, person] = Discrepancy("uses per customer", f"{key} {person}", limit, int(count))
    yield from found.values()


def _limits() -> Iterator[Discrepancy]:
    """Counters within their limits; the tables' own constraints say the same."""
    row = Promotion
    is_over = or_(row.used_count > row.usage_limit, row.spent_minor > row.budget_minor, row.used_count < 0)
    for found in db.session.execute(select(row.key, row.usage_limit, row.used_count).where(is_over).order_by(row.key)):
        yield Discrepancy("promotion limits", *found)


def _told(name: str, statement: Any) -> Iterator[Discrepancy]:
    for key, expected, actual in db.session.execute(statement):
        yield Discrepancy(name, str(key), int(expected), int(actual))


def _count(column: Any) -> int:
    return db.session.scalar(select(func.count(column))) or 0


LEDGERS = (
    Ledger("promotion uses", lambda: _count(Promotion.id), _uses),
    Ledger("promotion budgets", lambda: _count(Promotion.id), _budgets),
    Ledger("promotion limits", lambda: _count(Promotion.id), _limits),
    Ledger("uses per customer", lambda: _count(PromotionUse.id), _own_uses),
    Ledger("coupon codes", lambda: _count(CouponCode.id), _codes),
    Ledger("coupons claimed", lambda: _count(CouponTemplate.id), _claims),
    Ledger("coupon batches", lambda: _count(CouponBatch.id), _batches),
)
