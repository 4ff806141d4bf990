"""The tax that an order says it contains, beside the taxes of its lines and its delivery, down to the unit.

Net and tax are the gross amount wherever there is a tax: that of a line, of the delivery, of the whole order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, literal, or_, select

from storefront.database.base import db
from storefront.kernel.ledgers import Discrepancy, Ledger
from storefront.orders.models import Order, OrderAdjustment, OrderLine, OrderTax
from storefront.orders.states import AdjustmentKind

TAX, LINES, NET, UNITS = "order tax", "line tax", "net amounts", "tax units"


def _orders() -> Iterator[Discrepancy]:
    """Add up the taxes of each order's lines and of its delivery."""
    taxes = select(OrderTax.order_id, func.sum(OrderTax.tax_minor).label("tax")).group_by(OrderTax.order_id).subquery()
    should = func.coalesce(taxes.c.tax, 0)
    rows = db.session.execute(
        select(Order.number, should, Order.tax_minor)
        .outerjoin(taxes, taxes.c.order_id == Order.id)
        .where(should != Order.tax_minor)
        .order_by(Order.id)
    )
    for number, expected, actual in rows:
        yield Discrepancy(TAX, number, int(expected), int(actual))


def _lines() -> Iterator[Discrepancy]:
    """Compare each line's tax with the taxes that fall on it."""
    taxes = _by_line()
    should = func.coalesce(taxes.c.tax, 0)
    rows = db.session.execute(
        select(Order.number, OrderLine.sku, OrderLine.line_key, should, OrderLine.tax_minor)
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(taxes, taxes.c.order_line_id == OrderLine.id)
        .where(should != OrderLine.tax_minor)
        .order_by(OrderLine.id)
    )
    for number, sku, line_key, expected, actual in rows:
        yield Discrepancy(LINES, f"{number} {line_key or sku}", int(expected), int(actual))


def _net() -> Iterator[Discrepancy]:
    """Compare each net amount with what its line, or the delivery, cost without tax."""
    line_cost = OrderLine.quantity * OrderLine.unit_price_minor - OrderLine.discount_minor
    yield from _wrong_nets(
        select(Order.number, OrderLine.sku, _without(OrderLine.tax_minor, line_cost), OrderTax.net_minor, OrderTax.id)
        .join(Order, Order.id == OrderTax.order_id)
        .join(OrderLine, OrderLine.id == OrderTax.order_line_id)
    )
    amount, kind = OrderAdjustment.amount_minor, OrderAdjustment.kind
    delivered = (
        select(OrderAdjustment.order_id, func.sum(amount).label("cost"))
        .where(kind.in_((AdjustmentKind.SHIPPING, AdjustmentKind.SHIPPING_DISCOUNT)))
        .group_by(OrderAdjustment.order_id)
        .subquery()
    )
    own = (
        select(OrderTax.order_id, func.sum(OrderTax.tax_minor).label("tax"))
        .where(OrderTax.order_line_id.is_(None))
        .group_by(OrderTax.order_id)
        .subquery()
    )
    cost = func.coalesce(delivered.c.cost, 0)
    yield from _wrong_nets(
        select(Order.number, literal("delivery"), _without(own.c.tax, cost), OrderTax.net_minor, OrderTax.id)
        .join(Order, Order.id == OrderTax.order_id)
        .join(own, own.c.order_id == Order.id)
        .outerjoin(delivered, delivered.c.order_id == Order.id)
        .where(OrderTax.order_line_id.is_(None))
    )


def _units() -> Iterator[Discrepancy]:
    """Add up what each unit bears of a tax; one share a unit, no more and no fewer."""
    shares = _shares_of_units()
    rows = db.session.execute(
        select(Order.number, OrderLine.sku, OrderTax.tax_minor, shares.c.total, OrderLine.quantity, shares.c.count)
        .select_from(OrderTax)
        .join(Order, Order.id == OrderTax.order_id)
        .join(OrderLine, OrderLine.id == OrderTax.order_line_id)
        .join(shares, shares.c.id == OrderTax.id)
        .where(or_(shares.c.total != OrderTax.tax_minor, shares.c.count != OrderLine.quantity))
        .order_by(OrderTax.id)
    )
    for number, sku, tax, total, quantity, count in rows:
        if total != tax:
            yield Discrepancy(UNITS, f"{number} {sku}", int(tax), int(total))
        if count != quantity:
            yield Discrepancy(UNITS, f"{number} {sku} units", int(quantity), int(count))


def _wrong_nets(statement: Any) -> Iterator[Discrepancy]:
    should, does = statement.selected_columns[2], statement.selected_columns[3]
    for number, what, expected, actual, _id in db.session.execute(
        statement.where(should != does).order_by(OrderTax.id)
    ):
        yield Discrepancy(NET, f"{number} {what}", int(expected), int(actual))


def _without(tax: Any, cost: Any) -> ColumnElement[int]:
    """Return what is net of a cost: all of it where tax was added beside it."""
    return case((Order.tax_added_minor > 0, cost), else_=cost - tax)


def _by_line() -> Subquery:
    return (
        select(OrderTax.order_line_id, func.sum(OrderTax.tax_minor).label("tax"))
        .where(OrderTax.order_line_id.is_not(None))
        .group_by(OrderTax.order_line_id)
        .subquery()
    )


def _has_units() -> ColumnElement[bool]:
    kind = func.json_type if db.engine.dialect.name == "sqlite" else func.jsonb_typeof
    return kind(OrderTax.units) == "array"


def _shares_of_units() -> Subquery:
    if db.engine.dialect.name == "sqlite":
        each = func.json_each(OrderTax.units).table_valued("value")
    else:
        each = func.jsonb_array_elements_text(OrderTax.units).table_valued("value")
    share = each.c.value.cast(OrderTax.tax_minor.type)
    return (
        select(OrderTax.id, func.sum(share).label("total"), func.count().label("count"))
        .select_from(OrderTax)
        .join(each, literal(True))
        .where(_has_units())
        .group_by(OrderTax.id)
        .subquery()
    )


def _count(statement: Any) -> int:
    return int(db.session.scalar(statement) or 0)


_TAXES = select(func.count()).select_from(OrderTax)
LEDGERS = (
    Ledger(TAX, lambda: _count(select(func.count()).select_from(Order)), _orders),
    Ledger(LINES, lambda: _count(select(func.count()).select_from(OrderLine)), _lines),
    Ledger(NET, lambda: _count(_TAXES), _net),
    Ledger(UNITS, lambda: _count(_TAXES.where(_has_units())), _units),
)
