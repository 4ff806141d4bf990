"""Where a shopper goes to pay, and where they come back to."""

from __future__ import annotations

import json
import logging

from flask import Response, flash, request
from flask_babel import gettext as _

from storefront.kernel.errors import NotFound
from storefront.orders import queries as orders
from storefront.orders.access import reader_of
from storefront.payments import talking
from storefront.payments.errors import AmountMismatch, PaymentClosed, ProviderFailed
from storefront.payments.providers.protocol import Device
from storefront.payments.states import PaymentState
from storefront.web.fragments import redirect_to, render_page

log = logging.getLogger(__name__)


def next_page(reference: str, number: str) -> str:
    """Let the provider take a payment on and return the page where its shopper pays, else the order's.

    A provider that is down is told of on the order's page: the order waits, and can be paid there.
    """
    try:
        page = talking.open_payment(reference, device=device_here()) if reference else ""
    except ProviderFailed as failure:
        log.warning("Order %s: %s", number, failure)
        flash(
            _("The payment service does not answer just now. Your order is kept: try again below, or pay another way."),
            "error",
        )
        page = ""
    return page or f"/orders/{number}"


def state_now(reference: str) -> PaymentState:
    """Ask the provider what became of a payment; where it does not answer, that is not known yet."""
    try:
        return talking.ask(reference)
    except ProviderFailed as failure:
        log.warning("Payment %s could not be asked about: %s", reference[:6], failure)
    except (AmountMismatch, PaymentClosed) as refusal:
        log.error("Payment %s does not fit the books: %s", reference[:6], refusal)
    return PaymentState.PENDING


def sheet_of(reference: str) -> str:
    """Return what WeChat's own sheet is opened with, as JSON; "" where WeChat does not say, which is told."""
    try:
        return json.dumps(dict(talking.open_sheet(reference, request.args.get("code", "")[:200])))
    except ProviderFailed as failure:
        log.warning("Payment %s: %s", reference[:6], failure)
        flash(_("WeChat does not answer just now. Your order is kept: please try again, or pay another way."), "error")
        return ""


def order_or_thanks(number: str) -> Response:
    """Lead to the order; a browser that may not read it, say a phone that scanned a code, is thanked."""
    try:
        orders.get_for(reader_of(number), number)
    except NotFound:
        return render_page("payments/done.html", number=number)
    return redirect_to(f"/orders/{number}")


def device_here() -> Device:
    """Return what the shopper sits at."""
    agent = request.user_agent.string
    is_mobile = request.headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobi" in agent
    return Device(is_mobile, request.remote_addr or "", is_in_wechat="MicroMessenger" in agent)
