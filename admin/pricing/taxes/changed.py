"""What changes of orders did to the taxes of a period: a sale that was reported stays as it was, and a change that was
made after it counts when it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from storefront.database.base import db
from storefront.orders.models import Order, OrderChange, OrderChangeTax

_KEY = (OrderChangeTax.country, OrderChangeTax.region, OrderChangeTax.name, OrderChangeTax.millionths)
Key = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Moved:
    """By how much the orders of a period count otherwise than they stand now: in all, and (net, tax) by rate."""

    total: int
    tax: int
    by_rate: Mapping[Key, tuple[int, int]] = field(default_factory=dict)


def moved(since: datetime, until: datetime, currency: str) -> Moved:
    """Return what takes the changes made later out of the sales of [since, until), and puts those made then in."""
    was_sold = and_(Order.paid_at >= since, Order.paid_at < until)
    is_now = and_(OrderChange.at >= since, OrderChange.at < until)
    counts = case((is_now, 1), else_=0) - case((was_sold, 1), else_=0)
    within = (OrderChange.was_paid.is_(True), Order.currency == currency, or_(was_sold, is_now))
    rows = db.session.execute(
        select(*_KEY, _sum(OrderChangeTax.net_minor, counts), _sum(OrderChangeTax.tax_minor, counts))
        .join(OrderChange, OrderChange.id == OrderChangeTax.order_change_id)
        .join(Order, Order.id == OrderChange.order_id)
        .where(*within)
        .group_by(*_KEY)
    ).all()
    by_rate = {(row[0], row[1], row[2], row[3]): (int(row[4]), int(row[5])) for row in rows}
    return Moved(*_totals(within, counts), by_rate)


def _totals(within: tuple[ColumnElement[bool], ...], counts: Any) -> tuple[int, int]:
    row = db.session.execute(
        select(_sum(OrderChange.total_delta, counts), _sum(OrderChange.tax_delta, counts))
        .join(Order, Order.id == OrderChange.order_id)
        .where(*within)
    ).one()
    return int(row[0]), int(row[1])


def _sum(column: Any, counts: Any) -> Any:
    return func.coalesce(func.sum(column * counts), 0)
