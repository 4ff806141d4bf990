"""What somebody wrote to the shop, and what it answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from storefront.database.base import db
from storefront.database.belongings import delete_rows, rows_of, table_of
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person
from storefront.support.models import Ticket, TicketMessage

_TICKETS, _MESSAGES = table_of(Ticket), table_of(TicketMessage)


def _is_theirs(person: Person) -> ColumnElement[bool]:
    """With an account it is what was written from there, and as a guest with the account's own address."""
    as_guest = (_TICKETS.c.email == person.email) & _TICKETS.c.customer_id.is_(None)
    mine = [_TICKETS.c.customer_id == person.id] if person.id else []
    return or_(*mine, as_guest) if person.email else or_(*mine, _TICKETS.c.id < 0)


def _tickets(person: Person) -> Sequence[Data]:
    tickets = rows_of(_TICKETS, _is_theirs(person), but={"access_token", "assigned_to", "customer_id"})
    for ticket in tickets:
        told = (_MESSAGES.c.ticket_id == ticket["id"]) & ~_MESSAGES.c.is_note
        ticket["messages"] = rows_of(_MESSAGES, told, but={"id", "ticket_id", "is_note"})
    return tickets


def _forget(person: Person, _at: datetime) -> None:
    ids = db.session.scalars(select(_TICKETS.c.id).where(_is_theirs(person))).all()
    delete_rows(_MESSAGES, _MESSAGES.c.ticket_id.in_(ids))
    delete_rows(_TICKETS, _TICKETS.c.id.in_(ids))


PERSONAL = (
    Keeper(
        "tickets",
        N_("Questions to us"),
        ("ticket", "ticket_message"),
        _tickets,
        _forget,
        goes=N_("What you wrote to us and what we answered."),
    ),
)
