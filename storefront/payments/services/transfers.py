"""Money that somebody in the back office has seen in the merchant's account."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from storefront.database.base import db
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.events import publish
from storefront.kernel.money import Money
from storefront.kernel.text import squeeze
from storefront.orders import money as order_money
from storefront.orders import queries as orders
from storefront.orders.models import Order
from storefront.orders.states import OrderStatus, PaymentStatus
from storefront.payments.errors import PaymentClosed
from storefront.payments.events import PaymentShort
from storefront.payments.models import Payment
from storefront.payments.providers.bank import BankTransfer
from storefront.payments.providers.protocol import Outcome
from storefront.payments.services import booking, entries
from storefront.payments.states import TransactionKind, TransactionResult
from storefront.shop.queries import get_settings

LONGEST_REFERENCE = 60


def book_transfer(*, order: Order, amount: Money, bank_reference: str, by: str, at: datetime) -> Payment:
    """Book what arrived, once for each reference of the bank's statement.

    Less than the order costs leaves it waiting for the rest, with a new deadline; more makes it overpaid, and the
    difference can be paid back. Money for an order that was cancelled takes the path of late money.
    """
    line = squeeze(bank_reference)[:LONGEST_REFERENCE]
    if not line:
        raise Invalid(N_("Please enter the reference that the bank statement shows."), field="bank_reference")
    if amount.minor <= 0 or amount.currency != order.currency:
        raise Invalid(N_("Please enter how much arrived."), field="amount")
    payment = _attempt(order)
    key = f"bank-{line}"
    outcome = Outcome(
        payment.reference, TransactionKind.CAPTURE, TransactionResult.SUCCESS, amount, key, key, {"by": by}
    )
    if entries.is_known(outcome):
        raise PaymentClosed(N_("Money with this reference has been booked already."))
    order = booking.take_in(payment, outcome, by=by, at=at)
    if order.status == OrderStatus.OPEN and order.payment_status == PaymentStatus.PARTIALLY_PAID:
        days = timedelta(days=get_settings().bank_transfer_days)
        order_money.wait_longer(order=order, until=at + days, at=at)
        publish(PaymentShort(order.id, order.number, amount))
    return payment


def _attempt(order: Order) -> Payment:
    """Return the bank transfer that an order waits for, else the last one that it had: money comes when it comes."""
    query = (
        select(Payment.reference)
        .where(Payment.order_id == order.id, Payment.provider == BankTransfer.code)
        .order_by(Payment.id.desc())
        .limit(1)
    )
    orders.get_locked(order.id)
    reference = db.session.scalar(query)
    if reference is None:
        raise PaymentClosed(N_("This order was never to be paid by bank transfer."))
    return entries.lock(reference)
