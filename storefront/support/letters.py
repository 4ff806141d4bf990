"""What customers are written about their tickets."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from storefront.mail import services as mail
from storefront.mail.services import Letter
from storefront.support.models import Ticket, TicketMessage


def confirm(ticket: Ticket, at: datetime) -> None:
    """Tell that a question has come. Nothing that was typed is repeated: whoever typed it may not be whoever reads."""
    facts = {"ticket_number": ticket.number, "ticket_url": url_of(ticket)}
    mail.put_in(letter=Letter("support/mail/received", ticket.email, ticket.locale, ticket.number, facts), at=at)


def tell_answer(ticket: Ticket, message: TicketMessage, at: datetime) -> None:
    """Bring the answer."""
    facts = {"ticket_number": ticket.number, "ticket_url": url_of(ticket), "answer": message.text}
    letter = Letter("support/mail/answered", ticket.email, ticket.locale, ticket.number, facts, str(message.id))
    mail.put_in(letter=letter, at=at)


def url_of(ticket: Ticket) -> str:
    """Return where the reader of a letter sees the whole talk."""
    root = current_app.config["SHOP"].public_url
    key = "" if ticket.customer_id else f"?key={ticket.access_token}"
    return f"{root}/tickets/{ticket.number}{key}"
