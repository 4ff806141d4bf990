"""Paying: choosing a way to pay for an order, and the sandbox's own page."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, request
from werkzeug.exceptions import NotFound

from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.orders import queries as orders
from storefront.orders.access import reader_of
from storefront.payments import queries, services
from storefront.payments.providers import Request, Sandbox, get_provider
from storefront.payments.states import PaymentState
from storefront.web.fragments import redirect_to, render_page

blueprint = Blueprint("payments", __name__, template_folder="templates")


@blueprint.post("/orders/<number>/payments")
def pay(number: str) -> Response:
    """Pay an order that waits for it, the same way again or another way."""
    provider = get_provider(request.form.get("payment_provider", ""), sandbox=_sandbox_is_open())
    reader, at = reader_of(number), now()
    with transaction():
        order = orders.get_for(reader, number)
        url = services.pay_with(order=order, provider=provider, by=reader.actor, at=at)
    return redirect_to(url or f"/orders/{order.number}")


@blueprint.get("/payments/<reference>")
def sandbox_page(reference: str) -> Response:
    """Show the sandbox; a payment that has ended leads to its order."""
    asked = _asked_of_sandbox(reference)
    if asked.state is not PaymentState.PENDING:
        return redirect(f"/orders/{asked.order_number}")  # type: ignore[return-value]
    return render_page("payments/sandbox.html", asked=asked)


@blueprint.post("/payments/<reference>")
def sandbox_decision(reference: str) -> Response:
    """Take the sandbox's notification: approved or declined."""
    asked = _asked_of_sandbox(reference)
    outcome = Sandbox().read_notification(asked, request.form)
    with transaction():
        services.book_outcome(outcome=outcome, by=Sandbox.code, at=now())
    return redirect_to(f"/orders/{asked.order_number}")


def _asked_of_sandbox(reference: str) -> Request:
    asked = queries.get_request(reference)
    if asked.provider != Sandbox.code or not _sandbox_is_open():
        raise NotFound
    return asked


def _sandbox_is_open() -> bool:
    return bool(current_app.config["SHOP"].sandbox_payments)
