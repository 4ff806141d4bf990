"""Reads of returns for the back office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, union

from admin.returns.tables import WAITING, WAITS_FOR_US
from admin.tables import ListState, Source, within
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.inventory import queries as inventory
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import OrderStatus
from storefront.returns.models import Return, ReturnLine
from storefront.returns.queries import UNITS
from storefront.returns.rules import read_return_number
from storefront.returns.states import COUNTS_NOT
from storefront.shop.queries import get_settings

MOST_PRODUCTS = 50
FEW = 500
"""Of so many products at most, what was sold is looked up product by product."""
SORTS: Mapping[str, Any] = {"asked": Return.requested_at, "amount": Return.suggested_minor}


@dataclass(frozen=True, slots=True)
class Rate:
    """How many pieces of a product were sold, and how many of them came back."""

    product_id: int
    name: str
    translations: dict[str, Any]
    sold: int
    returned: int
    is_too_high: bool

    @property
    def share(self) -> float:
        """The part that came back."""
        return self.returned / self.sold if self.sold else 0.0


def returns_of(state: ListState) -> Source:
    """Return the requests that `state` asks for."""
    units = select(func.sum(UNITS)).where(ReturnLine.return_id == Return.id).correlate(Return).scalar_subquery()
    rows = (
        select(
            Return.id,
            Return.number,
            Return.kind,
            Return.state,
            Return.requested_at,
            Return.suggested_minor,
            Return.actual_minor,
            Order.email,
            Order.currency,
            units.label("units"),
        )
        .join(Order, Order.id == Return.order_id)
        .where(*_conditions(state))
    )
    return Source(rows, Return.id, SORTS)


def list_rates(since: datetime) -> list[Rate]:
    """Return how much of what was ordered since then came back, by product, the worst first."""
    ordered = (Order.placed_at >= since, Order.status != OrderStatus.CANCELLED, ~OrderLine.is_gift)
    came_back = db.session.execute(
        select(OrderLine.product_id, func.sum(UNITS).label("units"))
        .join(ReturnLine, ReturnLine.order_line_id == OrderLine.id)
        .join(Return, Return.id == ReturnLine.return_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(*ordered, Return.state.not_in(COUNTS_NOT), OrderLine.product_id.is_not(None))
        .group_by(OrderLine.product_id)
    )
    returned = {row.product_id: int(row.units) for row in came_back}
    if not returned:
        return []
    sold = (
        select(OrderLine.product_id, func.sum(OrderLine.quantity).label("units"))
        .join(Order, Order.id == OrderLine.order_id)
        .where(*ordered)
        .group_by(OrderLine.product_id)
    )
    if len(returned) <= FEW:  # else all that was ordered since then is less to read than all that these ever sold
        mine = select(Variant.id).where(Variant.product_id.in_(returned))
        sold = sold.where(OrderLine.variant_id.in_(mine))
    pieces = {row.product_id: int(row.units) for row in db.session.execute(sold)}
    names = {
        row.id: row
        for row in db.session.execute(
            select(Product.id, Product.name, Product.translations).where(Product.id.in_(returned))
        )
    }
    limit = get_settings().return_alert_percent
    rates = [
        Rate(
            product_id=id_,
            name=names[id_].name,
            translations=names[id_].translations,
            sold=pieces.get(id_, 0),
            returned=units,
            is_too_high=units * 100 > pieces.get(id_, 0) * limit,
        )
        for id_, units in returned.items()
        if id_ in names
    ]
    return sorted(rates, key=lambda rate: (-rate.share, -rate.returned, rate.product_id))[:MOST_PRODUCTS]


def count_reasons(since: datetime) -> list[tuple[str, int]]:
    """Return why how many pieces came back of what was ordered since then, the most frequent first."""
    units = func.sum(UNITS)
    rows = db.session.execute(
        select(ReturnLine.reason, units)
        .join(Return, Return.id == ReturnLine.return_id)
        .join(Order, Order.id == Return.order_id)
        .where(Order.placed_at >= since, Return.state.not_in(COUNTS_NOT))
        .group_by(ReturnLine.reason)
        .having(units > 0)
        .order_by(units.desc(), ReturnLine.reason)
    )
    return [(reason, int(count)) for reason, count in rows]


def warehouses_for(lines: Sequence[Any]) -> Mapping[int, str]:
    """Return the warehouses that have a shelf for all of these goods: id -> name; the one that ships first first."""
    variants = {line.variant_id for line in lines if line.variant_id}
    there: dict[int, set[int]] = {}
    for row in inventory.list_levels(variants):
        there.setdefault(row.warehouse_id, set()).add(row.variant_id)
    return {row.id: row.name for row in inventory.list_warehouses() if there.get(row.id, set()) >= variants}


def _conditions(state: ListState) -> list[ColumnElement[bool]]:
    found = within(state, "asked", Return.requested_at)
    chosen = state.value("state")
    if chosen == WAITING:
        found.append(Return.state.in_(WAITS_FOR_US))
    elif chosen:
        found.append(Return.state == chosen)
    if kind := state.value("kind"):
        found.append(Return.kind == kind)
    if state.search:
        number, of_order = read_return_number(state.search), select(Return.id).join(Order, Order.id == Return.order_id)
        named = union(
            select(Return.id).where(Return.number == number),
            of_order.where(Order.number == number),
            of_order.where(Order.email == state.search.casefold()),
        )
        found.append(Return.id.in_(named))
    return found
