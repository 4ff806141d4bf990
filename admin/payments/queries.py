"""Reads of payments for the back office."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from admin.days import end_of, start_of
from admin.orders.queries import paid_but_cancelled
from admin.payments.tables import DISAGREES
from admin.sheets import MARK, sheet_line
from admin.tables import PAGE_SIZE, ListState
from storefront.database.base import db
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.kernel.paging import Page
from storefront.orders.models import Order
from storefront.orders.rules import read_number
from storefront.orders.states import PaymentStatus
from storefront.payments import queries as payments
from storefront.payments.models import Payment, PaymentMessage, Refund, Transaction
from storefront.payments.providers import KNOWN, BankTransfer, Sandbox
from storefront.payments.rules import ASKED_FOR
from storefront.payments.states import MessageState, PaymentState, RefundState
from storefront.shop.queries import get_settings

MOST_COUNTED = 10_000
MOST_SHOWN = 100
READ_AT_ONCE = 1_000
BY_HAND = tuple(code for code, kind in KNOWN.items() if kind.refunds_by_hand)
SORTS: dict[str, Any] = {"begun": Payment.created_at, "amount": Payment.amount_minor}
SHEET = ("when", "order", "provider", "payment", "step", "result", "amount", "currency", "provider's reference")


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """The money of one order: what came, what goes back, and what may be done."""

    attempts: Sequence[Payment]
    refunds: Sequence[tuple[Refund, bool]]
    """Each with whether a person pays it back."""
    refundable: Money
    overpaid: Money
    takes_transfers: bool
    to_capture: str
    to_practise: str
    """The reference of a test payment that a dispute can be practised with."""
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


def page_of_payments(state: ListState) -> Page[Any]:
    """Return the page of attempts to pay that `state` asks for."""
    conditions = _conditions(state)
    counted = _joined(select(Payment.id)).where(*conditions).limit(MOST_COUNTED).subquery()
    total = db.session.scalar(select(func.count()).select_from(counted)) or 0
    column = SORTS[state.sort_key]
    order = (column.desc(), Payment.id.desc()) if state.descending else (column, Payment.id)
    number = min(state.page, max(1, -(-total // PAGE_SIZE)))
    statement = _joined(select(Payment, Order.number)).where(*conditions).order_by(*order)
    rows = db.session.execute(statement.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Page(rows, total, number, PAGE_SIZE)


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


def page_of_messages(state: ListState) -> Page[PaymentMessage]:
    """Return the page of providers' messages that `state` asks for, the newest first."""
    zone, found = get_settings().timezone, list[ColumnElement[bool]]()
    if provider := state.value("provider"):
        found.append(PaymentMessage.provider == provider)
    if wanted := state.value("state"):
        found.append(PaymentMessage.state == wanted)
    if first := state.day("received_from"):
        found.append(PaymentMessage.received_at >= start_of(first, zone))
    if last := state.day("received_to"):
        found.append(PaymentMessage.received_at < end_of(last, zone))
    if state.search:
        found.append(PaymentMessage.about == read_number(state.search))
    counted = select(PaymentMessage.id).where(*found).limit(MOST_COUNTED).subquery()
    total = db.session.scalar(select(func.count()).select_from(counted)) or 0
    number = min(state.page, max(1, -(-total // PAGE_SIZE)))
    query = select(PaymentMessage).where(*found).order_by(PaymentMessage.id.desc())
    rows = db.session.scalars(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Page(list(rows), total, number, PAGE_SIZE)


def money_of(order: Order) -> OrderMoney:
    """Return everything about an order's money."""
    attempts = payments.list_payments(order.id)
    by_hand = {each.id: each.provider in BY_HAND for each in attempts}
    held = [each.reference for each in attempts if each.state == PaymentState.AUTHORIZED]
    tests = [each.reference for each in attempts if each.provider == Sandbox.code and each.captured_minor]
    net = order.paid_minor - order.refunded_minor - order.lost_minor - sum(each.refunding_minor for each in attempts)
    return OrderMoney(
        attempts=attempts,
        refunds=[(refund, by_hand[refund.payment_id]) for refund in payments.list_refunds(order.id)],
        refundable=payments.refundable(order),
        overpaid=Money(max(net - order.total_minor, 0), order.currency),
        takes_transfers=any(each.provider == BankTransfer.code for each in attempts),
        to_capture=held[0] if held else "",
        to_practise=tests[-1] if tests else "",
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
    return Differences(
        payments=_some(_joined(select(Payment, Order.number)).where(Payment.issue != ""), Payment.id),
        messages=db.session.scalars(
            select(PaymentMessage)
            .where(PaymentMessage.state.in_((MessageState.UNMATCHED, MessageState.STUCK)))
            .order_by(PaymentMessage.id.desc())
            .limit(MOST_SHOWN)
        ).all(),
        refunds=_some(_waiting_refunds(), Refund.id),
        orders=_some(
            select(Order.number, Order.status, Order.payment_status, Order.paid_minor, Order.refunded_minor).where(
                or_(Order.payment_status == PaymentStatus.OVERPAID, and_(*paid_but_cancelled()))
            ),
            Order.id,
        ),
        silent=_some(
            _joined(select(Payment, Order.number)).where(
                Payment.state == PaymentState.PENDING,
                Payment.asked_at.is_not(None),
                Payment.created_at > now() - ASKED_FOR,
            ),
            Payment.id,
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
    zone, found = get_settings().timezone, list[ColumnElement[bool]]()
    if provider := state.value("provider"):
        found.append(Payment.provider == provider)
    if wanted := state.value("state"):
        found.append(Payment.state == wanted)
    if state.value("issue") == DISAGREES:
        found.append(Payment.issue != "")
    if first := state.day("begun_from"):
        found.append(Payment.created_at >= start_of(first, zone))
    if last := state.day("begun_to"):
        found.append(Payment.created_at < end_of(last, zone))
    if state.search:
        named = select(Transaction.payment_id).where(Transaction.psp_reference == state.search)
        found.append(
            or_(
                Order.number == read_number(state.search),
                Payment.reference == state.search,
                Payment.handle == state.search,
                Payment.id.in_(named),
            )
        )
    return found
