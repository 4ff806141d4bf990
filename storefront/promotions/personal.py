"""The coupons of a customer, and which promotions they used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from storefront.database.base import db
from storefront.database.belongings import rows_of, table_of
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person
from storefront.promotions.models import CouponCode, PromotionUse

_HIDDEN = frozenset({"customer_id", "customer_key", "locked_by", "locked_until"})


def _coupons(person: Person) -> Sequence[Data]:
    given = rows_of(table_of(CouponCode), CouponCode.customer_id == person.id, but=_HIDDEN)
    used = rows_of(table_of(PromotionUse), PromotionUse.customer_key.in_(person.keys), but=_HIDDEN)
    return [*({"kind": "coupon", **row} for row in given), *({"kind": "use", **row} for row in used)]


def _forget(person: Person, _at: datetime) -> None:
    """Coupons end; uses stay, counted under the account's number, or under the order's where a guest had an e-mail."""
    quiet = {"synchronize_session": False}
    statement = update(CouponCode).where(CouponCode.customer_id == person.id)
    db.session.execute(statement.values(is_active=False).execution_options(**quiet))
    named = (PromotionUse.customer_key.in_(person.keys), PromotionUse.customer_key.startswith("email:"))
    nameless = update(PromotionUse).where(*named).values(customer_key="order:" + PromotionUse.order_number)
    db.session.execute(nameless.execution_options(**quiet))


PERSONAL = (Keeper("coupons", N_("Coupons"), ("coupon_code", "promotion_use"), _coupons, _forget),)
