"""Changes of orders: each goes on where the one before it ended, the last one ended where the order is now, and what is
told of a difference is the difference."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import and_, func, or_, select

from storefront.database.base import db
from storefront.kernel.ledgers import Discrepancy, Ledger
from storefront.orders.models import Order, OrderChange, OrderChangeTax
from storefront.orders.states import OrderStatus

CHANGES, BALANCES = "order changes", "order balances"
_SUMS = ("total_minor", "tax_minor", "goods_minor", "shipping_minor", "discount_minor", "points_spent")


def _changes() -> Iterator[Discrepancy]:
    """Walk along the changes of each order."""
    rows = db.session.execute(
        select(OrderChange, Order).join(Order, Order.id == OrderChange.order_id).order_by(Order.id, OrderChange.number)
    ).all()
    told = _taxes_told()
    for order, group in groupby(rows, key=lambda row: row[1]):
        yield from _chain(order, [row[0] for row in group], told)


def _chain(order: Order, changes: list[OrderChange], told: dict[int, int]) -> Iterator[Discrepancy]:
    now = {name: getattr(order, name) for name in _SUMS}
    following = [*(change.before for change in changes[1:]), now]
    for place, (change, then) in enumerate(zip(changes, following, strict=True), start=1):
        key = f"{order.number} change {change.number}"
        if change.number != place:
            yield Discrepancy(CHANGES, f"{key} number", place, change.number)
        for name in _SUMS:
            if change.after[name] != then[name]:
                yield Discrepancy(CHANGES, f"{key} {name}", change.after[name], then[name])
        for name, delta in (("total_minor", change.total_delta), ("tax_minor", change.tax_delta)):
            if change.after[name] - change.before[name] != delta:
                yield Discrepancy(CHANGES, f"{key} {name} moved", change.after[name] - change.before[name], delta)
        if told.get(change.id, 0) != change.tax_delta:
            yield Discrepancy(CHANGES, f"{key} taxes", change.tax_delta, told.get(change.id, 0))
    if order.version != len(changes) + 1:
        yield Discrepancy(CHANGES, f"{order.number} version", len(changes) + 1, order.version)


def _taxes_told() -> dict[int, int]:
    rows = db.session.execute(
        select(OrderChangeTax.order_change_id, func.sum(OrderChangeTax.tax_minor)).group_by(
            OrderChangeTax.order_change_id
        )
    )
    return {change_id: int(tax) for change_id, tax in rows}


def _balances() -> Iterator[Discrepancy]:
    """An order waits for a balance where it lives, was paid before, and has kept less than it costs; nowhere else."""
    kept = Order.paid_minor - Order.refunded_minor - Order.lost_minor
    wrong = and_(Order.status == OrderStatus.OPEN, or_(Order.paid_at.is_(None), kept >= Order.total_minor))
    rows = db.session.execute(
        select(Order.number, Order.total_minor, kept).where(Order.balance_since.is_not(None), wrong).order_by(Order.id)
    )
    for number, total, there in rows:
        yield Discrepancy(BALANCES, number, f"less than {total} of a paid order", int(there))


def _count(condition: Any, table: Any) -> int:
    statement = select(func.count()).select_from(table)
    return int(db.session.scalar(statement if condition is None else statement.where(condition)) or 0)


LEDGERS = (
    Ledger(CHANGES, lambda: _count(None, OrderChange), _changes),
    Ledger(BALANCES, lambda: _count(Order.balance_since.is_not(None), Order), _balances),
)
