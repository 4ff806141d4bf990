"""Links from letters: a forgotten password, and what is confirmed by following one."""

from __future__ import annotations

from flask import Response, flash, request
from flask_babel import gettext as _

from storefront.accounts import inbox, links, services, ways
from storefront.accounts.emails import fold_email
from storefront.accounts.errors import LinkOver, TooManyTries
from storefront.accounts.forms import LetterForm, NewPasswordForm
from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.links import Link
from storefront.accounts.oauth.person import Person
from storefront.accounts.sessions import current_customer
from storefront.accounts.states import WAY_NAMES, Purpose, Way
from storefront.accounts.views.blueprint import blueprint
from storefront.accounts.views.book import brought_words
from storefront.accounts.views.entering import come_back, come_in
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.orders import claiming
from storefront.web.addresses import network_here
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.locale import current_locale
from storefront.web.refusals import show_refusal


@blueprint.get("/password-reset")
def reset_page() -> Response:
    """Ask which inbox a letter shall go to."""
    return _reset_page(LetterForm(data={"email": request.args.get("email", "")[:254]}))


@blueprint.post("/password-reset")
def ask_reset() -> Response:
    """Write to the inbox, and say the same whoever it belongs to."""
    form, address, status = LetterForm(request.form), network_here(), 422
    try:
        if form.validate():
            email = fold_email(form.email.data)
            inbox.refuse_too_many_letters(email=email, address=address, at=now())
            with transaction():
                inbox.note_letter(email=email, address=address, at=now())
                inbox.ask_reset(email=email, locale=current_locale(), at=now())
            return redirect_to("/password-reset/sent")
    except (Invalid, TooManyTries) as refusal:
        show_refusal(form, refusal)
        status = refusal.status
    return _reset_page(form, status=status)


@blueprint.get("/password-reset/sent")
def reset_sent() -> Response:
    """Say that a letter is on its way."""
    return render_page("accounts/reset_sent.html")


@blueprint.get("/password-reset/<token>")
def new_password_page(token: str) -> Response:
    """Show the form that the letter leads to; looking uses nothing up, since mail programs look too."""
    try:
        link = links.read_link(token, purpose=Purpose.RESET, at=now())
    except LinkOver as refusal:
        return _over(refusal)
    return _new_password_page(NewPasswordForm(), token, link)


@blueprint.post("/password-reset/<token>")
def set_new_password(token: str) -> Response:
    """Set the password, end every session of before, and sign its owner in."""
    form = NewPasswordForm(request.form)
    try:
        link = links.read_link(token, purpose=Purpose.RESET, at=now())
        if form.validate():
            password_hash = inbox.hash_for(token=token, password=form.password.data, at=now())
            with transaction():
                customer = inbox.reset_password(token=token, password_hash=password_hash, at=now())
                services.forget_failures(email=customer.email or "", address=network_here())
            answer = come_in(customer.id, Way.LETTER)
            flash(_("Your new password is set. You are signed out everywhere else."), "success")
            return answer
    except LinkOver as refusal:
        return _over(refusal)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _new_password_page(form, token, link, status=422)


@blueprint.get("/confirmations/<token>")
def confirmation_page(token: str) -> Response:
    """Say what following the link does, and wait for a button: mail programs look at links by themselves."""
    link, customer = links.read_link(token, at=now()), current_customer()
    if link.purpose in {Purpose.EMAIL, Purpose.ORDERS} and customer is None:
        return redirect_to(f"/sign-in?next=/confirmations/{token}")
    if link.purpose in {Purpose.EMAIL, Purpose.ORDERS} and customer and customer.id != link.customer_id:
        raise LinkOver
    if link.purpose == Purpose.RESET:
        raise LinkOver
    provider = _(WAY_NAMES[Way(link.facts["provider"])]) if link.purpose == Purpose.CONNECT else ""
    return render_page("accounts/confirmation.html", link=link, token=token, provider=provider)


@blueprint.post("/confirmations/<token>")
def confirm(token: str) -> Response:
    """Do what the link is for."""
    purpose, customer = links.read_link(token, at=now()).purpose, current_customer()
    if purpose == Purpose.CONNECT:
        return _connect(token)
    if customer is None:
        return redirect_to(f"/sign-in?next=/confirmations/{token}")
    return _confirm_email(token, customer) if purpose == Purpose.EMAIL else _bring_orders(token, customer)


def _confirm_email(token: str, customer: CurrentCustomer) -> Response:
    with transaction():
        email = inbox.confirm_email(token=token, customer_id=customer.id, at=now()).email
    return come_back(customer.id, "/account/details", _("Your e-mail is %(email)s now.", email=email))


def _bring_orders(token: str, customer: CurrentCustomer) -> Response:
    with transaction():
        email = inbox.prove_email(token=token, customer_id=customer.id, at=now()).email
        count = claiming.take_over(customer_id=customer.id, at=now())
    flash(brought_words(count, email or ""), "success")
    return redirect_to("/account")


def _connect(token: str) -> Response:
    with transaction():
        link = links.use_link(token, purpose=Purpose.CONNECT, at=now())
        customer = inbox.customer_of(link)
        ways.connect(customer_id=customer.id, person=Person(**link.facts), at=now())
    answer = come_in(customer.id, Way(link.facts["provider"]))
    flash(_("Connected. From now on you can sign in with it."), "success")
    return answer


def _reset_page(form: LetterForm, *, status: int = 200, over: str = "") -> Response:
    return render_page("accounts/reset.html", form=form, over=over, status=status)


def _over(refusal: LinkOver) -> Response:
    return _reset_page(LetterForm(), over=message_of(refusal), status=refusal.status)


def _new_password_page(form: NewPasswordForm, token: str, link: Link, *, status: int = 200) -> Response:
    email = inbox.customer_of(link).email
    return render_page("accounts/new_password.html", form=form, token=token, email=email, status=status)
