"""Reads of tickets: a shopper's is found through its owner or its key."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from storefront.database.base import db
from storefront.kernel.errors import NotFound
from storefront.kernel.paging import Page
from storefront.orders.queries import Reader
from storefront.orders.rules import read_number
from storefront.support.models import Ticket, TicketMessage

PAGE_SIZE = 20


def get_ticket(number: str) -> Ticket:
    """Return a ticket by its number, for those who may see every ticket, or NotFound."""
    found = db.session.scalar(select(Ticket).where(Ticket.number == read_number(number)))
    if found is None:
        raise NotFound
    return found


def get_for(reader: Reader, number: str) -> Ticket:
    """Return a ticket to its reader; to anybody else it does not exist."""
    found = get_ticket(number)
    owns = reader.customer_id is not None and reader.customer_id == found.customer_id
    if not owns and not (reader.key and hmac.compare_digest(reader.key.encode(), found.access_token.encode())):
        raise NotFound
    return found


def list_messages(ticket_id: int, *, with_notes: bool = False) -> Sequence[TicketMessage]:
    """Return what was written, the first message first; notes among colleagues only where they are asked for."""
    statement = select(TicketMessage).where(TicketMessage.ticket_id == ticket_id).order_by(TicketMessage.id)
    return db.session.scalars(statement if with_notes else statement.where(~TicketMessage.is_note)).all()


def count_messages(ticket_id: int) -> int:
    """Return how many messages a ticket has that its customer sees."""
    mine = select(func.count()).where(TicketMessage.ticket_id == ticket_id, ~TicketMessage.is_note)
    return int(db.session.scalar(mine) or 0)


def page_of_tickets(customer_id: int, number: int = 1, *, size: int = PAGE_SIZE) -> Page[Any]:
    """Return a page of a customer's tickets, what was written last first: number, subject, topic, state, moved_at."""
    mine = Ticket.customer_id == customer_id
    total = db.session.scalar(select(func.count()).select_from(Ticket).where(mine)) or 0
    rows = db.session.execute(
        select(Ticket.number, Ticket.subject, Ticket.topic, Ticket.state, Ticket.moved_at)
        .where(mine)
        .order_by(Ticket.moved_at.desc(), Ticket.id.desc())
        .limit(size)
        .offset((number - 1) * size)
    ).all()
    return Page(rows, total, number, size)
