"""What an order uses of promotions becomes another thing, since its goods have: one pass in the order of ids.

What it held it holds on, whatever has become of the promotion since; only the amount moves, within the budget. What it
no longer uses goes back, and what comes on top is taken as any order takes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, literal, or_, select, update

from storefront.database.base import db
from storefront.promotions import services
from storefront.promotions.errors import PromotionRanOut
from storefront.promotions.models import CouponCode, Promotion, PromotionUse
from storefront.promotions.services import Use


def change_uses(*, uses: Sequence[Use], customer_key: str, order_number: str, at: datetime) -> None:
    """Let an order use exactly these; refuse as `take_uses` does what there is no more of."""
    held = _held(order_number)
    wanted = {use.promotion_id: use for use in uses}
    for promotion_id in sorted({*held, *wanted}):
        row, use = held.get(promotion_id), wanted.get(promotion_id)
        if row is None and use is not None:
            services.take_uses(uses=[use], customer_key=customer_key, order_number=order_number, at=at)
        elif row is not None:
            _move(row, use, order_number, at)


def _held(order_number: str) -> Mapping[int, Any]:
    ledger = PromotionUse
    each = (ledger.promotion_id, ledger.coupon_code_id, ledger.customer_key)
    rows = db.session.execute(
        select(*each, func.sum(ledger.uses).label("uses"), func.sum(ledger.amount_minor).label("amount_minor"))
        .where(ledger.order_number == order_number)
        .group_by(*each)
        .having(func.sum(ledger.uses) > 0)
    )
    return {row.promotion_id: row for row in rows}


def _move(row: Any, use: Use | None, order_number: str, at: datetime) -> None:
    uses = 0 if use else -int(row.uses)
    amount = (use.amount.minor if use else 0) - int(row.amount_minor)
    if not uses and not amount:
        return
    moved = db.session.execute(
        update(Promotion)
        .where(
            Promotion.id == row.promotion_id,
            or_(
                literal(amount <= 0),
                Promotion.budget_minor.is_(None),
                Promotion.spent_minor + amount <= Promotion.budget_minor,
            ),
        )
        .values(used_count=Promotion.used_count + uses, spent_minor=Promotion.spent_minor + amount)
        .execution_options(synchronize_session=False)
    )
    if not moved.rowcount:  # type: ignore[attr-defined]
        raise PromotionRanOut(name=db.session.scalar(select(Promotion.name).where(Promotion.id == row.promotion_id)))
    if uses and row.coupon_code_id is not None:
        db.session.execute(
            update(CouponCode)
            .where(CouponCode.id == row.coupon_code_id)
            .values(used_count=CouponCode.used_count + uses)
            .execution_options(synchronize_session=False)
        )
    whose = {"coupon_code_id": row.coupon_code_id, "customer_key": row.customer_key, "order_number": order_number}
    values = {"promotion_id": row.promotion_id, **whose, "uses": uses, "amount_minor": amount, "at": at}
    db.session.execute(insert(PromotionUse).values(values))
