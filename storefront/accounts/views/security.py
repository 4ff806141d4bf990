"""How a customer gets in: password, phone, accounts elsewhere, and where they came in lately."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, g, request, session
from flask_babel import gettext as _

from storefront.accounts import codes, inbox, passwords, presence, queries, signed_in, stand_ins, ways
from storefront.accounts.entrance import confirm_owner
from storefront.accounts.errors import TakenElsewhere, TooManyTries, WrongCode
from storefront.accounts.forms import CodeForm, OwnPhoneForm, PasswordForm
from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.oauth.providers import list_providers
from storefront.accounts.phones import masked, read_mobile
from storefront.accounts.sessions import owner_of, sign_out
from storefront.accounts.states import WAY_NAMES
from storefront.accounts.views.blueprint import blueprint
from storefront.accounts.views.entering import come_back
from storefront.accounts.views.guard import customers_only
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.orders.access import forget_all
from storefront.web.addresses import network_here
from storefront.web.fragments import redirect_to, render_page
from storefront.web.locale import current_locale
from storefront.web.refusals import show_refusal

HERE = "/account/security"
ASKED = "own_phone"
"""Where a session keeps the number that a code was sent to."""


@blueprint.get("/account/security")
@customers_only
def security(customer: CurrentCustomer) -> Response:
    """Show the ways into the account."""
    return _page(customer)


@blueprint.post("/account/password")
@customers_only
def change_password(customer: CurrentCustomer) -> Response:
    """Set the password; every other session ends."""
    form, status = PasswordForm(request.form), 422
    try:
        if form.validate():
            confirm_owner(customer_id=customer.id, password=form.current.data, field="current")
            passwords.check_password(form.new.data, email=customer.email)
            return _set_password(customer, passwords.hash_password(form.new.data))
    except Invalid as refusal:
        show_refusal(form, refusal, default="new")
    except TooManyTries as refusal:
        show_refusal(form, refusal)
        status = refusal.status
    return _page(customer, password_form=form, status=status)


@blueprint.post("/account/password/letter")
@customers_only
def send_password_letter(customer: CurrentCustomer) -> Response:
    """Write to the account's inbox, where a link sets a password: a session alone does not prove who sits here."""
    if not customer.email:
        flash(_("Add an e-mail first; its inbox gets the link that sets a password."), "info")
        return redirect_to("/account/details")
    address = network_here()
    inbox.refuse_too_many_letters(email=customer.email, address=address, at=now())
    with transaction():
        inbox.note_letter(email=customer.email, address=address, at=now())
        inbox.ask_reset(email=customer.email, locale=current_locale(), at=now())
    flash(_("We have written to %(email)s. Follow the link in the e-mail.", email=customer.email), "success")
    return redirect_to(HERE)


@blueprint.post("/account/phone")
@customers_only
def ask_phone(customer: CurrentCustomer) -> Response:
    """Send a code to the number that shall sign this customer in."""
    form = OwnPhoneForm(request.form)
    status = 422
    try:
        if form.validate():
            confirm_owner(customer_id=customer.id, password=form.password.data or "", field="password")
            return _send_code(customer, form.phone.data)
    except (Invalid, TooManyTries) as refusal:
        show_refusal(form, refusal)
        status = refusal.status
    return _page(customer, phone_form=form, status=status)


@blueprint.get("/account/phone/code")
@customers_only
def own_code_page(customer: CurrentCustomer) -> Response:
    """Ask for the code that was sent."""
    if ASKED not in session:
        return redirect_to(HERE)
    return _code_page(CodeForm())


