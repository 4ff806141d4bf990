"""What customers have bought so far, kept beside their accounts so that staff can sort and narrow by it.

It is a copy, counted from the orders and never added to: a job counts somebody anew right after one of their orders has
moved, and everybody at night. Where it must be true to the moment, as on a customer's page, `worth_of` counts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.database.inserting import insert_into
from storefront.kernel.money import Money
from storefront.orders.following_up import WAS_CHOSEN
from storefront.orders.models import CustomerWorth, Order
from storefront.orders.segments import LOYAL_FROM, Bounds, Segment, segment_of
from storefront.orders.states import OrderStatus

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Worth:
    """What one customer has bought: orders that were not cancelled and replaced nothing, and money that stayed here."""

    orders: int
    spent: Money
    refunded: Money
    first_at: datetime | None
    last_at: datetime | None

    @property
    def average(self) -> Money | None:
        """What an order brought on the average; None without any."""
        return Money(round(self.spent.minor / self.orders), self.spent.currency) if self.orders else None

    def segment(self, at: datetime, bounds: Bounds = Bounds()) -> Segment:
        """Return where they stand."""
        return segment_of(self.orders, self.last_at, at=at, bounds=bounds)


_IS_LIVE = and_(Order.status != OrderStatus.CANCELLED, WAS_CHOSEN)
_KEPT = Order.paid_minor - Order.refunded_minor - Order.lost_minor
_COUNTED = (
    Order.customer_id,
    func.count().filter(_IS_LIVE).label("orders"),
    func.coalesce(func.sum(_KEPT), 0).label("spent_minor"),
    func.min(Order.placed_at).filter(_IS_LIVE).label("first_at"),
    func.max(Order.placed_at).filter(_IS_LIVE).label("last_at"),
)


def worth_of(customer_id: int, *, currency: str) -> Worth:
    """Return what a customer has bought, counted at this moment."""
    row = db.session.execute(
        select(*_COUNTED[1:], func.coalesce(func.sum(Order.refunded_minor), 0).label("refunded")).where(
            Order.customer_id == customer_id
        )
    ).one()
    money = Money(int(row.spent_minor), currency), Money(int(row.refunded), currency)
    return Worth(row.orders, *money, row.first_at, row.last_at)


def count_anew(*, customer_ids: Collection[int], at: datetime) -> None:
    """Count what some customers have bought."""
    rows = db.session.execute(
        select(*_COUNTED).where(Order.customer_id.in_(customer_ids)).group_by(Order.customer_id)
    ).all()
    gone = set(customer_ids) - {row.customer_id for row in rows}
    if gone:
        db.session.execute(delete(CustomerWorth).where(CustomerWorth.customer_id.in_(gone)))
    if rows:
        new = insert_into(CustomerWorth, db.session.connection()).values(
            [{**row._mapping, "counted_at": at} for row in rows]
        )
        columns = ("orders", "spent_minor", "first_at", "last_at", "counted_at")
        counted = {name: new.excluded[name] for name in columns}
        db.session.execute(new.on_conflict_do_update(index_elements=["customer_id"], set_=counted))


def next_customers(after: int) -> Sequence[int]:
    """Return the next customers by number, at most `AT_ONCE`."""
    return db.session.scalars(select(Customer.id).where(Customer.id > after).order_by(Customer.id).limit(AT_ONCE)).all()


def is_in(segment: Segment, at: datetime, bounds: Bounds = Bounds()) -> ColumnElement[bool]:
    """What makes a customer, joined with their worth or with none, stand in a segment: `segment_of` in SQL."""
    worth, since = CustomerWorth, bounds.active_since(at)
    is_active = worth.last_at >= since
    found: dict[Segment, Any] = {
        Segment.NEVER: or_(worth.customer_id.is_(None), worth.last_at.is_(None), worth.orders == 0),
        Segment.NEW: and_(is_active, worth.orders == 1),
        Segment.ACTIVE: and_(is_active, worth.orders.between(2, LOYAL_FROM - 1)),
        Segment.LOYAL: and_(is_active, worth.orders >= LOYAL_FROM),
        Segment.COOLING: and_(worth.last_at < since, worth.last_at >= bounds.lapsed_before(at)),
        Segment.LAPSED: worth.last_at < bounds.lapsed_before(at),
    }
    condition: ColumnElement[bool] = found[segment]
    return condition
