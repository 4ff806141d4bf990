"""The data of whoever ordered without an account, by a link to the inbox of their orders."""

from __future__ import annotations

from flask import Response, request

from storefront.accounts import inbox
from storefront.accounts.emails import fold_email
from storefront.accounts.errors import LinkOver, TooManyTries
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.privacy import guests
from storefront.privacy.errors import UnderWay
from storefront.privacy.forms import GuestForm
from storefront.privacy.gathering import find_obstacles, list_keepers
from storefront.privacy.views.blueprint import as_download, blueprint
from storefront.web.addresses import network_here
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.locale import current_locale
from storefront.web.refusals import show_refusal

HERE = "/your-data"


@blueprint.get("/your-data")
def guest_page() -> Response:
    """Ask which inbox the orders were told to."""
    return _ask_page(GuestForm())


@blueprint.post("/your-data")
def ask_as_guest() -> Response:
    """Write to the inbox, and say the same whoever it belongs to."""
    form, address, status = GuestForm(request.form), network_here(), 422
    try:
        if form.validate():
            email = fold_email(form.email.data or "")
            inbox.refuse_too_many_letters(email=email, address=address, at=now())
            with transaction():
                inbox.note_letter(email=email, address=address, at=now())
                guests.ask(email=email, locale=current_locale(), at=now())
            return redirect_to(f"{HERE}/sent")
    except (Invalid, TooManyTries) as refusal:
        show_refusal(form, refusal)
        status = refusal.status
    return _ask_page(form, status=status)


@blueprint.get("/your-data/sent")
def guest_sent() -> Response:
    """Say that a letter is on its way."""
    return render_page("privacy/sent.html")


@blueprint.get("/your-data/<token>")
def guest_data(token: str) -> Response:
    """Show what the link is good for; looking uses nothing up, since mail programs look too."""
    return _data_page(token)


@blueprint.post("/your-data/<token>/copy")
def guest_copy(token: str) -> Response:
    """Hand the copy over; the link is used up."""
    try:
        with transaction():
            content = guests.hand_over(token=token, locale=current_locale(), at=now())
    except LinkOver as refusal:
        return _over(refusal)
    return as_download(content)


@blueprint.post("/your-data/<token>/erasure")
def guest_erasure(token: str) -> Response:
    """Let the person go from their orders; the link is used up, unless something is under way."""
    try:
        with transaction():
            count = guests.forget(token=token, at=now())
    except LinkOver as refusal:
        return _over(refusal)
    except UnderWay as refusal:
        return _data_page(token, status=refusal.status)
    return render_page("privacy/forgotten.html", count=count)


def _data_page(token: str, *, status: int = 200) -> Response:
    try:
        email, person = guests.person_of(token, at=now())
    except LinkOver as refusal:
        return _over(refusal)
    return render_page(
        "privacy/guest.html",
        token=token,
        email=email,
        numbers=sorted(person.numbers),
        obstacles=find_obstacles(person),
        keepers=list_keepers(),
        status=status,
    )


def _ask_page(form: GuestForm, *, status: int = 200, over: str = "") -> Response:
    return render_page("privacy/ask.html", form=form, over=over, status=status)


def _over(refusal: LinkOver) -> Response:
    return _ask_page(GuestForm(), over=message_of(refusal), status=refusal.status)