@blueprint.post("/account/phone/code")
@customers_only
def set_phone(customer: CurrentCustomer) -> Response:
    """Set the number whose code this is; every other session ends."""
    form, phone, address = CodeForm(request.form), str(session.get(ASKED, "")), network_here()
    status = 422
    try:
        if phone and form.validate():
            codes.refuse_too_many_guesses(phone=phone, address=address, at=now())
            purpose = codes.for_change(customer.id)
            with transaction():
                is_right = codes.take_code(phone=phone, purpose=purpose, code=form.code.data, address=address, at=now())
            if not is_right:
                raise WrongCode(field="code")
            with transaction():
                ways.set_phone(customer_id=customer.id, phone=phone, at=now())
            return come_back(customer.id, HERE, _("Saved. You can sign in with a code to this phone now."))
    except (Invalid, TooManyTries, TakenElsewhere) as refusal:
        show_refusal(form, refusal)
        status = refusal.status
    return _code_page(form, status=status) if phone else redirect_to(HERE)


@blueprint.post("/account/phone/removal")
@customers_only
def remove_phone(customer: CurrentCustomer) -> Response:
    """Let the number no longer sign its owner in."""
    with transaction():
        ways.remove_phone(customer_id=customer.id, at=now())
    return come_back(customer.id, HERE, _("The phone number no longer signs you in."))


@blueprint.post("/account/connections/<provider>/removal")
@customers_only
def disconnect(customer: CurrentCustomer, provider: str) -> Response:
    """Take an account elsewhere away; one whose provider is no longer offered too."""
    with transaction():
        ways.disconnect(customer_id=customer.id, provider=provider, at=now())
    flash(_("The account is no longer connected."), "success")
    return redirect_to(HERE)


@blueprint.post("/account/sessions/removal")
@customers_only
def end_sessions(customer: CurrentCustomer) -> Response:
    """Sign this customer out everywhere else."""
    with transaction():
        inbox.end_before(customer=queries.get_customer(customer.id), at=now())
    return come_back(customer.id, HERE, _("You are signed out everywhere else."))


@blueprint.post("/account/sessions/<int:row_id>/removal")
@customers_only
def end_session(customer: CurrentCustomer, row_id: int) -> Response:
    """Sign this customer out in one browser; in this one, it is like signing out."""
    if row_id == customer.session_id:
        sign_out()
        flash(_("You are signed out. See you soon."), "success")
        return forget_all(redirect_to("/", trigger="cart:changed"))
    with transaction():
        signed_in.end(owner=owner_of(customer), session_id=row_id, at=now())
    flash(_("That device is signed out."), "success")
    return redirect_to(HERE)


def _set_password(customer: CurrentCustomer, password_hash: str) -> Response:
    with transaction():
        inbox.set_password(customer=queries.get_customer(customer.id), password_hash=password_hash, at=now())
    return come_back(customer.id, HERE, _("Saved. You are signed out everywhere else."))


def _send_code(customer: CurrentCustomer, typed: str) -> Response:
    phone = read_mobile(typed, country=g.shop.country, served=current_app.config["SHOP"].sms.countries)
    address = network_here()
    codes.refuse_too_many(phone=phone, address=address, at=now())
    with transaction():
        codes.send_code(
            phone=phone,
            purpose=codes.for_change(customer.id),
            locale=current_locale(),
            address=address,
            at=now(),
        )
    session[ASKED] = phone
    return redirect_to("/account/phone/code")


def _code_page(form: CodeForm, *, status: int = 200) -> Response:
    return render_page("accounts/own_code.html", form=form, phone=masked(str(session[ASKED])), status=status)


def _page(customer: CurrentCustomer, *, status: int = 200, **forms: Any) -> Response:
    providers = list_providers(current_app.config["SHOP"])
    shown = {
        "ways": ways.ways_of(customer.id),
        "password_form": PasswordForm(),
        "phone_form": OwnPhoneForm(),
        "offers_phone": codes.is_offered(),
        "providers": {provider.code: provider.name for provider in providers},
        "sign_ins": presence.list_sign_ins(customer.id),
        "sessions": signed_in.list_open(owner_of(customer), since=now() - signed_in.LIVES),
        "here": customer.session_id,
        "way_names": WAY_NAMES,
        "stood": stand_ins.list_of(customer.id),
        **forms,
    }
    return render_page("accounts/security.html", customer=customer, status=status, **shown)
