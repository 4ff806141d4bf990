"""Reads of payments for the back office."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, literal_column, select, union, union_all

from admin.payments.tables import DISAGREES
from admin.tables import ListState, Source, within
from storefront.approvals.models import ApprovalRequest
from storefront.database.base import db
from storefront.database.unindexed import unindexed
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.kernel.sheets import MARK, sheet_line
from storefront.orders.models import Order
from storefront.orders.rules import read_number
from storefront.orders.stages import is_owing
from storefront.orders.states import PaymentStatus
from storefront.payments import limits
from storefront.payments import queries as payments
from storefront.payments.models import Payment, PaymentMessage, Refund, Transaction
from storefront.payments.providers import KNOWN, BankTransfer, Sandbox
from storefront.payments.rules import ASKED_FOR
from storefront.payments.states import MessageState, PaymentState, RefundState

MOST_SHOWN = 100
READ_AT_ONCE = 1_000
NO_ISSUE: ColumnElement[str] = literal_column("''")
"""Written out, since the index of what does not agree is found by it."""
_MONEY = Order.paid_minor, Order.refunded_minor, Order.lost_minor
BY_HAND = tuple(code for code, kind in KNOWN.items() if kind.refunds_by_hand)
SORTS: dict[str, Any] = {"begun": Payment.created_at, "amount": Payment.amount_minor}
SHEET = ("when", "order", "provider", "payment", "step", "result", "amount", "currency", "provider's reference")


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """The money of one order: what came, what goes back, and what may be done."""

    attempts: Sequence[Payment]
    refunds: Sequence[tuple[Refund, bool]]
    """Each with whether a person pays it back."""
    waiting: Sequence[ApprovalRequest]
    """What was asked to go back and waits for an approval: no part of the following two."""
    refundable: Money
    overpaid: Money
    takes_transfers: bool
    to_capture: str
    to_practise: str
    """The reference of a test payment that a dispute can be practised with."""
    is_by_hand: bool
    """Whether some of it came without a provider that could send it back."""
    is_short: Money
    """What has gone, to the payer and their bank together, beyond what came in."""


@dataclass(frozen=True, slots=True)
class Differences:
    """What does not agree, or waits for a person."""

    payments: Sequence[Any]
    messages: Sequence[PaymentMessage]
    refunds: Sequence[Any]
    orders: Sequence[Any]
    silent: Sequence[Any]

    @property
    def is_empty(self) -> bool:
        return not any((self.payments, self.messages, self.refunds, self.orders, self.silent))


def payments_of(state: ListState) -> Source:
    """Return the attempts to pay that `state` asks for."""
    rows = _joined(select(Payment, Order.number)).where(*_conditions(state))
    return Source(rows, Payment.id, SORTS, few=bool(state.value("issue")))


def sheet_of(state: ListState) -> Iterator[str]:
    """Yield every transaction of the payments that `state` asks for, as lines for a spreadsheet, the newest first.

    It is read a thousand at a time, each in a query of its own, so that no length holds a database or fills memory.
    """
    yield MARK + sheet_line(SHEET)
    conditions, last = _conditions(state), None
    columns = Order.number, Payment.provider, Payment.reference, Payment.currency, Transaction
    while True:
        query = (
            select(*columns)
            .join(Payment, Payment.id == Transaction.payment_id)
            .join(Order, Order.id == Payment.order_id)
            .where(*conditions)
            .order_by(Transaction.id.desc())
            .limit(READ_AT_ONCE)
        )
        rows = db.session.execute(query if last is None else query.where(Transaction.id < last)).all()
        for number, provider, reference, currency, step in rows:
            amount = Money(step.amount_minor, step.currency or currency)
            words = (step.at.isoformat(timespec="seconds"), number, provider, reference, step.kind, step.result)
            yield sheet_line([*words, amount.decimal, amount.currency, step.psp_reference])
        if len(rows) < READ_AT_ONCE:
            return
        last = rows[-1].Transaction.id
        db.session.rollback()


def messages_of(state: ListState) -> Source:
    """Return the providers' messages that `state` asks for."""
    found = within(state, "received", PaymentMessage.received_at)
    if provider := state.value("provider"):
        found.append(PaymentMessage.provider == provider)
    if wanted := state.value("state"):
        found.append(PaymentMessage.state == wanted)
    if state.search:
        found.append(PaymentMessage.about == read_number(state.search))
    return Source(select(PaymentMessage).where(*found), PaymentMessage.id, whole=True)


