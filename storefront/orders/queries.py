"""Reads of orders: a shopper's order is found through its owner or its key."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, inspect, or_, select, true
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from storefront.database.base import db
from storefront.database.reading import read
from storefront.database.transaction import held
from storefront.database.unindexed import unindexed
from storefront.kernel.errors import NotFound
from storefront.kernel.money import Money
from storefront.kernel.paging import Page
from storefront.kernel.text import squeeze
from storefront.orders.models import Order, OrderAdjustment, OrderEvent, OrderLine, OrderTax
from storefront.orders.rules import read_number
from storefront.orders.states import CancelReason, EventKind, OrderStatus, PaymentStatus
from storefront.telemetry.about import note

WHOLE = (
    selectinload(Order.lines),
    selectinload(Order.adjustments),
    selectinload(Order.events),
    selectinload(Order.taxes),
)
"""Orders with everything that their pages show."""
_PARTS: dict[str, Select[Any]] = {
    name: select(part).where(part.order_id == bindparam("order")).order_by(by)
    for name, part, by in (
        ("lines", OrderLine, OrderLine.position),
        ("adjustments", OrderAdjustment, OrderAdjustment.id),
        ("events", OrderEvent, OrderEvent.id),
        ("taxes", OrderTax, OrderTax.id),
    )
}
_BY_NUMBER = select(Order).where(Order.number == bindparam("number"))
_LOCKED = (
    select(Order).where(Order.id == bindparam("order")).with_for_update().execution_options(populate_existing=True)
)
_BY_KEY = select(Order.id).where(Order.idempotency_key == bindparam("key"))
PAGE_SIZE = 10
PICTURES = 4
LEAST_PEACE = timedelta(minutes=5)
"""Nobody is reminded to pay so soon after ordering."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks for an order: a customer, somebody with a key, or neither."""

    customer_id: int | None = None
    key: str = ""

    @property
    def actor(self) -> str:
        """Who did it, for ledgers."""
        return f"customer:{self.customer_id}" if self.customer_id else "guest"

    def owns(self, order: Order) -> bool:
        """Say whether the reader is the customer who placed it."""
        return self.customer_id is not None and self.customer_id == order.customer_id

    def may_read(self, order: Order) -> bool:
        """Say whether the order is this reader's."""
        if self.owns(order):
            return True
        return bool(self.key) and hmac.compare_digest(self.key.encode(), order.access_token.encode())


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list."""

    number: str
    placed_at: datetime
    status: str
    payment_status: str
    fulfillment_status: str
    total: Money
    units: int
    names: tuple[str, ...]
    pictures: tuple[str, ...]


def get_for(reader: Reader, number: str) -> Order:
    """Return a whole order to its reader; to anybody else it does not exist."""
    order = find_by_number(number)
    if order is None or not reader.may_read(order):
        raise NotFound
    return _complete(order)


def get_whole(order_id: int) -> Order:
    """Return an order with lines, adjustments, events and taxes."""
    order = db.session.get(Order, order_id)
    if order is None:
        raise NotFound
    note(order=order.number)
    return _complete(order)


def _complete(order: Order) -> Order:
    """Load what an order consists of: a query for each part costs half of what `selectinload` does for one order."""
    for name in inspect(order).unloaded & _PARTS.keys():
        set_committed_value(order, name, db.session.scalars(_PARTS[name], {"order": order.id}).all())
    return order


def list_whole(numbers: Iterable[str], *, most: int) -> Sequence[Order]:
    """Return the orders with these numbers, each whole, the oldest first."""
    wanted = list(dict.fromkeys(read_number(number) for number in numbers))[:most]
    statement = select(Order).where(Order.number.in_(wanted)).options(*WHOLE)
    return db.session.scalars(statement.order_by(Order.placed_at, Order.id)).all()


def get_locked(order_id: int) -> Order:
    """Return an order that nobody else changes until this transaction ends."""
    return held((Order, order_id), lambda: _lock(order_id))


def _lock(order_id: int) -> Order:
    order: Order | None = db.session.scalar(_LOCKED, {"order": order_id})
    if order is None:
        raise NotFound
    note(order=order.number)
    return order


def find_by_number(number: str) -> Order | None:
    """Return the order with this number, for those who may see every order."""
    order: Order | None = db.session.scalar(_BY_NUMBER, {"number": read_number(number)})
    if order is not None:
        note(order=order.number)
    return order


def find_customer_id(order_id: int) -> int | None:
    """Return whose order it is; None for a guest's."""
    order = db.session.get(Order, order_id)
    return order.customer_id if order else None


def find_by_idempotency_key(key: str) -> Order | None:
    """Return the order that was placed with a checkout's token."""
    order_id = read(_BY_KEY, {"key": key}).scalar()
    return None if order_id is None else db.session.get(Order, order_id)


