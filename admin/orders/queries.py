"""Reads of orders for their list and their page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from admin.days import day_of
from admin.fulfilment.queries import may_leave
from admin.orders.tables import BALANCE_DUE, LATE, PAID_BUT_CANCELLED, REFUND_FAILED
from admin.tables import ListState, Source, within
from storefront.accounts.rules import normal_phone
from storefront.database.base import db
from storefront.database.prefix import begins_with
from storefront.database.unindexed import unindexed
from storefront.figures import counting
from storefront.fulfilment.models import Parcel
from storefront.invoicing.models import Invoice
from storefront.kernel.clock import now
from storefront.kernel.errors import NotFound
from storefront.kernel.money import Money
from storefront.kernel.text import code_key
from storefront.orders import notes
from storefront.orders import queries as orders
from storefront.orders.models import Order
from storefront.orders.rules import read_number
from storefront.orders.stages import is_owing
from storefront.orders.states import OrderStatus
from storefront.payments.models import Payment, Refund, Transaction
from storefront.payments.states import RefundState
from storefront.shop.queries import get_settings

_INVOICE = re.compile(r"(\d{4})-(\d{6,9})")
SHORTEST_WORDS = 3
"""Fewer letters are looked for in numbers and e-mails only."""
MOST_SORTED = 5_000
"""So many orders of an e-mail are sorted, to show the newest of them."""
MOST_OF_A_PHONE = 200
"""So many orders of a phone are found, the newest."""
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
    few = bool(state.value("waiting"))
    return Source(ROW.where(*_conditions(state)), Order.id, SORTS, key=Order.number, few=few)


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


@dataclass(frozen=True, slots=True)
class MoneyStep:
    """What a provider was asked or said about an order's money, and why, in its words."""

    provider: str
    name: str
    """The provider's for it, else ours for the attempt."""
    kind: str
    result: str
    amount: Money
    reason: str
    at: datetime


def list_transactions(order_id: int) -> Sequence[MoneyStep]:
    """Return what providers were asked and said about an order, in order of time."""
    rows = db.session.execute(
        select(Payment.provider, Payment.reference, Payment.currency, Transaction)
        .join(Transaction, Transaction.payment_id == Payment.id)
        .where(Payment.order_id == order_id)
        .order_by(Transaction.id)
    )
    return [
        MoneyStep(
            provider,
            step.psp_reference or reference,
            step.kind,
            step.result,
            Money(step.amount_minor, step.currency or currency),
            str(step.facts.get("reason", "")),
            step.at,
        )
        for provider, reference, currency, step in rows
    ]


def late(today: date) -> tuple[ColumnElement[bool], ...]:
    """Return what tells the orders that should have arrived before today and of which something may still leave."""
    return (*may_leave(), Order.expected_to < today)


def refund_failed() -> ColumnElement[bool]:
    """Return what tells the orders of which the last refund of a payment was refused or got stuck."""
    later = aliased(Refund)
    is_last = ~exists().where(later.payment_id == Refund.payment_id, later.id > Refund.id)
    failed = Refund.state.in_((RefundState.FAILED, RefundState.STUCK))
    joined = select(Payment.order_id).join(Refund, Refund.payment_id == Payment.id)
    return Order.id.in_(joined.where(failed, is_last))


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
        found.extend(is_owing())
    if state.value("waiting") == LATE:
        found.extend(late(day_of(now(), get_settings().timezone)))
    if state.value("waiting") == REFUND_FAILED:
        found.append(refund_failed())
    if state.value("counts"):
        found.extend(counting.counted())
    if state.value("waiting") == BALANCE_DUE:
        found += [unindexed(Order.status) == OrderStatus.OPEN, Order.balance_since.is_not(None)]
    found += within(state, "placed", Order.placed_at)
    if ended := within(state, "refunded", Refund.ended_at):
        back = select(Payment.order_id).join(Refund, Refund.payment_id == Payment.id)
        back = back.join(Order, Order.id == Payment.order_id).where(*ended, *counting.refund_counts())
        found.append(Order.id.in_(back.correlate(None)))
    if state.search:
        found.append(_matches(state.search))
    return found


def _matches(text: str) -> ColumnElement[bool]:
    """A number (of the order, its parcel, return or invoice, or the carrier's), the beginning of an e-mail, a phone, or
    words that stand in a note.

    An e-mail is looked up, unless so many begin like this that sorting their orders takes longer than reading orders
    as they are sorted until a page is full.
    """
    noted = notes.orders_noted(text) if len(text) >= SHORTEST_WORDS else ()
    beginning = begins_with(Order.email, text.lower())
    if db.session.scalar(select(Order.id).where(beginning).offset(MOST_SORTED).limit(1)) is not None:
        beginning = begins_with(unindexed(Order.email), text.lower())
    return or_(Order.number == read_number(text), beginning, Order.id.in_([*noted, *_known_by(text)]))


def _known_by(text: str) -> Iterator[int]:
    """Yield the orders of which a text with digits names the phone, the invoice or the label."""
    if not any(each.isdigit() for each in text):
        return
    if phone := normal_phone(text, get_settings().country):
        mine = select(Order.id).where(Order.phone == phone, Order.phone != "").order_by(Order.id.desc())
        yield from db.session.scalars(mine.limit(MOST_OF_A_PHONE))
    if printed := _INVOICE.fullmatch(text):
        named = Invoice.year == int(printed[1]), Invoice.position == int(printed[2])
        yield from db.session.scalars(select(Invoice.order_id).where(*named))
    yield from db.session.scalars(select(Parcel.order_id).where(Parcel.tracking_number == code_key(text)[:40]))
