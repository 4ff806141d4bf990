"""Writing to the shop, and reading what it answers."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from storefront.accounts import throttle, tries
from storefront.accounts.emails import fold_email
from storefront.accounts.errors import TooManyTries
from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.sessions import current_customer
from storefront.accounts.views.guard import customers_only
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.kernel.paging import page_number
from storefront.orders.queries import Reader
from storefront.support import queries, services
from storefront.support.forms import AskForm, GuestAskForm, ReplyForm
from storefront.support.models import Ticket
from storefront.support.services import CUSTOMER, Question, Sender
from storefront.support.states import LOOKS, SHOPPER_STATES, TOPICS, TicketState, Topic
from storefront.web.addresses import network_here
from storefront.web.fragments import redirect_to, render_page
from storefront.web.locale import current_locale
from storefront.web.refusals import show_refusal

blueprint = Blueprint("support", __name__, template_folder="templates")


@blueprint.get("/contact")
def contact() -> Response:
    """Show the form, about an order where one is named."""
    order = request.args.get("order", "")[:32]
    return _ask_page(_form_of()(data={"order_number": order, "topic": Topic.ORDER if order else Topic.OTHER}))


@blueprint.post("/contact")
def ask() -> Response:
    """Begin a ticket. A guest reads on from the letter that goes to the inbox they named."""
    form, customer = _form_of()(request.form), current_customer()
    status = 422
    try:
        if form.validate():
            sender, address = _sender(form, customer), network_here()
            who = sender.email or f"customer:{sender.customer_id}"
            if tries.are_too_many(throttle.TICKETS, who=who, address=address, at=now()):
                raise TooManyTries(minutes=throttle.TICKETS.minutes)
            with transaction():
                tries.note(throttle.TICKETS, who=who, address=address, at=now())
                number = services.ask(sender=sender, question=_question(form), at=now()).number
            return _sent(number, customer)
    except (Invalid, TooManyTries) as refusal:
        show_refusal(form, refusal)
        status = refusal.status
    return _ask_page(form, status=status)


@blueprint.get("/contact/sent")
def sent() -> Response:
    """Say that the question has come, and where the answer goes."""
    return render_page("support/sent.html")


@blueprint.get("/account/tickets")
@customers_only
def tickets(customer: CurrentCustomer) -> Response:
    """List what a customer wrote."""
    page = queries.page_of_tickets(customer.id, page_number(request.args.get("page")))
    return render_page("support/tickets.html", page=page, states=SHOPPER_STATES, looks=LOOKS)


@blueprint.get("/tickets/<number>")
def ticket(number: str) -> Response:
    """Show a talk to its customer, or to who has its key."""
    if current_customer() is None and not request.args.get("key"):
        return redirect_to(f"/sign-in?next=/tickets/{number}")
    return _ticket_page(_own(number), ReplyForm())


@blueprint.post("/tickets/<number>/replies")
def reply(number: str) -> Response:
    """Write again."""
    found, form = _own(number), ReplyForm(request.form)
    try:
        if form.validate():
            with transaction():
                services.write(ticket_id=found.id, text=form.text.data or "", at=now())
            flash(_("Your message has come to us."), "success")
            return _back(found)
    except ShopError as refusal:
        show_refusal(form, refusal, default="text")
    return _ticket_page(found, form, status=422)


@blueprint.post("/tickets/<number>/closure")
def close(number: str) -> Response:
    """Say that it is settled."""
    found = _own(number)
    with transaction():
        services.close(ticket_id=found.id, by=CUSTOMER, at=now())
    flash(_("Good. Write again whenever you like."), "success")
    return _back(found)


def _form_of() -> type[AskForm]:
    return AskForm if current_customer() else GuestAskForm


def _sender(form: AskForm, customer: CurrentCustomer | None) -> Sender:
    if customer is not None:
        return Sender(customer.email, customer.name, current_locale(), customer.id)
    return Sender(fold_email(form["email"].data or ""), form["name"].data or "", current_locale())


def _question(form: AskForm) -> Question:
    return Question(Topic(form.topic.data), form.subject.data or "", form.text.data or "", form.order_number.data or "")


def _sent(number: str, customer: CurrentCustomer | None) -> Response:
    if customer is None:
        return redirect_to("/contact/sent")
    flash(_("Your message has come to us. We answer here, and by e-mail."), "success")
    return redirect_to(f"/tickets/{number}")


def _own(number: str) -> Ticket:
    customer = current_customer()
    return queries.get_for(Reader(customer.id if customer else None, request.args.get("key", "")[:64]), number)


def _back(found: Ticket) -> Response:
    key = request.args.get("key", "")
    return redirect_to(f"/tickets/{found.number}{f'?key={found.access_token}' if key else ''}")


def _ask_page(form: AskForm, *, status: int = 200) -> Response:
    return render_page("support/contact.html", form=form, customer=current_customer(), status=status)


def _ticket_page(found: Ticket, form: ReplyForm, *, status: int = 200) -> Response:
    return render_page(
        "support/ticket.html",
        ticket=found,
        messages=queries.list_messages(found.id),
        form=form,
        key=request.args.get("key", ""),
        is_customer=current_customer() is not None,
        customer_says=CUSTOMER,
        is_closed=found.state == TicketState.CLOSED,
        states=SHOPPER_STATES,
        topics=TOPICS,
        looks=LOOKS,
        status=status,
    )