def count_placed(email: str) -> int:
    """Return how many orders were placed with this e-mail, signed in or not, and not cancelled."""
    if not email:
        return 0
    placed = Order.email == email, unindexed(Order.status) != OrderStatus.CANCELLED
    return int(db.session.scalar(select(func.count()).where(*placed)) or 0)


def page_of_orders(
    customer_id: int,
    number: int = 1,
    *,
    words: str = "",
    which: ColumnElement[bool] | None = None,
    size: int = PAGE_SIZE,
) -> Page[OrderRow]:
    """Return a page of a customer's orders, the newest first; with `words`, those that have them in their number or
    in what was bought; with `which`, those of which it is true."""
    mine = and_(Order.customer_id == customer_id, _has(words), true() if which is None else which)
    total = db.session.scalar(select(func.count()).select_from(Order).where(mine)) or 0
    found = db.session.execute(
        select(
            Order.id,
            Order.number,
            Order.placed_at,
            Order.status,
            Order.payment_status,
            Order.fulfillment_status,
            Order.total_minor,
            Order.currency,
        )
        .where(mine)
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .offset((number - 1) * size)
        .limit(size)
    ).all()
    lines = _lines_of([row.id for row in found])
    rows = [
        OrderRow(
            number=row.number,
            placed_at=row.placed_at,
            status=row.status,
            payment_status=row.payment_status,
            fulfillment_status=row.fulfillment_status,
            total=Money(row.total_minor, row.currency),
            units=sum(line.quantity for line in lines.get(row.id, ())),
            names=tuple(dict.fromkeys(line.name for line in lines.get(row.id, ()))),
            pictures=_pictures(lines.get(row.id, ())),
        )
        for row in found
    ]
    return Page(rows, total, number, size)


def list_to_remind(at: datetime, *, before: timedelta, most: int) -> Sequence[int]:
    """Return ids of open orders without any payment whose time to pay ends within `before`; not those just placed."""
    return db.session.scalars(
        select(Order.id)
        .where(
            Order.pay_before > at,
            Order.pay_before <= at + before,
            Order.placed_at <= at - min(before, LEAST_PEACE),
            unindexed(Order.status) == OrderStatus.OPEN,
            Order.payment_status == PaymentStatus.UNPAID,
        )
        .order_by(Order.pay_before, Order.id)
        .limit(most)
    ).all()


def list_overdue(at: datetime, *, most: int) -> Sequence[int]:
    """Return ids of open orders, unpaid or paid in part, whose time to pay is over, the longest overdue first."""
    return db.session.scalars(
        select(Order.id)
        .where(
            Order.pay_before < at,
            unindexed(Order.status) == OrderStatus.OPEN,
            Order.payment_status.in_((PaymentStatus.UNPAID, PaymentStatus.PARTIALLY_PAID)),
        )
        .order_by(Order.pay_before, Order.id)
        .limit(most)
    ).all()


def last_reason(order_id: int) -> CancelReason | None:
    """Return why an order was cancelled the last time; None when it never was."""
    facts = db.session.scalar(
        select(OrderEvent.facts)
        .where(OrderEvent.order_id == order_id, OrderEvent.kind == EventKind.CANCELLED)
        .order_by(OrderEvent.id.desc())
        .limit(1)
    )
    return CancelReason(facts["reason"]) if facts and "reason" in facts else None


def _has(words: str) -> ColumnElement[bool]:
    """Every word stands in the order's number, or all of them in the name or the SKU of one of its lines."""
    parts = squeeze(words).split()
    if not parts:
        return true()
    name = func.lower(OrderLine.name + " " + OrderLine.variant_name + " " + OrderLine.sku)
    line = exists().where(
        OrderLine.order_id == Order.id, *(name.contains(part.lower(), autoescape=True) for part in parts)
    )
    return or_(func.replace(Order.number, "-", "").contains(read_number(words).replace("-", ""), autoescape=True), line)


def _pictures(lines: Sequence[Any]) -> tuple[str, ...]:
    """Return a picture of each variant, however many lines it has; lines come with gifts last."""
    found: dict[str, str] = {}
    for line in lines:
        found.setdefault(line.sku, line.picture)
    return tuple(found.values())[:PICTURES]


def _lines_of(order_ids: Sequence[int]) -> dict[int, list[Any]]:
    if not order_ids:
        return {}
    rows = db.session.execute(
        select(OrderLine.order_id, OrderLine.sku, OrderLine.name, OrderLine.picture, OrderLine.quantity)
        .where(OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.order_id, OrderLine.is_gift, OrderLine.position)
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.order_id, []).append(row)
    return found
