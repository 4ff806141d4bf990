"""Reads of payments."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from storefront.database.base import db
from storefront.kernel.errors import NotFound
from storefront.kernel.money import Money
from storefront.orders.models import Order
from storefront.payments.models import Payment
from storefront.payments.providers import Request
from storefront.payments.states import PaymentState


def get_payment(reference: str) -> Payment:
    """Return a payment by our reference, which nobody can guess, or NotFound."""
    payment = db.session.scalar(select(Payment).where(Payment.reference == reference))
    if payment is None:
        raise NotFound
    return payment


def get_request(reference: str) -> Request:
    """Return what a provider was asked to collect, or NotFound."""
    row = db.session.execute(
        select(Payment.reference, Payment.provider, Order.number, Payment.amount_minor, Payment.currency, Payment.state)
        .join(Order, Order.id == Payment.order_id)
        .where(Payment.reference == reference)
    ).one_or_none()
    if row is None:
        raise NotFound
    amount = Money(row.amount_minor, row.currency)
    return Request(row.reference, row.provider, row.number, amount, PaymentState(row.state))


def find_pending(order_id: int) -> Payment | None:
    """Return the attempt to pay that is under way."""
    return db.session.scalar(
        select(Payment)
        .where(Payment.order_id == order_id, Payment.state == PaymentState.PENDING)
        .order_by(Payment.id.desc())
        .limit(1)
    )


def has_failed(order_id: int) -> bool:
    """Say whether the last attempt to pay was declined."""
    state = db.session.scalar(
        select(Payment.state).where(Payment.order_id == order_id).order_by(Payment.id.desc()).limit(1)
    )
    return state == PaymentState.FAILED


def list_payments(order_id: int) -> Sequence[Payment]:
    """Return every attempt to pay an order, the first one first."""
    return db.session.scalars(select(Payment).where(Payment.order_id == order_id).order_by(Payment.id)).all()
