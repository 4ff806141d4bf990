"""Reads for the day's figures: ranges over indexed moments, never the whole table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, union_all

from admin.dashboard.figures import Sales, Span
from admin.orders.queries import paid_but_cancelled
from storefront.accounts.models import Customer
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.inventory.models import StockLevel
from storefront.inventory.queries import sellable
from storefront.kernel.kept import Kept
from storefront.kernel.money import Money
from storefront.orders.models import Order
from storefront.orders.states import OrderStatus, PaymentStatus
from storefront.shop.queries import get_settings


def sales_in(spans: Sequence[Span]) -> list[Sales]:
    """Return orders and revenue of each span."""
    parts = [
        select(
            literal(index).label("span"),
            func.count().label("orders"),
            func.coalesce(func.sum(Order.total_minor), 0).label("revenue"),
        ).where(Order.placed_at >= span.starts, Order.placed_at < span.ends, Order.status != OrderStatus.CANCELLED)
        for index, span in enumerate(spans)
    ]
    currency = get_settings().currency
    return [Sales(row.orders, Money(int(row.revenue), currency)) for row in _in_order(parts)]


def new_customers_in(spans: Sequence[Span]) -> list[int]:
    """Return how many accounts were opened in each span."""
    parts = [
        select(literal(index).label("span"), func.count().label("customers"))
        .select_from(Customer)
        .where(Customer.created_at >= span.starts, Customer.created_at < span.ends)
        for index, span in enumerate(spans)
    ]
    return [row.customers for row in _in_order(parts)]


def count_unpaid() -> int:
    """Return how many open orders wait for their payment."""
    return _count(Order.payment_status == PaymentStatus.UNPAID, Order.status == OrderStatus.OPEN)


def count_paid_but_cancelled() -> int:
    """Return how many cancelled orders hold money that has to go back."""
    return _count(*paid_but_cancelled())


def _count_low_stock() -> int:
    few = get_settings().low_stock_threshold
    units = (
        select(Variant.product_id)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .where(Product.is_published, Variant.is_active)
        .group_by(Variant.product_id)
        .having(func.coalesce(func.sum(sellable), 0) <= few)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(units)) or 0


_low_stock = Kept(_count_low_stock, seconds=60.0)
count_low_stock = _low_stock.get
"""How many published products are out of stock or nearly so; read once a minute, since it looks at every level."""


def _count(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(Order).where(*conditions)) or 0


def _in_order(parts: Sequence[Any]) -> Sequence[Any]:
    rows = db.session.execute(union_all(*parts)).all()
    return sorted(rows, key=lambda row: row.span)
