"""What of a sale has gone back in all: money under a request's name, goods and their worth."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from storefront.database.base import db
from storefront.kernel.money import Money
from storefront.orders.models import Order, OrderLine
from storefront.payments import queries as payments
from storefront.payments.models import Refund
from storefront.payments.states import RefundState
from storefront.returns.models import Return, ReturnLine
from storefront.returns.queries import UNITS, get_by_id, list_family
from storefront.returns.rules import refund_reference
from storefront.returns.states import Remedy, ReturnState

PAID_BACK = (Return.state.in_((ReturnState.REFUNDED, ReturnState.CLOSED)), Return.remedy == Remedy.REFUND)
"""Its money has gone back."""


def value_refunded(root_order_id: int) -> int:
    """Return what had been paid, with points too, for all goods of a sale whose money has gone back."""
    return _value_refunded(Return.root_order_id == root_order_id)


def value_refunded_of(order_id: int) -> int:
    """Return the same for the goods of one order."""
    return _value_refunded(Return.order_id == order_id)


def asked_back(number: str) -> int:
    """Return how much has gone back under a request's name, or is on its way."""
    asked = Refund.reference.startswith(refund_reference(number, 0)[:-1], autoescape=True)
    sums = select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(asked, Refund.state != RefundState.FAILED)
    return int(db.session.scalar(sums) or 0)


def may_go_back(root_order_id: int, number: str = "") -> Money:
    """Return how much of a sale's money may go back, with what has gone back, or is on its way, for the request of this
    number.
    """
    family = list_family(root_order_id)
    left = sum(payments.refundable(order).minor for order in family)
    return Money(left + (asked_back(number) if number else 0), family[0].currency)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left of a product of an order: pieces, and what they had come to after discounts (minor units)."""

    product_id: int
    quantity: int
    revenue_minor: int


def list_kept(return_id: int) -> tuple[str, tuple[Kept, ...]]:
    """Return the number of the order that a request's money first came in with, and what is left of its products.

    What was paid back counts, of the goods that went out in place of others too; gifts were not sold.
    """
    root_id = get_by_id(return_id).root_order_id
    came = (
        select(OrderLine.product_id, func.sum(UNITS).label("units"))
        .select_from(ReturnLine)
        .join(Return, Return.id == ReturnLine.return_id)
        .join(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .where(Return.root_order_id == root_id, *PAID_BACK, ~OrderLine.is_gift)
        .group_by(OrderLine.product_id)
        .subquery()
    )
    pieces = func.sum(OrderLine.quantity)
    revenue = func.sum(OrderLine.quantity * OrderLine.unit_price_minor - OrderLine.discount_minor)
    rows = db.session.execute(
        select(OrderLine.product_id, pieces, revenue, func.coalesce(came.c.units, 0))
        .outerjoin(came, came.c.product_id == OrderLine.product_id)
        .where(OrderLine.order_id == root_id, OrderLine.product_id.is_not(None), ~OrderLine.is_gift)
        .group_by(OrderLine.product_id, came.c.units)
        .order_by(OrderLine.product_id)
    ).all()
    number = db.session.scalars(select(Order.number).where(Order.id == root_id)).one()
    return number, tuple(_kept_of(*row) for row in rows)


def _value_refunded(whose: ColumnElement[bool]) -> int:
    sums = select(func.coalesce(func.sum(Return.value_minor), 0)).where(whose, *PAID_BACK)
    return int(db.session.scalar(sums) or 0)


def _kept_of(product_id: int, pieces: int, revenue: int, back: int) -> Kept:
    left = max(0, int(pieces) - int(back))
    return Kept(product_id, left, int(revenue) * left // int(pieces))
