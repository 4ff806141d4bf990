"""Coming in with an account elsewhere, and connecting one."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, redirect, request, session
from flask_babel import gettext as _

from storefront.accounts import inbox, letters, links, queries, services, ways
from storefront.accounts.emails import fold_email
from storefront.accounts.entrance import admit
from storefront.accounts.errors import (
    CannotRegister,
    ConsentDenied,
    NotBegunHere,
    NotFinished,
    TakenElsewhere,
    TooManyTries,
)
from storefront.accounts.forms import OwnerForm
from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.oauth.person import MINUTES, Handshake, Person, Provider
from storefront.accounts.oauth.providers import get_provider
from storefront.accounts.sessions import current_customer
from storefront.accounts.states import Purpose, Way
from storefront.accounts.views.blueprint import blueprint
from storefront.accounts.views.entering import come_in, come_in_new
from storefront.accounts.views.guard import customers_only
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.web.addresses import network_here, public_url
from storefront.web.csrf import is_own_link
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page, safe_next
from storefront.web.locale import current_locale
from storefront.web.refusals import show_refusal

HANDSHAKE, PENDING = "handshake", "pending_person"
"""Where a session keeps what this browser asked, and who came back and has yet to prove which account is theirs."""


@blueprint.get("/sign-in/with/<provider>")
def start(provider: str) -> Response:
    """Send the reader to the provider."""
    return _start(provider, safe_next(request.args.get("next"), "/account"), None)


@blueprint.get("/account/connections/<provider>")
@customers_only
def start_connecting(customer: CurrentCustomer, provider: str) -> Response:
    """Send a customer to the provider, to connect the account there: only from a page of ours, so that nobody is led
    into connecting a stranger's."""
    if not is_own_link():
        return redirect_to("/account/security")
    return _start(provider, "/account/security", customer.id)


@blueprint.get("/sign-in/with/<provider>/return")
def finish(provider: str) -> Response:
    """Take the provider's answer."""
    handshake = Handshake.from_session(session.pop(HANDSHAKE, None))
    asked = get_provider(provider, current_app.config["SHOP"])
    try:
        return _enter(_answered(asked, handshake), handshake)
    except (NotFinished, TakenElsewhere, CannotRegister) as refusal:
        refusal.facts.setdefault("provider", "")
        refusal.facts["provider"] = _(asked.name)
        flash(message_of(refusal), "error")
        was_in = handshake is not None and handshake.customer_id is not None
        return redirect_to("/account/security" if was_in and current_customer() else "/sign-in")


@blueprint.get("/sign-in/confirmation")
def owner_page() -> Response:
    """Ask who came from elsewhere to prove that the account with the same e-mail is theirs."""
    person = _pending()
    return _owner_page(person, OwnerForm()) if person else redirect_to("/sign-in")


@blueprint.post("/sign-in/confirmation")
def prove_by_password() -> Response:
    """Connect, proven by the account's password."""
    person, form = _pending(), OwnerForm(request.form)
    if person is None:
        return redirect_to("/sign-in")
    status = 422
    try:
        if form.validate():
            customer = admit(services.check_customer, email=person.email, password=form.password.data)
            with transaction():
                ways.connect(customer_id=customer.id, person=person, at=now())
            answer = come_in(customer.id, Way(person.provider))
            flash(_("Connected. From now on you can sign in with it."), "success")
            return answer
    except (Invalid, TooManyTries) as refusal:
        show_refusal(form, refusal)
        status = refusal.status
    return _owner_page(person, form, status=status)


@blueprint.post("/sign-in/confirmation/letter")
def prove_by_letter() -> Response:
    """Write to the account's inbox, where a link connects."""
    person = _pending()
    if person is None:
        return redirect_to("/sign-in")
    email, address = fold_email(person.email), network_here()
    inbox.refuse_too_many_letters(email=email, address=address, at=now())
    with transaction():
        inbox.note_letter(email=email, address=address, at=now())
        _write(person, email)
    session.pop(PENDING, None)
    return redirect_to("/password-reset/sent")


def _start(code: str, target: str, customer_id: int | None) -> Response:
    provider = get_provider(code, current_app.config["SHOP"])
    handshake = Handshake.begin(code, target=target, customer_id=customer_id, moment=now().timestamp())
    try:
        address = provider.start(handshake, redirect_uri=_return_to(provider))
    except NotFinished as refusal:
        refusal.facts["provider"] = _(provider.name)
        flash(message_of(refusal), "error")
        return redirect_to("/sign-in" if customer_id is None else "/account/security")
    session[HANDSHAKE] = handshake.as_dict()
    return redirect(address)  # type: ignore[return-value]


def _answered(provider: Provider, handshake: Handshake | None) -> Person:
    """Return who came back; the state is looked at before anything else."""
    state, moment = request.args.get("state", ""), now().timestamp()
    if handshake is None or not handshake.is_answered_by(provider.code, state, moment):
        raise NotBegunHere
    if handshake.customer_id is not None and handshake.customer_id != _customer_id():
        raise NotBegunHere
    if request.args.get("error"):
        raise ConsentDenied(provider=provider.name)
    code = request.args.get("code", "")[:2048]
    if not code:
        raise NotFinished(provider=provider.name)
    return provider.finish(handshake, code=code, redirect_uri=_return_to(provider))


def _enter(person: Person, handshake: Handshake | None) -> Response:
    """Connect to who is signed in, or let in who is known, or ask for proof, or open an account."""
    asked: Any = handshake
    if asked.customer_id is not None:
        with transaction():
            ways.connect(customer_id=asked.customer_id, person=person, at=now())
        flash(_("Connected. From now on you can sign in with it."), "success")
        return redirect_to("/account/security")
    known = ways.find_by_person(person)
    if known is not None:
        if not known.is_active:
            raise CannotRegister
        return come_in(known.id, Way(person.provider), asked.target)
    if person.email and queries.find_customer_by_email(fold_email(person.email)) is not None:
        session[PENDING] = {"person": _plain(person), "until": now().timestamp() + MINUTES * 60}
        return redirect_to("/sign-in/confirmation")
    with transaction():
        customer_id = services.open_by_person(person=person, locale=current_locale(), at=now()).id
    return come_in_new(customer_id, Way(person.provider), asked.target)


def _write(person: Person, email: str) -> None:
    """Write to who has the e-mail here, if their account is open."""
    owner = queries.find_customer_by_email(email)
    if owner is None or not owner.is_active:
        return
    token = links.make_link(purpose=Purpose.CONNECT, customer_id=owner.id, email=email, facts=_plain(person), at=now())
    letters.send_link(
        "accounts/mail/connect",
        recipient=email,
        locale=current_locale(),
        path=f"/confirmations/{token}",
        at=now(),
        provider=person.provider,
    )


def _pending() -> Person | None:
    kept = session.get(PENDING) if current_app.config["SESSION_COOKIE_NAME"] in request.cookies else None
    if not kept or kept["until"] < now().timestamp():
        return None
    return Person(**kept["person"])


def _plain(person: Person) -> dict[str, str]:
    return {"provider": person.provider, "subject": person.subject, "name": person.name, "email": person.email}


def _customer_id() -> int | None:
    customer = current_customer()
    return customer.id if customer else None


def _return_to(provider: Provider) -> str:
    return public_url(f"/sign-in/with/{provider.code}/return")


def _owner_page(person: Person, form: OwnerForm, *, status: int = 200) -> Response:
    provider = get_provider(person.provider, current_app.config["SHOP"])
    return render_page("accounts/owner.html", person=person, provider=_(provider.name), form=form, status=status)
