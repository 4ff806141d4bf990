"""Reads of tickets for their list and their page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g
from sqlalchemy import ColumnElement, or_, select

from admin.support.tables import MINE
from admin.tables import ListState, Source, within
from storefront.accounts.models import Customer, Staff
from storefront.database.base import db
from storefront.database.prefix import begins_with
from storefront.orders.models import Order
from storefront.orders.rules import read_number
from storefront.support.models import Ticket

LATEST = 5
COLUMNS = (
    *(Ticket.id, Ticket.number, Ticket.subject, Ticket.topic, Ticket.email, Ticket.state, Ticket.moved_at),
    *(Staff.name.label("assigned_name"), Staff.email.label("assigned_email")),
)


def tickets_of(state: ListState) -> Source:
    """Return the tickets that `state` asks for."""
    rows = select(*COLUMNS).outerjoin(Staff, Staff.id == Ticket.assigned_to).where(*_conditions(state))
    return Source(rows, Ticket.id, {"moved": Ticket.moved_at}, key=Ticket.number)


@dataclass(frozen=True, slots=True)
class Named:
    """The order that a ticket names, and whether it is of whoever wrote."""

    number: str
    is_theirs: bool


def find_named_order(ticket: Ticket) -> Named | None:
    """Return the order that a ticket names, if there is one: anybody can type anybody's number."""
    if not ticket.order_number:
        return None
    columns = select(Order.number, Order.email, Order.customer_id)
    row = db.session.execute(columns.where(Order.number == read_number(ticket.order_number))).first()
    if row is None:
        return None
    by_account = ticket.customer_id is not None and row.customer_id == ticket.customer_id
    return Named(row.number, by_account or (bool(ticket.email) and row.email == ticket.email))


def list_others(ticket: Ticket) -> Sequence[tuple[str, str, str]]:
    """Return the latest other tickets of the same person: number, subject, state."""
    same = Ticket.customer_id == ticket.customer_id if ticket.customer_id else Ticket.email == ticket.email
    return _latest(same, Ticket.id != ticket.id)


def list_of_customer(customer: Customer) -> Sequence[tuple[str, str, str]]:
    """Return a customer's latest tickets: number, subject, state."""
    return _latest(Ticket.customer_id == customer.id)


def list_about(order: Order) -> Sequence[tuple[str, str, str]]:
    """Return the latest tickets that name an order: number, subject, state; anybody can name anybody's."""
    return _latest(Ticket.order_number == order.number)


def _latest(*conditions: ColumnElement[bool]) -> Sequence[tuple[str, str, str]]:
    columns = select(Ticket.number, Ticket.subject, Ticket.state).where(*conditions)
    rows = db.session.execute(columns.order_by(Ticket.moved_at.desc()).limit(LATEST))
    return [(row.number, row.subject, row.state) for row in rows]


def _conditions(state: ListState) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, key in ((Ticket.state, "state"), (Ticket.topic, "topic")):
        if value := state.value(key):
            found.append(column == value)
    if who := state.value("who"):
        found.append(Ticket.assigned_to == g.staff.id if who == MINE else Ticket.assigned_to.is_(None))
    found += within(state, "opened", Ticket.opened_at)
    if words := state.search:
        number = read_number(words)
        named = or_(Ticket.number == number, Ticket.order_number == number)
        found.append(
            or_(named, begins_with(Ticket.email, words.lower()), Ticket.subject.icontains(words, autoescape=True))
        )
    return found
