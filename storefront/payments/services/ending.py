"""Attempts that nobody is to pay any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from storefront.database.base import db
from storefront.database.reading import read
from storefront.kernel.events import publish
from storefront.payments.events import AttemptEnded
from storefront.payments.models import Payment
from storefront.payments.services import entries
from storefront.payments.states import PaymentState, TransactionKind, TransactionResult

ALIVE = (PaymentState.PENDING, PaymentState.AUTHORIZED)

_ALIVE = select(Payment.id).where(Payment.order_id == bindparam("order"), Payment.state.in_(ALIVE)).order_by(Payment.id)


def void_pending(*, order_id: int, at: datetime) -> None:
    """End every attempt that has no outcome yet; the order was cancelled, or is paid another way."""
    db.session.flush()
    for payment_id in read(_ALIVE, {"order": order_id}).scalars().all():
        payment = db.session.get_one(Payment, payment_id)
        entries.note(payment, TransactionKind.VOID, TransactionResult.SUCCESS, f"{payment.reference}-void", at)
        payment.state = PaymentState.VOIDED
        if payment.opened_at is not None:
            publish(AttemptEnded(payment.reference))
    db.session.flush()
