"""Writes of promotions: taking and giving back what can run out, and locking codes for a checkout."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, insert, or_, select, update

from storefront.accounts.queries import keys_of
from storefront.database.base import db
from storefront.kernel.money import Money
from storefront.promotions.errors import CodeInUse, PromotionRanOut
from storefront.promotions.models import CouponCode, Promotion, PromotionUse
from storefront.shop.queries import get_settings


@dataclass(frozen=True, slots=True)
class Use:
    """One promotion that an order uses, for a positive `amount`, unlocked by `code` if it needs one."""

    promotion_id: int
    code: str
    amount: Money


def take_uses(*, uses: Sequence[Use], customer_key: str, order_number: str, at: datetime, checkout: str = "") -> None:
    """Count an order's promotions against their limits, all of them; refuse with PromotionRanOut or CodeInUse.

    Each limit is one conditional UPDATE, in the order of ids. It locks the promotion's row until the transaction ends,
    so the ledger that says how often this customer used it cannot grow in between. `checkout` is the token of the
    checkout that becomes this order: codes that it has locked are its own.
    """
    for use in sorted(uses, key=lambda use: use.promotion_id):
        if not _take(use, Promotion.is_active.is_(True)) or not _may_use_again(use, customer_key):
            raise PromotionRanOut(name=_name_of(use.promotion_id))
        db.session.execute(
            insert(PromotionUse).values(
                promotion_id=use.promotion_id,
                coupon_code_id=_take_code(use, customer_key=customer_key, checkout=checkout, at=at),
                customer_key=customer_key,
                order_number=order_number,
                uses=1,
                amount_minor=use.amount.minor,
                at=at,
            )
        )


def give_back_uses(*, order_number: str, at: datetime) -> int:
    """Give back what an order had taken, and return how many promotions that were; a second time it is none."""
    ledger = PromotionUse
    held = db.session.execute(
        select(
            ledger.promotion_id,
            ledger.coupon_code_id,
            ledger.customer_key,
            func.sum(ledger.uses).label("uses"),
            func.sum(ledger.amount_minor).label("amount_minor"),
        )
        .where(ledger.order_number == order_number)
        .group_by(ledger.promotion_id, ledger.coupon_code_id, ledger.customer_key)
        .having(func.sum(ledger.uses) > 0)
        .order_by(ledger.promotion_id)
    ).all()
    for row in held:
        uses, amount = int(row.uses), int(row.amount_minor)
        db.session.execute(
            update(Promotion)
            .where(Promotion.id == row.promotion_id)
            .values(used_count=Promotion.used_count - uses, spent_minor=Promotion.spent_minor - amount)
        )
        if row.coupon_code_id is not None:
            db.session.execute(
                update(CouponCode)
                .where(CouponCode.id == row.coupon_code_id)
                .values(used_count=CouponCode.used_count - uses)
            )
        back = {"order_number": order_number, "uses": -uses, "amount_minor": -amount, "at": at}
        who = {"coupon_code_id": row.coupon_code_id, "customer_key": row.customer_key}
        db.session.execute(insert(PromotionUse).values(promotion_id=row.promotion_id, **who, **back))
    return len(held)


def retake_uses(*, order_number: str, at: datetime) -> int:
    """Take anew what an order gave back when it was cancelled, and return how many; refuse as `take_uses` does.

    What was agreed is agreed: a promotion or a code that has ended or been switched off since counts all the same. But
    whoever used it meanwhile has used it: limits, budgets and codes that other checkouts hold are respected. What the
    order holds already is not taken again.
    """
    mine = PromotionUse.order_number == order_number
    each = (PromotionUse.promotion_id, PromotionUse.coupon_code_id, PromotionUse.customer_key)
    last = (
        select(func.max(case((PromotionUse.uses < 0, PromotionUse.id))))
        .where(mine)
        .group_by(*each)
        .having(func.sum(PromotionUse.uses) == 0)
    )
    given_back = db.session.execute(
        select(*each, PromotionUse.uses, PromotionUse.amount_minor, CouponCode.code)
        .outerjoin(CouponCode, CouponCode.id == PromotionUse.coupon_code_id)
        .where(PromotionUse.id.in_(last))
        .order_by(PromotionUse.promotion_id)
    ).all()
    currency = get_settings().currency if given_back else ""
    for row in given_back:
        use = Use(row.promotion_id, row.code or "", Money(-row.amount_minor, currency))
        if not _take(use) or not _may_use_again(use, row.customer_key):
            raise PromotionRanOut(name=_name_of(use.promotion_id))
        if row.coupon_code_id is not None:
            _count_code(use, CouponCode.id == row.coupon_code_id, checkout="", at=at)
        what = {"promotion_id": row.promotion_id, "coupon_code_id": row.coupon_code_id, "uses": -row.uses}
        whose = {"customer_key": row.customer_key, "order_number": order_number}
        db.session.execute(insert(PromotionUse).values(**what, **whose, amount_minor=-row.amount_minor, at=at))
    return len(given_back)


def lock_codes(codes: Collection[str], *, token: str, until: datetime, at: datetime) -> int:
    """Keep codes that can be used only once more for the checkout `token` until then; refuse with CodeInUse.

    Codes that can be used more often need no lock. Returns how many are locked; asked again, the time grows longer.
    """
    single = db.session.execute(
        select(CouponCode.id, CouponCode.code)
        .where(CouponCode.code.in_(set(codes)), CouponCode.usage_limit - CouponCode.used_count <= 1)
        .order_by(CouponCode.promotion_id, CouponCode.id)
    ).all()
    for row in single:
        locked = db.session.execute(
            update(CouponCode)
            .where(CouponCode.id == row.id, _is_free(token, at))
            .values(locked_by=token, locked_until=until)
            .execution_options(synchronize_session=False)
        )
        if not locked.rowcount:  # type: ignore[attr-defined]
            raise CodeInUse(code=row.code)
    return len(single)


def unlock_codes(*, tokens: Collection[str], but: Collection[str] = ()) -> int:
    """Give up what these checkouts have locked, but for the codes `but`; return how many were given up."""
    if not tokens:
        return 0
    freed = db.session.execute(
        update(CouponCode)
        .where(CouponCode.locked_by.in_(set(tokens)), CouponCode.code.not_in(set(but)))
        .values(locked_by="", locked_until=None)
        .execution_options(synchronize_session=False)
    )
    return int(freed.rowcount)  # type: ignore[attr-defined]


def _take(use: Use, *conditions: ColumnElement[bool]) -> bool:
    amount = use.amount.minor
    taken = db.session.execute(
        update(Promotion)
        .where(
            Promotion.id == use.promotion_id,
            *conditions,
            or_(Promotion.usage_limit.is_(None), Promotion.used_count < Promotion.usage_limit),
            or_(Promotion.budget_minor.is_(None), Promotion.spent_minor + amount <= Promotion.budget_minor),
        )
        .values(used_count=Promotion.used_count + 1, spent_minor=Promotion.spent_minor + amount)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _may_use_again(use: Use, customer_key: str) -> bool:
    limit = db.session.scalar(select(Promotion.per_customer_limit).where(Promotion.id == use.promotion_id))
    if limit is None:
        return True
    used = db.session.scalar(
        select(func.coalesce(func.sum(PromotionUse.uses), 0)).where(
            PromotionUse.promotion_id == use.promotion_id, PromotionUse.customer_key.in_(keys_of(customer_key))
        )
    )
    return int(used or 0) < limit


def _take_code(use: Use, *, customer_key: str, checkout: str, at: datetime) -> int | None:
    """Count the code's own limit and return its id; None for a promotion without a code.

    A coupon in somebody's wallet serves nobody else, and one that another checkout has locked serves that one.
    """
    if not use.code:
        return None
    belongs = or_(CouponCode.customer_id.is_(None), CouponCode.customer_id == _customer_id(customer_key))
    is_mine = CouponCode.promotion_id == use.promotion_id, CouponCode.code == use.code, CouponCode.is_active.is_(True)
    return _count_code(use, *is_mine, belongs, checkout=checkout, at=at)


def _count_code(use: Use, *is_mine: ColumnElement[bool], checkout: str, at: datetime) -> int:
    code_id = db.session.scalar(
        update(CouponCode)
        .where(
            *is_mine,
            or_(CouponCode.usage_limit.is_(None), CouponCode.used_count < CouponCode.usage_limit),
            _is_free(checkout, at),
        )
        .values(used_count=CouponCode.used_count + 1, locked_by="", locked_until=None)
        .returning(CouponCode.id)
        .execution_options(synchronize_session=False)
    )
    if code_id is None:
        if db.session.scalar(select(CouponCode.id).where(*is_mine, ~_is_free(checkout, at))):
            raise CodeInUse(code=use.code)
        raise PromotionRanOut(name=use.code)
    return code_id


def _is_free(checkout: str, at: datetime) -> ColumnElement[bool]:
    """A code that no other checkout holds; a lock that has run out holds nothing."""
    code = CouponCode
    return or_(code.locked_until.is_(None), code.locked_until <= at, code.locked_by == checkout)


def _customer_id(customer_key: str) -> int | None:
    kind, _, rest = customer_key.partition(":")
    return int(rest) if kind == "customer" and rest.isdecimal() else None


def _name_of(promotion_id: int) -> str:
    return db.session.scalar(select(Promotion.name).where(Promotion.id == promotion_id)) or ""
