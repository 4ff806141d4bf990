"""Signing in, or up, with a code to a phone: the same steps and the same words for both."""

from __future__ import annotations

from flask import Response, current_app, g, redirect, request, session
from werkzeug.exceptions import NotFound

from storefront.accounts import codes, queries, services
from storefront.accounts.errors import CannotRegister, TooManyTries, WrongCode
from storefront.accounts.forms import CodeForm, PhoneForm
from storefront.accounts.phones import masked, read_mobile
from storefront.accounts.sessions import current_customer
from storefront.accounts.states import Way
from storefront.accounts.views.blueprint import blueprint
from storefront.accounts.views.entering import come_in, come_in_new
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.web.addresses import network_here
from storefront.web.fragments import redirect_to, render_page, safe_next
from storefront.web.locale import current_locale
from storefront.web.refusals import show_refusal

PHONE, TARGET = "phone", "phone_target"
"""Where a session keeps which number a code was sent to, and where to go then."""


@blueprint.get("/sign-in/phone")
def phone_page() -> Response:
    """Ask for the number."""
    _need_sender()
    target = safe_next(request.args.get("next"), "/account")
    if current_customer():
        return redirect(target)  # type: ignore[return-value]
    return render_page("accounts/phone.html", form=PhoneForm(data={"next": target}))


@blueprint.post("/sign-in/phone")
def send_code() -> Response:
    """Send a code, whoever has the number."""
    _need_sender()
    form, status = PhoneForm(request.form), 422
    try:
        if form.validate():
            return _send(form.phone.data, safe_next(form.next.data, "/account"))
    except (Invalid, TooManyTries) as refusal:
        show_refusal(form, refusal)
        status = refusal.status
    return render_page("accounts/phone.html", form=form, status=status)


@blueprint.get("/sign-in/phone/code")
def code_page() -> Response:
    """Ask for the code that was sent."""
    if not _phone():
        return redirect_to("/sign-in/phone")
    return _code_page(CodeForm())


@blueprint.post("/sign-in/phone/code")
def take_code() -> Response:
    """Sign in whose number it is; where it is nobody's, open an account."""
    form, phone, address = CodeForm(request.form), _phone(), network_here()
    if not phone:
        return redirect_to("/sign-in/phone")
    status = 422
    try:
        if form.validate():
            codes.refuse_too_many_guesses(phone=phone, address=address, at=now())
            with transaction():
                is_right = codes.take_code(
                    phone=phone, purpose=codes.SIGN_IN, code=form.code.data, address=address, at=now()
                )
            if is_right:
                return _enter(phone)
            raise WrongCode(field="code")
    except (Invalid, TooManyTries) as refusal:
        show_refusal(form, refusal)
        status = refusal.status
    return _code_page(form, status=status)


def _send(typed: str, target: str) -> Response:
    phone = read_mobile(typed, country=g.shop.country, served=current_app.config["SHOP"].sms.countries)
    address = network_here()
    codes.refuse_too_many(phone=phone, address=address, at=now())
    with transaction():
        codes.send_code(phone=phone, purpose=codes.SIGN_IN, locale=current_locale(), address=address, at=now())
    session[PHONE], session[TARGET] = phone, target
    return redirect_to("/sign-in/phone/code")


def _enter(phone: str) -> Response:
    target = str(session.get(TARGET, ""))
    found = queries.find_customer_by_phone(phone)
    if found is None:
        with transaction():
            customer_id = services.open_by_phone(phone=phone, locale=current_locale(), at=now()).id
        return come_in_new(customer_id, Way.PHONE, target)
    if not found.is_active:
        raise CannotRegister
    return come_in(found.id, Way.PHONE, target)


def _phone() -> str:
    has_session = current_app.config["SESSION_COOKIE_NAME"] in request.cookies
    return str(session.get(PHONE, "")) if has_session else ""


def _code_page(form: CodeForm, *, status: int = 200) -> Response:
    phone = _phone()
    shown = {"phone": phone, "masked": masked(phone), "target": str(session.get(TARGET, ""))}
    return render_page("accounts/phone_code.html", form=form, **shown, status=status)


def _need_sender() -> None:
    if not codes.is_offered():
        raise NotFound
