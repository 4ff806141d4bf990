"""Reads of payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, bindparam, case, func, select

from storefront.database.base import db
from storefront.database.reading import read
from storefront.kernel.errors import NotFound
from storefront.kernel.money import Money
from storefront.orders.models import Order
from storefront.payments.errors import UnknownPayment
from storefront.payments.models import Dispute, Payment, PaymentMessage, Refund, Transaction
from storefront.payments.providers.bank import BankTransfer
from storefront.payments.providers.protocol import RefundRequest, Request
from storefront.payments.states import (
    MessageState,
    PaymentState,
    RefundState,
    TransactionKind,
    TransactionResult,
)
from storefront.shop.queries import get_settings
from storefront.telemetry.about import note
from storefront.web.locale import speaking

_ORDER_OF = select(Payment.order_id).where(Payment.reference == bindparam("reference"))
_ASKED = (
    select(Payment, Order.number, Order.email, Order.locale, Order.pay_before)
    .join(Order, Order.id == Payment.order_id)
    .where(Payment.reference == bindparam("reference"))
)
_BEGUN = select(Payment.state, Payment.opened_at, Payment.continue_url).where(
    Payment.reference == bindparam("reference")
)
_STANDING = (
    select(
        *(Payment.state, Payment.reference, Payment.provider),
        *(Payment.continue_url, Payment.refunding_minor, Payment.next_ask_at),
    )
    .where(Payment.order_id == bindparam("order"))
    .order_by(Payment.id)
)


def get_payment(reference: str) -> Payment:
    """Return a payment by our reference, which nobody can guess, or refuse with UnknownPayment."""
    payment = db.session.scalar(select(Payment).where(Payment.reference == reference))
    if payment is None:
        raise UnknownPayment
    return payment


def get_order_id(reference: str) -> int:
    """Return whose payment it is, or refuse with UnknownPayment."""
    order_id: int | None = read(_ORDER_OF, {"reference": reference}).scalar()
    if order_id is None:
        raise UnknownPayment
    return order_id


@dataclass(frozen=True, slots=True)
class Begun:
    """How far an attempt has come; `leads_on`: its shopper has a page to go to."""

    is_pending: bool
    is_opened: bool
    leads_on: bool


def get_begun(reference: str) -> Begun:
    """Return how far an attempt has come, or refuse with UnknownPayment."""
    row = read(_BEGUN, {"reference": reference}).one_or_none()
    if row is None:
        raise UnknownPayment
    return Begun(row.state == PaymentState.PENDING, row.opened_at is not None, bool(row.continue_url))


def get_request(reference: str) -> Request:
    """Return what a provider was asked to collect, or refuse with UnknownPayment."""
    return get_asked(reference)[1]


def get_asked(reference: str) -> tuple[Payment, Request]:
    """Return a payment with what a provider was asked to collect, or refuse with UnknownPayment."""
    row = db.session.execute(_ASKED, {"reference": reference}).one_or_none()
    if row is None:
        raise UnknownPayment
    note(order=row.number)
    payment: Payment = row[0]
    root = current_app.config["SHOP"].public_url
    with speaking(row.locale):
        description = _("Order %(number)s", number=row.number)
    request = Request(
        reference=payment.reference,
        provider=payment.provider,
        order_number=row.number,
        amount=Money(payment.amount_minor, payment.currency),
        state=PaymentState(payment.state),
        captured=Money(payment.captured_minor, payment.currency),
        email=row.email,
        locale=row.locale,
        description=f"{get_settings().name}: {description}",
        return_url=f"{root}/payments/{payment.reference}/return",
        cancel_url=f"{root}/orders/{row.number}",
        notify_url=f"{root}/payments/webhooks/{payment.provider}",
        handle=payment.handle,
        created_at=payment.created_at,
        expires_at=row.pay_before,
        captured_as=_captured_as(payment),
    )
    return payment, request


def get_refund_request(refund_id: int) -> RefundRequest:
    """Return what a provider is asked to send back."""
    row = db.session.execute(
        select(Refund, Payment.reference).join(Payment, Payment.id == Refund.payment_id).where(Refund.id == refund_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    refund, request = row[0], get_request(row.reference)
    return RefundRequest(
        refund.key, request, Money(refund.amount_minor, request.amount.currency), refund.psp_reference or ""
    )


def find_pending(order_id: int) -> Payment | None:
    """Return the attempt to pay that is under way."""
    return db.session.scalar(
        select(Payment)
        .where(Payment.order_id == order_id, Payment.state == PaymentState.PENDING)
        .order_by(Payment.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What an order's page says about its payments; `pending` is the reference of an attempt that can be gone on with,
    `can_ask` says that its provider can be asked about it, `by_transfer` that it waits for money on our account."""

    declined: bool
    pending: str
    can_ask: bool
    by_transfer: bool
    refunding: Money


