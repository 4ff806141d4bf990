"""Paying: choosing a way to pay, the pages between here and a provider, and what providers send."""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import TooMany
from storefront.kernel.paging import page_number
from storefront.orders import queries as orders
from storefront.orders.access import reader_of
from storefront.payments import queries, services, talking
from storefront.payments.arriving import next_page, order_or_thanks, sheet_of, state_now
from storefront.payments.models import Payment
from storefront.payments.providers import KNOWN, BankTransfer, Notification, Sandbox, find_provider, get_provider
from storefront.payments.providers.protocol import Request
from storefront.payments.providers.sandbox import CODE, WAYS, asks_for_code
from storefront.payments.states import MessageState, PaymentState
from storefront.shop.queries import get_settings
from storefront.web.addresses import network_here
from storefront.web.csrf import crosses_sites
from storefront.web.fragments import redirect_to, render_page
from storefront.web.limits import Limit
from storefront.web.pacing import Pace

blueprint = Blueprint("payments", __name__, template_folder="templates")

LARGEST_MESSAGE = 256 * 1024
FORGERIES = Limit(60, seconds=600, name="forgeries")
"""Of messages with a wrong signature, from one address; more are not even kept."""
PAYING = Pace("paying", alone=20, network=100, minutes=10)
"""Attempts to pay anew: each asks a provider, and a thief tries cards so."""
MOST_LOOKS = 30
"""How often a waiting page looks by itself."""


@blueprint.post("/orders/<number>/payments")
def pay(number: str) -> Response:
    """Pay an order that waits for it, the same way again or another way."""
    PAYING.take()
    provider = get_provider(request.form.get("payment_provider", ""))
    reader, at = reader_of(number), now()
    with transaction():
        order = orders.get_for(reader, number)
        payment = services.pay_with(order=order, provider=provider, by=reader.actor, at=at)
    return redirect_to(next_page(payment.reference, order.number))


@blueprint.get("/payments/<reference>")
def payment_page(reference: str) -> Response:
    """Show what there is to do for a payment; one that has ended leads to its order."""
    payment, asked = queries.get_asked(reference)
    _refuse_closed_sandbox(payment)
    if payment.state != PaymentState.PENDING or payment.opened_at is None:
        return redirect_to(f"/orders/{asked.order_number}")
    page, facts = _page_of(payment, asked)
    return render_page(page, asked=asked, provider=KNOWN.get(payment.provider), **facts)


@blueprint.post("/payments/<reference>")
def sandbox_decision(reference: str) -> Response:
    """Take the sandbox's decision: approved or declined, now or later, or a second step."""
    payment, asked = queries.get_asked(reference)
    if payment.provider != Sandbox.code:
        raise NotFound
    _refuse_closed_sandbox(payment)
    answer = _sandbox().decide(asked, request.form)
    with transaction():
        if asked.state is PaymentState.PENDING:
            services.put_handle(reference=reference, handle=answer.handle)
        if answer.outcome is not None:
            services.book_outcome(outcome=answer.outcome, by=Sandbox.code, at=now())
    if answer.outcome is not None:
        return redirect_to(f"/orders/{asked.order_number}")
    again = asks_for_code(queries.get_request(reference))
    return redirect_to(f"/payments/{reference}" if again else f"/payments/{reference}/return")


@blueprint.get("/payments/<reference>/return")
def come_back(reference: str) -> Response:
    """Take back a shopper who has been with a provider: ask it, whatever has been told so far."""
    asked, looks = queries.get_request(reference), page_number(request.args.get("look"))
    if state_now(reference) is not PaymentState.PENDING:
        return order_or_thanks(asked.order_number)
    return render_page(
        "payments/waiting.html",
        fragment="payments/_waiting.html",
        asked=asked,
        next_look=looks + 1 if looks < MOST_LOOKS else 0,
    )


@blueprint.get("/payments/<reference>/wechat")
def wechat_sheet(reference: str) -> Response:
    """Let a shopper inside WeChat pay in its own sheet, once its sign-in has sent them here."""
    payment, asked = queries.get_asked(reference)
    if payment.state != PaymentState.PENDING:
        return redirect_to(f"/orders/{asked.order_number}")
    sheet = sheet_of(reference)
    if not sheet:
        return redirect_to(f"/orders/{asked.order_number}")
    return render_page("payments/wechat.html", asked=asked, sheet=sheet, provider=KNOWN.get(asked.provider))


@blueprint.post("/payments/webhooks/<code>")
@crosses_sites
def webhook(code: str) -> Response:
    """Keep what a provider sends, and book it; only a wrong signature is answered with an error."""
    provider, sender = find_provider(code), network_here()
    if provider is None or not provider.listens or not provider.is_offered(get_settings()):
        raise NotFound
    if FORGERIES.is_spent(sender):
        raise TooMany
    request.max_content_length = LARGEST_MESSAGE
    headers = {name.lower(): value for name, value in request.headers.items()}
    state = talking.receive(code, Notification(headers, request.get_data(), request.query_string.decode("latin-1")))
    if state is MessageState.REFUSED:
        FORGERIES.allows(sender)
        return Response(_("The signature of this message is wrong."), 400, mimetype="text/plain")
    body, kind = provider.acknowledgement
    return Response(body, mimetype=kind)


def _page_of(payment: Payment, asked: Request) -> tuple[str, dict[str, Any]]:
    if payment.provider == Sandbox.code:
        return "payments/sandbox.html", {"asks_for_code": asks_for_code(asked), "code": CODE, "ways": WAYS.items()}
    if payment.provider == BankTransfer.code:
        return "payments/transfer.html", {"settings": get_settings()}
    if payment.qr:
        return "payments/scan.html", {"picture": segno.make(payment.qr, error="m").svg_data_uri(scale=6, light="#fff")}
    return "payments/leaving.html", {"url": payment.continue_url}


def _sandbox() -> Sandbox:
    found = find_provider(Sandbox.code)
    if not isinstance(found, Sandbox):
        raise NotFound
    return found


def _refuse_closed_sandbox(payment: Payment) -> None:
    if payment.provider == Sandbox.code and not _sandbox().is_offered(get_settings()):
        raise NotFound