def money_of(order: Order) -> OrderMoney:
    """Return everything about an order's money."""
    attempts = payments.list_payments(order.id)
    by_hand = {each.id: each.provider in BY_HAND for each in attempts}
    held = [each.reference for each in attempts if each.state == PaymentState.AUTHORIZED]
    tests = [each.reference for each in attempts if each.provider == Sandbox.code and each.captured_minor]
    waiting = limits.list_waiting(order)
    waits = sum(each.amount_minor or 0 for each in waiting)
    net = order.paid_minor - order.refunded_minor - order.lost_minor - sum(each.refunding_minor for each in attempts)
    return OrderMoney(
        attempts=attempts,
        refunds=[(refund, by_hand[refund.payment_id]) for refund in payments.list_refunds(order.id)],
        waiting=waiting,
        refundable=Money(max(payments.refundable(order).minor - waits, 0), order.currency),
        overpaid=Money(max(net - waits - order.total_minor, 0), order.currency),
        takes_transfers=any(each.provider == BankTransfer.code for each in attempts),
        to_capture=held[0] if held else "",
        to_practise=tests[-1] if tests else "",
        is_by_hand=any(by_hand[each.id] and each.captured_minor for each in attempts),
        is_short=Money(max(-net, 0), order.currency),
    )


def get_payment(payment_id: int) -> Payment:
    """Return a payment by its id, or NotFound."""
    reference = db.session.scalar(select(Payment.reference).where(Payment.id == payment_id)) or ""
    return payments.get_payment(reference)


def number_of_refund(refund_id: int) -> str:
    """Return the number of the order that a refund belongs to, or NotFound."""
    refund = payments.get_refund(refund_id)
    query = select(Order.number).join(Payment, Payment.order_id == Order.id).where(Payment.id == refund.payment_id)
    return db.session.scalars(query).one()


def differences() -> Differences:
    """Return what does not agree between the providers and the shop, the newest of each kind first."""
    overpaid = select(Order.id).where(Order.payment_status == PaymentStatus.OVERPAID)
    unsettled = union_all(overpaid, select(Order.id).where(*is_owing()))  # each by its index
    return Differences(
        payments=_some(_joined(select(Payment, Order.number)).where(Payment.issue != NO_ISSUE), Payment.id),
        messages=db.session.scalars(
            select(PaymentMessage)
            .where(PaymentMessage.state.in_((MessageState.UNMATCHED, MessageState.STUCK)))
            .order_by(PaymentMessage.id.desc())
            .limit(MOST_SHOWN)
        ).all(),
        refunds=_some(_waiting_refunds(), Refund.id),
        orders=_some(
            select(Order.number, Order.status, Order.payment_status, *_MONEY).where(Order.id.in_(unsettled)),
            unindexed(Order.id),
        ),
        silent=_some(
            _joined(select(Payment, Order.number)).where(
                Payment.state == PaymentState.PENDING,
                Payment.asked_at.is_not(None),
                Payment.created_at > now() - ASKED_FOR,
            ),
            Payment.created_at,
        ),
    )


def _waiting_refunds() -> Any:
    """Refunds that wait for a person: those that got stuck, and those that a person makes."""
    is_by_hand = Payment.provider.in_(BY_HAND)
    waits = (Refund.state == RefundState.STUCK) | ((Refund.state == RefundState.PENDING) & is_by_hand)
    joined = select(Refund, Payment.provider, Payment.currency, Order.number)
    return joined.join(Payment, Payment.id == Refund.payment_id).join(Order, Order.id == Payment.order_id).where(waits)


def _some(statement: Any, newest: Any) -> Sequence[Any]:
    return db.session.execute(statement.order_by(newest.desc()).limit(MOST_SHOWN)).all()


def _joined(statement: Any) -> Any:
    return statement.join(Order, Order.id == Payment.order_id)


def _conditions(state: ListState) -> list[ColumnElement[bool]]:
    found = within(state, "begun", Payment.created_at)
    if provider := state.value("provider"):
        found.append(Payment.provider == provider)
    if wanted := state.value("state"):
        found.append(Payment.state == wanted)
    if state.value("issue") == DISAGREES:
        found.append(Payment.issue != NO_ISSUE)
    if state.search:
        found.append(Payment.id.in_(_named(state.search)))
    return found


def _named(text: str) -> Any:
    """Return the payments that a text names: a part for each column, so that each is found by its index."""
    return union(
        select(Payment.id).where(Payment.reference == text),
        select(Payment.id).where(Payment.handle == text),
        select(Transaction.payment_id).where(Transaction.psp_reference == text),
        select(Payment.id).join(Order, Order.id == Payment.order_id).where(Order.number == read_number(text)),
    )
