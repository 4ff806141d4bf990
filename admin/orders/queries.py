"""Reads of orders for their list and their page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from admin.orders.tables import PAID_BUT_CANCELLED
from admin.tables import ListState, Source, within
from storefront.database.base import db
from storefront.database.prefix import begins_with
from storefront.kernel.errors import NotFound
from storefront.orders import queries as orders
from storefront.orders.models import Order
from storefront.orders.rules import read_number
from storefront.orders.states import OrderStatus
from storefront.payments.models import Payment, Transaction

SORTS: Mapping[str, Any] = {"placed": Order.placed_at, "total": Order.total_minor}
ROW = select(
    Order.id,
    Order.number,
    Order.placed_at,
    Order.email,
    Order.status,
    Order.payment_status,
    Order.fulfillment_status,
    Order.total_minor,
    Order.currency,
)


def orders_of(state: ListState) -> Source:
    """Return the orders that `state` asks for."""
    return Source(ROW.where(*_conditions(state)), Order.id, SORTS, key=Order.number)


def find_orders(text: str, limit: int) -> Sequence[Any]:
    """Return the newest orders with this number, or of an e-mail that begins so."""
    statement = ROW.where(_matches(text)).order_by(Order.placed_at.desc()).limit(limit)
    return db.session.execute(statement).all()


def get_order(number: str) -> Order:
    """Return a whole order by its number, or NotFound."""
    order_id = db.session.scalar(select(Order.id).where(Order.number == read_number(number)))
    if order_id is None:
        raise NotFound
    return orders.get_whole(order_id)


def list_transactions(order_id: int) -> Sequence[Any]:
    """Return what providers were asked and said about an order, in order of time."""
    return db.session.execute(
        select(
            Payment.provider,
            Payment.reference,
            Payment.currency,
            Transaction.kind,
            Transaction.result,
            Transaction.amount_minor,
            Transaction.psp_reference,
            Transaction.at,
        )
        .join(Transaction, Transaction.payment_id == Payment.id)
        .where(Payment.order_id == order_id)
        .order_by(Transaction.id)
    ).all()


def paid_but_cancelled() -> tuple[ColumnElement[bool], ...]:
    """Return what tells the cancelled orders that hold a shopper's money."""
    return Order.status == OrderStatus.CANCELLED, Order.paid_minor > Order.refunded_minor


def _conditions(state: ListState) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, key in (
        (Order.status, "status"),
        (Order.payment_status, "payment"),
        (Order.fulfillment_status, "delivery"),
    ):
        if value := state.value(key):
            found.append(column == value)
    if state.value("waiting") == PAID_BUT_CANCELLED:
        found.extend(paid_but_cancelled())
    found += within(state, "placed", Order.placed_at)
    if state.search:
        found.append(_matches(state.search))
    return found


def _matches(text: str) -> ColumnElement[bool]:
    return or_(Order.number == read_number(text), begins_with(Order.email, text.lower()))
