"""Reads of customers for their list and their page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from admin.accounts.customers.tables import bounds
from admin.tables import ListState, Source, within
from storefront.accounts.groups import is_in as is_in_group
from storefront.accounts.models import Customer, CustomerIdentity
from storefront.accounts.rules import normal_phone
from storefront.database.base import db
from storefront.database.prefix import begins_with
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.mail.choices import address_key
from storefront.mail.models import MailChoice
from storefront.mail.states import Topic
from storefront.orders.models import CustomerWorth, Order
from storefront.orders.rules import read_number
from storefront.orders.segments import Segment, segment_of
from storefront.orders.worth import is_in
from storefront.returns.models import Return
from storefront.shop.queries import get_settings

RETURNS = 10
ROW = (
    *(Customer.id, Customer.email, Customer.verified_phone, Customer.name, Customer.tier, Customer.is_active),
    *(Customer.created_at, CustomerWorth.orders, CustomerWorth.spent_minor, CustomerWorth.last_at),
)
SORTS = {
    "since": Customer.created_at,
    "orders": CustomerWorth.orders,
    "spent": CustomerWorth.spent_minor,
    "last": CustomerWorth.last_at,
}


def customers_of(state: ListState) -> Source:
    """Return the customers that `state` asks for."""
    conditions = _conditions(state)
    rows = _joined(select(*ROW)).where(*conditions)
    return Source(rows, Customer.id, SORTS, complete=_with_segments, nulls_last=True)


def find_customers(text: str, limit: int) -> Sequence[Any]:
    """Return the newest customers whose e-mail or phone begins so, who are called so, or who placed such an order."""
    rows = db.session.execute(
        _joined(select(*ROW)).where(_matches(text)).order_by(Customer.created_at.desc()).limit(limit)
    ).all()
    return _with_segments(rows)


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return in a customer's list."""

    number: str
    order_number: str
    state: str
    amount: Money
    at: Any


def list_returns(customer_id: int) -> Sequence[ReturnRow]:
    """Return a customer's latest returns and claims."""
    rows = db.session.execute(
        select(
            Return.number, Order.number.label("order_number"), Return.state, Return.refunded_minor, Return.requested_at
        )
        .join(Order, Order.id == Return.order_id)
        .where(Order.customer_id == customer_id)
        .order_by(Return.id.desc())
        .limit(RETURNS)
    )
    currency = get_settings().currency
    return [
        ReturnRow(row.number, row.order_number, row.state, Money(row.refunded_minor, currency), row.requested_at)
        for row in rows
    ]


def list_connections(customer_id: int) -> Sequence[Any]:
    """Return the accounts elsewhere that somebody signs in with: provider, label."""
    columns = select(CustomerIdentity.provider, CustomerIdentity.label)
    return db.session.execute(columns.where(CustomerIdentity.customer_id == customer_id)).all()


def latest_choices(email: str | None) -> dict[Topic, Any]:
    """Return by topic what somebody said last about letters: is_wanted, version, source, at."""
    if not email:
        return {}
    rows = db.session.execute(
        select(MailChoice.topic, MailChoice.is_wanted, MailChoice.version, MailChoice.source, MailChoice.at)
        .where(MailChoice.address_key == address_key(email), MailChoice.moved_to == "")
        .order_by(MailChoice.id)
    )
    return {Topic(row.topic): row for row in rows}


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return statement.select_from(Customer).outerjoin(CustomerWorth, CustomerWorth.customer_id == Customer.id)


def _with_segments(rows: Sequence[Any]) -> Sequence[Any]:
    at, cut = now(), bounds()
    return [
        SimpleNamespace(**row._mapping, segment=segment_of(row.orders or 0, row.last_at, at=at, bounds=cut))
        for row in rows
    ]


def _conditions(state: ListState) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if segment := state.value("segment"):
        found.append(is_in(Segment(segment), now(), bounds()))
    if tier := state.value("tier"):
        found.append(Customer.tier == tier)
    if group := state.value("group"):
        found.append(is_in_group(group))
    if account := state.value("state"):
        found.append(Customer.is_active == (account == "open"))
    found += within(state, "since", Customer.created_at)
    found += within(state, "last", CustomerWorth.last_at)
    if state.search:
        found.append(_matches(state.search))
    return found


def _matches(text: str) -> ColumnElement[bool]:
    """An e-mail is looked for by how it begins, a phone whole, a name anywhere."""
    words = text.strip()
    if "@" in words:
        return begins_with(Customer.email, words.lower())
    phone = normal_phone(words, get_settings().country) if any(each.isdigit() for each in words) else None
    orders = select(Order.customer_id).where(Order.number == read_number(words))
    found = [Customer.name.icontains(words, autoescape=True), begins_with(Customer.email, words.lower())]
    found += [Customer.verified_phone == phone, Customer.phone == phone] if phone else []
    return or_(*found, Customer.id.in_(orders))
