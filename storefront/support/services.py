"""Writes of tickets."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storefront.audit import services as audit
from storefront.database.base import db
from storefront.kernel.errors import N_, Invalid, ShopError
from storefront.kernel.text import squeeze
from storefront.orders.rules import NUMBERS, number_of, read_number
from storefront.support import letters, queries
from storefront.support.models import Ticket, TicketMessage
from storefront.support.states import TICKETS, TicketAction, TicketState, Topic

CUSTOMER = "customer"
LONGEST_TEXT = 5_000
LONGEST_SUBJECT = 120
MOST_MESSAGES = 200
"""What is longer belongs to the telephone, or to a robot."""


class WrittenMeanwhile(ShopError):
    """Somebody wrote while an answer was being written."""

    message = N_(
        "Somebody wrote here while you did. Read it above; your text is kept, and sent when you send it again."
    )


class TooLong(ShopError):
    """A ticket that holds too much already."""

    message = N_("This talk has grown very long. Please begin another one.")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: a customer, or a guest with an e-mail."""

    email: str
    name: str
    locale: str
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked."""

    topic: Topic
    subject: str
    text: str
    order_number: str = ""


def ask(*, sender: Sender, question: Question, at: datetime) -> Ticket:
    """Begin a ticket; who wrote is told by letter that it has come, and where it can be read."""
    subject, text = squeeze(question.subject), _text(question.text)
    if not subject:
        raise Invalid(N_("Say in a few words what it is about."), field="subject")
    if len(subject) > LONGEST_SUBJECT:
        raise Invalid(N_("Use at most %(count)d characters."), field="subject", count=LONGEST_SUBJECT)
    ticket = Ticket(
        number=f"T-{number_of(secrets.randbelow(NUMBERS))}",
        access_token=secrets.token_urlsafe(32),
        customer_id=sender.customer_id,
        email=sender.email,
        name=squeeze(sender.name)[:120],
        locale=sender.locale,
        topic=question.topic,
        subject=subject,
        order_number=read_number(question.order_number),
        state=TicketState.WAITING,
        opened_at=at,
        moved_at=at,
    )
    db.session.add(ticket)
    db.session.flush()
    _write(ticket, CUSTOMER, text, at)
    letters.confirm(ticket, at)
    return ticket


def write(*, ticket_id: int, text: str, at: datetime) -> Ticket:
    """Let the customer write again; a closed ticket is open then."""
    ticket = _locked(ticket_id)
    said = _text(text)
    ticket.state = TICKETS.next(TicketState(ticket.state), TicketAction.ASK)
    _write(ticket, CUSTOMER, said, at)
    return ticket


def answer(*, ticket_id: int, text: str, seen: int, by: str, at: datetime) -> Ticket:
    """Answer a customer who had written `seen` messages with our own by then; they get a letter with the answer."""
    ticket = _locked(ticket_id)
    said = _text(text)
    if queries.count_messages(ticket.id) != seen:
        raise WrittenMeanwhile
    before = ticket.state
    ticket.state = TICKETS.next(TicketState(before), TicketAction.ANSWER)
    message = _write(ticket, by, said, at)
    letters.tell_answer(ticket, message, at)
    _note(ticket, "ticket.answer", {"state": (before, ticket.state)} if before != ticket.state else {}, by, at)
    return ticket


def add_note(*, ticket_id: int, text: str, by: str, at: datetime) -> Ticket:
    """Write something down for colleagues."""
    ticket = _locked(ticket_id)
    _write(ticket, by, _text(text), at, is_note=True)
    _note(ticket, "ticket.note", {}, by, at)
    return ticket


def close(*, ticket_id: int, by: str, at: datetime) -> Ticket:
    """Close a ticket; the customer may do it too."""
    return _move(_locked(ticket_id), TicketAction.CLOSE, by, at)


def reopen(*, ticket_id: int, by: str, at: datetime) -> Ticket:
    """Open a ticket that was closed too early."""
    return _move(_locked(ticket_id), TicketAction.REOPEN, by, at)


def assign(*, ticket_id: int, staff_id: int | None, by: str, at: datetime) -> Ticket:
    """Say who sees to a ticket; None: nobody in particular."""
    ticket = _locked(ticket_id)
    before, ticket.assigned_to = ticket.assigned_to, staff_id
    db.session.flush()
    _note(ticket, "ticket.assign", {"assigned_to": (before, staff_id)}, by, at)
    return ticket


def _move(ticket: Ticket, action: TicketAction, by: str, at: datetime) -> Ticket:
    before = ticket.state
    ticket.state, ticket.moved_at = TICKETS.next(TicketState(before), action), at
    db.session.flush()
    _note(ticket, f"ticket.{action}", {"state": (before, ticket.state)}, by, at)
    return ticket


def _write(ticket: Ticket, author: str, text: str, at: datetime, *, is_note: bool = False) -> TicketMessage:
    count = db.session.scalar(select(func.count()).where(TicketMessage.ticket_id == ticket.id)) or 0
    if count >= MOST_MESSAGES:
        raise TooLong
    message = TicketMessage(ticket_id=ticket.id, author=author, text=text, is_note=is_note, at=at)
    ticket.moved_at = at
    db.session.add(message)
    db.session.flush()
    return message


def _text(text: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise Invalid(N_("Please write something."), field="text")
    if len(said) > LONGEST_TEXT:
        raise Invalid(N_("Use at most %(count)d characters."), field="text", count=LONGEST_TEXT)
    return said


def _locked(ticket_id: int) -> Ticket:
    statement = select(Ticket).where(Ticket.id == ticket_id).with_for_update()
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def _note(ticket: Ticket, action: str, changes: dict[str, tuple[object, object]], by: str, at: datetime) -> None:
    if by.startswith("staff:"):
        audit.record(actor=by, action=action, about=("ticket", ticket.number), changes=changes, at=at)