def standing_of(order: Order) -> Standing:
    """Return where an order's payments stand."""
    rows = read(_STANDING, {"order": order.id}).all()
    open_ones = [row for row in rows if row.state == PaymentState.PENDING and row.continue_url]
    return Standing(
        declined=bool(rows) and rows[-1].state == PaymentState.FAILED,
        pending=open_ones[-1].reference if open_ones else "",
        can_ask=bool(open_ones) and open_ones[-1].next_ask_at is not None,
        by_transfer=bool(open_ones) and open_ones[-1].provider == BankTransfer.code,
        refunding=Money(sum(row.refunding_minor for row in rows), order.currency),
    )


def list_payments(order_id: int) -> Sequence[Payment]:
    """Return every attempt to pay an order, the first one first."""
    return db.session.scalars(select(Payment).where(Payment.order_id == order_id).order_by(Payment.id)).all()


def refundable(order: Order) -> Money:
    """Return how much of an order's money may still be asked back: captured, less refunded, less under way, less
    what banks took back.
    """
    gone = Payment.refunded_minor + Payment.refunding_minor + Payment.lost_minor
    left = func.sum(case((gone < Payment.captured_minor, Payment.captured_minor - gone), else_=0))
    minor = db.session.scalar(select(func.coalesce(left, 0)).where(Payment.order_id == order.id))
    return Money(int(minor or 0), order.currency)


def list_refunds(order_id: int) -> Sequence[Refund]:
    """Return every refund of an order, the first one first."""
    return db.session.scalars(
        select(Refund).join(Payment, Payment.id == Refund.payment_id).where(_of(order_id)).order_by(Refund.id)
    ).all()


def get_refund(refund_id: int) -> Refund:
    """Return a refund, or NotFound."""
    refund = db.session.get(Refund, refund_id)
    if refund is None:
        raise NotFound
    return refund


def get_dispute(dispute_id: int) -> Dispute:
    """Return a dispute, or NotFound."""
    dispute = db.session.get(Dispute, dispute_id)
    if dispute is None:
        raise NotFound
    return dispute


def list_due_refunds(at: datetime, *, most: int) -> Sequence[int]:
    """Return ids of refunds whose provider is to be asked now."""
    return db.session.scalars(
        select(Refund.id)
        .where(Refund.next_try_at <= at, Refund.state.in_((RefundState.ASKED, RefundState.PENDING)))
        .order_by(Refund.next_try_at)
        .limit(most)
    ).all()


def list_silent(at: datetime, *, most: int) -> Sequence[str]:
    """Return references of payments about which their provider is to be asked now."""
    return db.session.scalars(
        select(Payment.reference)
        .where(Payment.next_ask_at <= at, Payment.state != PaymentState.CAPTURED)
        .order_by(Payment.next_ask_at)
        .limit(most)
    ).all()


def list_held(before: datetime, *, most: int) -> Sequence[str]:
    """Return references of payments that a provider has held for us since before a moment, the oldest first."""
    return db.session.scalars(
        select(Payment.reference)
        .where(Payment.state == PaymentState.AUTHORIZED, Payment.created_at <= before)
        .order_by(Payment.created_at)
        .limit(most)
    ).all()


def list_open(*, most: int) -> Sequence[str]:
    """Return references of payments that their provider can be asked about and that have no end, the newest first."""
    alive = Payment.state.in_((PaymentState.PENDING, PaymentState.AUTHORIZED))
    return db.session.scalars(
        select(Payment.reference).where(alive, Payment.next_ask_at.is_not(None)).order_by(Payment.id.desc()).limit(most)
    ).all()


def get_message(message_id: int) -> PaymentMessage:
    """Return a provider's message, or NotFound."""
    message = db.session.get(PaymentMessage, message_id)
    if message is None:
        raise NotFound
    return message


def list_due_messages(at: datetime, *, most: int) -> Sequence[int]:
    """Return ids of messages that are to be read, or read again."""
    return db.session.scalars(
        select(PaymentMessage.id)
        .where(PaymentMessage.next_try_at <= at, PaymentMessage.state == MessageState.RECEIVED)
        .order_by(PaymentMessage.id)
        .limit(most)
    ).all()


def _of(order_id: int) -> ColumnElement[bool]:
    return Payment.order_id == order_id


def _captured_as(payment: Payment) -> str:
    """Return the provider's reference of the money that came in, "" before it did."""
    if payment.state == PaymentState.PENDING and not payment.captured_minor:
        return ""
    kinds = (TransactionKind.CAPTURE, TransactionKind.AUTHORIZE)
    found = db.session.scalar(
        select(Transaction.psp_reference)
        .where(
            Transaction.payment_id == payment.id,
            Transaction.kind.in_(kinds),
            Transaction.psp_reference.is_not(None),
            Transaction.result == TransactionResult.SUCCESS,
        )
        .order_by(case((Transaction.kind == TransactionKind.CAPTURE, 0), else_=1), Transaction.id)
        .limit(1)
    )
    return found or ""


def overpaid_back(order_id: int) -> int:
    """Return how much has gone back of an order that was more than it costs, in minor units."""
    ended = (Payment.order_id == order_id, Refund.state == RefundState.SUCCEEDED)
    sums = select(func.coalesce(func.sum(Refund.overpaid_minor), 0)).join(Payment, Payment.id == Refund.payment_id)
    return int(db.session.scalar(sums.where(*ended)) or 0)
