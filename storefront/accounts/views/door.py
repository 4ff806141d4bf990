"""Registering, signing in and out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask import Response, current_app, flash, redirect, request
from flask_babel import gettext as _

from storefront.accounts import services, throttle
from storefront.accounts.emails import fold_email
from storefront.accounts.entrance import admit, admit_customer
from storefront.accounts.errors import CannotRegister, TooManyTries, WrongCredentials
from storefront.accounts.forms import InvitationForm, NewPasswordForm, RegisterForm, SignInForm
from storefront.accounts.invitations import Invitation, read_token, write_token
from storefront.accounts.sessions import current_customer, sign_out, stop_standing_in
from storefront.accounts.states import Way
from storefront.accounts.views.blueprint import blueprint
from storefront.accounts.views.entering import come_in, come_in_new, device_here
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.kernel.text import squeeze
from storefront.mail import choices
from storefront.mail.states import Source, Topic
from storefront.orders.access import forget_all
from storefront.web.addresses import network_here
from storefront.web.fragments import redirect_to, render_page, safe_next
from storefront.web.locale import current_locale
from storefront.web.refusals import show_refusal
from storefront.web.signing import signing_keys


@blueprint.get("/sign-in")
def sign_in_page() -> Response:
    """Show the form; somebody who is in already goes on."""
    target = safe_next(request.args.get("next"), "/account")
    if current_customer():
        return redirect(target)  # type: ignore[return-value]
    return render_page("accounts/sign_in.html", form=SignInForm(data={"next": target}))


@blueprint.post("/sign-in")
def sign_in_now() -> Response:
    """Begin a session, bring the guest's cart along, and go on."""
    form = SignInForm(request.form)
    if not form.validate():
        return render_page("accounts/sign_in.html", form=form, status=422)
    try:
        customer = admit_customer(email=form.email.data, password=form.password.data, device=device_here())
    except (Invalid, TooManyTries) as refusal:
        show_refusal(form, refusal)
        return render_page("accounts/sign_in.html", form=form, status=refusal.status)
    return come_in(customer.id, Way.PASSWORD, form.next.data)


@blueprint.post("/sign-out")
def sign_out_now() -> Response:
    """End the session on this device, and with it every key to an order that the browser keeps; who stands in for a
    customer only leaves them."""
    left = stop_standing_in()
    if left is not None:
        return redirect_to(f"/admin/customers/{left}")
    sign_out()
    flash(_("You are signed out. See you soon."), "success")
    return forget_all(redirect_to("/", trigger="cart:changed"))


@blueprint.get("/register")
def register_page() -> Response:
    """Show the form for a new account."""
    target = safe_next(request.args.get("next"), "/account")
    if current_customer():
        return redirect(target)  # type: ignore[return-value]
    return _register_page(_register_form()(data={"next": target}))


@blueprint.post("/register")
def register_now() -> Response:
    """Write to the address first and say the same to everybody; while developing without a mail server, open an account
    at once."""
    form = _register_form()(request.form)
    try:
        if form.validate():
            if isinstance(form, InvitationForm):
                return _invite(form)
            customer_id = _open_account(form.email.data, form.password.data, form.name.data or "")
            _note_consent(form.email.data, said_yes=form.news.data)
            return come_in_new(customer_id, Way.PASSWORD, form.next.data)
    except (Invalid, TooManyTries) as refusal:
        show_refusal(form, refusal)
        return _register_page(form, status=refusal.status)
    return _register_page(form, status=422)


@blueprint.get("/register/sent")
def invitation_sent() -> Response:
    """Say that a letter is on its way, whoever it went to."""
    return render_page("accounts/register_sent.html")


@blueprint.get("/register/<token>")
def invitation(token: str) -> Response:
    """Show what the letter's link leads to: an account that lacks only its password."""
    invited = read_token(token, signing_keys())
    return render_page("accounts/register_finish.html", form=NewPasswordForm(), invited=invited, token=token)


@blueprint.post("/register/<token>")
def finish_registration(token: str) -> Response:
    """Open the account that a letter invited to."""
    invited, form = read_token(token, signing_keys()), NewPasswordForm(request.form)
    status = 422
    try:
        if form.validate():
            customer_id = _open_account(invited.email, form.password.data, invited.name, proven_at=now())
            _note_consent(invited.email, said_yes=form.news.data)
            return come_in_new(customer_id, Way.PASSWORD)
    except (Invalid, TooManyTries) as refusal:
        show_refusal(form, refusal)
        status = refusal.status
    return render_page("accounts/register_finish.html", form=form, invited=invited, token=token, status=status)


def _register_form() -> type[RegisterForm] | type[InvitationForm]:
    config = current_app.config["SHOP"]
    return InvitationForm if config.mail_url or config.production else RegisterForm


def _register_page(form: RegisterForm | InvitationForm, *, status: int = 200) -> Response:
    return render_page("accounts/register.html", form=form, status=status)


def _invite(form: InvitationForm) -> Response:
    """Each asks a letter of the shop, so each counts as a try: the form is not for writing to the whole world."""
    invited = Invitation(fold_email(form.email.data), squeeze(form.name.data or "")[:120])
    address = network_here()
    services.refuse_too_many_tries(email=invited.email, address=address, at=now(), limits=throttle.JOINING)
    url = f"{current_app.config['SHOP'].public_url}/register/{write_token(invited, signing_keys())}"
    with transaction():
        services.note_failure(email=invited.email, address=address, at=now(), limits=throttle.JOINING)
        services.invite(invited=invited, url=url, locale=current_locale(), at=now())
    return redirect_to("/register/sent")


def _open_account(email: str, password: str, name: str, proven_at: datetime | None = None) -> int:
    """A taken e-mail with its own password just signs in; with another it counts as a failed try."""
    services.refuse_too_many_tries(email=email, address=network_here(), at=now())
    credentials = replace(services.make_credentials(email=email, password=password), proven_at=proven_at)
    try:
        with transaction():
            customer = services.register(credentials=credentials, name=name, locale=current_locale(), at=now())
    except CannotRegister:
        try:
            customer = admit(services.check_customer, email=credentials.email, password=password)
        except WrongCredentials:
            raise CannotRegister from None
    return customer.id


def _note_consent(email: str, *, said_yes: bool) -> None:
    """A box that was left empty says nothing."""
    if said_yes:
        with transaction():
            choices.choose(email=fold_email(email), wanted={Topic.NEWS: True}, source=Source.SIGN_UP, at=now())
