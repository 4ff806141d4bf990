"""What customers have spent: paid orders, net of what was given back or lost to a bank."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from storefront.database.base import db
from storefront.kernel.money import Money
from storefront.loyalty.tiers import Spending
from storefront.orders.models import Order
from storefront.orders.states import OrderStatus
from storefront.shop.queries import get_settings

_COUNTS = (Order.status != OrderStatus.CANCELLED, Order.paid_at.is_not(None))
_NET = func.coalesce(func.sum(Order.paid_minor - Order.refunded_minor - Order.lost_minor), 0)


def spending_of(customer_id: int, *, since: datetime, until: datetime) -> Spending:
    """Return what one customer paid after `since` and up to `until`, and when the first of it came in."""
    row = db.session.execute(
        select(_NET, func.min(Order.paid_at)).where(
            Order.customer_id == customer_id, Order.paid_at > since, Order.paid_at <= until, *_COUNTS
        )
    ).one()
    return Spending(Money(int(row[0]), get_settings().currency), row[1])


def spending_by_customer(*, since: datetime, until: datetime) -> Mapping[int, Money]:
    """Return what every customer paid in that time; who paid nothing is not in it."""
    currency = get_settings().currency
    rows = db.session.execute(
        select(Order.customer_id, _NET)
        .where(Order.customer_id.is_not(None), Order.paid_at > since, Order.paid_at <= until, *_COUNTS)
        .group_by(Order.customer_id)
    )
    return {customer_id: Money(int(spent), currency) for customer_id, spent in rows if customer_id is not None}
