"""What a promotion brought: its uses, the orders with it, and the same days before it as a plain comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, func, literal_column, select

from admin.days import day_of, end_of, start_of
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.kernel.money import Money
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import OrderStatus
from storefront.promotions.goods import in_scopes
from storefront.promotions.models import PromotionUse
from storefront.promotions.rules import Scope
from storefront.shop.queries import get_settings

MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of the shop, from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """The same number of days right before."""
        return Period(self.first - timedelta(days=self.length), self.first - timedelta(days=1))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(self.length)]


@dataclass(frozen=True, slots=True)
class Brought:
    """The orders with a promotion, cancelled ones left out. `known_share`: of revenue whose cost is known."""

    uses: int
    discount: Money
    orders: int
    revenue: Money
    margin: Money | None
    known_share: float

    @property
    def average(self) -> Money:
        return self.revenue.portion(1, self.orders) if self.orders else Money.zero(self.revenue.currency)


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold of the goods that a promotion is about, with or without it."""

    orders: int
    units: int
    revenue: Money


@dataclass(frozen=True, slots=True)
class Day:
    """One day's uses and discount."""

    day: date
    uses: int
    discount: Money


def period_of(row: Any, at: datetime) -> Period | None:
    """Return the days on which a promotion has run so far, at most a year of them; None before its first."""
    zone = get_settings().timezone
    begun = max((moment for moment in (row.starts_at, row.activated_at or row.created_at) if moment), default=None)
    used = db.session.scalar(select(func.min(PromotionUse.at)).where(PromotionUse.promotion_id == row.id))
    if used is not None and (begun is None or used < begun):
        begun = used
    if begun is None or begun > at:
        return None
    until = min(at, row.ends_at - timedelta(microseconds=1)) if row.ends_at else at
    first, last = day_of(begun, zone), day_of(max(until, begun), zone)
    return Period(max(first, last - timedelta(days=MOST_DAYS - 1)), last)


def brought_by(promotion_id: int) -> Brought:
    """Return what a promotion gave and what the orders with it came to."""
    currency = get_settings().currency
    given = db.session.execute(
        select(
            func.coalesce(func.sum(PromotionUse.uses), 0).label("uses"),
            func.coalesce(func.sum(PromotionUse.amount_minor), 0).label("amount"),
        ).where(PromotionUse.promotion_id == promotion_id)
    ).one()
    numbers = _orders_with(promotion_id)
    totals = db.session.execute(
        select(func.count().label("orders"), func.coalesce(func.sum(Order.total_minor), 0).label("revenue")).where(
            Order.number.in_(numbers), Order.status != OrderStatus.CANCELLED
        )
    ).one()
    paid = OrderLine.quantity * OrderLine.unit_price_minor - OrderLine.discount_minor
    known = Variant.cost_minor.is_not(None)
    costs = db.session.execute(
        select(
            func.coalesce(func.sum(paid), 0).label("all"),
            func.coalesce(func.sum(case((known, paid), else_=0)), 0).label("known"),
            func.coalesce(func.sum(case((known, Variant.cost_minor * OrderLine.quantity), else_=0)), 0).label("cost"),
        )
        .select_from(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(Variant, Variant.id == OrderLine.variant_id)
        .where(Order.number.in_(numbers), Order.status != OrderStatus.CANCELLED)
    ).one()
    share = int(costs.known) / int(costs.all) if int(costs.all) > 0 else 0.0
    return Brought(
        uses=int(given.uses),
        discount=Money(int(given.amount), currency),
        orders=int(totals.orders),
        revenue=Money(int(totals.revenue), currency),
        margin=Money(int(costs.known) - int(costs.cost), currency) if share else None,
        known_share=share,
    )


def sold_in(period: Period, scopes: Sequence[Scope]) -> Sold:
    """Return what was sold of some scopes' goods in a period, cancelled orders left out; gifts are not sold."""
    settings = get_settings()
    conditions: list[ColumnElement[bool]] = [
        Order.placed_at >= start_of(period.first, settings.timezone),
        Order.placed_at < end_of(period.last, settings.timezone),
        Order.status != OrderStatus.CANCELLED,
        ~OrderLine.is_gift,
    ]
    if not any(scope.is_everything for scope in scopes):
        goods = select(Variant.id).join(Product, Product.id == Variant.product_id).where(in_scopes(scopes))
        conditions.append(OrderLine.variant_id.in_(goods))
    paid = OrderLine.quantity * OrderLine.unit_price_minor - OrderLine.discount_minor
    row = db.session.execute(
        select(
            func.count(func.distinct(OrderLine.order_id)).label("orders"),
            func.coalesce(func.sum(OrderLine.quantity), 0).label("units"),
            func.coalesce(func.sum(paid), 0).label("revenue"),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(*conditions)
    ).one()
    return Sold(int(row.orders), int(row.units), Money(int(row.revenue), settings.currency))


def days_of(promotion_id: int, period: Period) -> list[Day]:
    """Return uses and discount of every day; what was given back counts against the day it was given back."""
    settings = get_settings()
    starts = [start_of(day, settings.timezone) for day in period.days]
    used = (
        select(
            _number_of(PromotionUse.at, starts, 0).label("day"),
            PromotionUse.uses,
            PromotionUse.amount_minor,
        )
        .where(
            PromotionUse.promotion_id == promotion_id,
            PromotionUse.at >= starts[0],
            PromotionUse.at < end_of(period.last, settings.timezone),
        )
        .subquery()
    )
    rows = db.session.execute(
        select(used.c.day, func.sum(used.c.uses), func.sum(used.c.amount_minor)).group_by(used.c.day)
    )
    sums = {index: (int(uses), int(amount)) for index, uses, amount in rows}
    found = ((day, *sums.get(index, (0, 0))) for index, day in enumerate(period.days))
    return [Day(day, uses, Money(amount, settings.currency)) for day, uses, amount in found]


def _number_of(column: Any, starts: Sequence[datetime], first: int) -> ColumnElement[int]:
    """Return the number of the day that a moment falls on; `starts` are where days begin, the first numbered `first`.

    Halved again and again, so that a year takes nine comparisons a row, and no expression is too deep for SQLite.
    """
    if len(starts) == 1:
        return literal_column(str(first), Integer)
    half = len(starts) // 2
    later = _number_of(column, starts[half:], first + half)
    return case((column < starts[half], _number_of(column, starts[:half], first)), else_=later)


def _orders_with(promotion_id: int) -> Any:
    return (
        select(PromotionUse.order_number)
        .where(PromotionUse.promotion_id == promotion_id)
        .group_by(PromotionUse.order_number)
        .having(func.sum(PromotionUse.uses) > 0)
    )
