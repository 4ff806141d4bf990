"""The list of tickets and the page of one."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import actors_of, names_of
from admin.support import queries
from admin.support.listing import TICKETS
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.support import queries as support
from storefront.support import services
from storefront.support.models import Ticket
from storefront.support.services import CUSTOMER
from storefront.support.states import LOOKS, STATES, TOPICS, TicketState
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

blueprint = Blueprint("support", __name__, template_folder="templates")


@blueprint.get("/tickets")
@requires(Permission.TICKETS_VIEW)
def ticket_list() -> Response:
    """List tickets."""
    return show_list(TICKETS)


@blueprint.get("/tickets/<number>")
@requires(Permission.TICKETS_VIEW)
def ticket(number: str) -> Response:
    """Show a talk with a customer."""
    return _page(number)


@blueprint.post("/tickets/<number>/answers")
@requires(Permission.TICKETS_EDIT)
def answer(number: str) -> Response:
    """Answer the customer."""
    found, text = support.get_ticket(number), request.form.get("text", "")
    seen = request.form.get("seen", type=int, default=-1)
    try:
        with transaction():
            services.answer(ticket_id=found.id, text=text, seen=seen, by=staff_here().actor, at=now())
    except ShopError as refusal:
        return _page(number, text=text, error=message_of(refusal), status=refusal.status)
    return _done(found.number, _("The answer is on its way."))


@blueprint.post("/tickets/<number>/notes")
@requires(Permission.TICKETS_EDIT)
def note(number: str) -> Response:
    """Write something down for colleagues."""
    found, text = support.get_ticket(number), request.form.get("text", "")
    try:
        with transaction():
            services.add_note(ticket_id=found.id, text=text, by=staff_here().actor, at=now())
    except ShopError as refusal:
        return _page(number, text=text, error=message_of(refusal), status=refusal.status)
    return _done(found.number, _("The note is kept."))


@blueprint.post("/tickets/<number>/assignment")
@requires(Permission.TICKETS_EDIT)
def assign(number: str) -> Response:
    """See to a ticket oneself, or leave it to whoever comes."""
    found, staff = support.get_ticket(number), staff_here()
    mine = request.form.get("who") == "me"
    with transaction():
        services.assign(ticket_id=found.id, staff_id=staff.id if mine else None, by=staff.actor, at=now())
    return _done(found.number, _("You see to it.") if mine else _("Whoever comes sees to it."))


@blueprint.post("/tickets/<number>/closure")
@requires(Permission.TICKETS_EDIT)
def close(number: str) -> Response:
    """Close a ticket without another word."""
    found = support.get_ticket(number)
    with transaction():
        services.close(ticket_id=found.id, by=staff_here().actor, at=now())
    return _done(found.number, _("The ticket is closed."))


@blueprint.post("/tickets/<number>/closure/removal")
@requires(Permission.TICKETS_EDIT)
def reopen(number: str) -> Response:
    """Open a ticket again."""
    found = support.get_ticket(number)
    with transaction():
        services.reopen(ticket_id=found.id, by=staff_here().actor, at=now())
    return _done(found.number, _("The ticket is open again."))


def _page(number: str, *, text: str = "", error: str = "", status: int = 200) -> Response:
    found = support.get_ticket(number)
    messages, entries = support.list_messages(found.id, with_notes=True), list_entries_about("ticket", found.number)
    names = names_of([*(each.author for each in messages), *actors_of(entries), _holder(found)])
    return render_page(
        "admin/support/ticket.html",
        ticket=found,
        messages=messages,
        seen=sum(not each.is_note for each in messages),
        named=queries.find_named_order(found),
        others=queries.list_others(found),
        holder=names.get(_holder(found), ""),
        is_mine=found.assigned_to == staff_here().id,
        is_closed=found.state == TicketState.CLOSED,
        customer_says=CUSTOMER,
        states=STATES,
        topics=TOPICS,
        looks=LOOKS,
        entries=entries,
        names=names,
        people=names,
        text=text,
        error=error,
        status=status,
    )


def _holder(found: Ticket) -> str:
    return f"staff:{found.assigned_to}"


def _done(number: str, words: str) -> Response:
    flash(words, "success")
    return redirect_to(f"/admin/tickets/{number}")
