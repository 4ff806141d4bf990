"""The order page, and calling an order off."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from storefront.accounts.countries import country_name
from storefront.accounts.rules import PostalAddress
from storefront.accounts.sessions import current_customer
from storefront.cart import paces, sets
from storefront.cart.context import current_owner
from storefront.cart.context import remember as keep_cart
from storefront.database.transaction import transaction
from storefront.fulfilment import tracked
from storefront.fulfilment.context import carrier_words
from storefront.kernel.clock import now
from storefront.loyalty import queries as loyalty
from storefront.orders import queries, services
from storefront.orders.access import reader_of, remember
from storefront.orders.models import Order
from storefront.orders.receipt import receipt_of, traced_lines
from storefront.orders.reordering import wanted_again
from storefront.orders.states import CancelReason, OrderAction
from storefront.orders.timeline import Step, steps_of, what_is_next
from storefront.payments import queries as payments
from storefront.payments.providers import KNOWN, list_providers
from storefront.returns.offering import returns_of
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.locale import babel_locale

blueprint = Blueprint("orders", __name__, template_folder="templates")


@blueprint.get("/orders/<number>")
def order_page(number: str) -> Response:
    """Show an order to whoever it belongs to; a key moves into a cookie, unless its owner is signed in."""
    reader = reader_of(number)
    order = queries.get_for(reader, number)
    if "key" in request.args:
        moved = redirect(f"/orders/{order.number}")
        return moved if reader.owns(order) else remember(moved, order)  # type: ignore[arg-type, return-value]
    return render_page("orders/order.html", **_shown(order))


@blueprint.post("/orders/<number>/cancellation")
def cancel(number: str) -> Response:
    """Call an order off."""
    reader = reader_of(number)
    with transaction():
        order = queries.get_for(reader, number)
        services.cancel_order(order=order, by=reader.actor, at=now(), reason=CancelReason.CHANGED_MIND)
    if order.paid_minor > order.refunded_minor + order.lost_minor:
        flash(_("Your order was cancelled. Your money goes back the way it came."), "success")
    else:
        flash(_("Your order was cancelled. Nothing was charged."), "success")
    return redirect_to(f"/orders/{order.number}")


@blueprint.post("/orders/<number>/reorder")
def reorder(number: str) -> Response:
    """Put an order's goods into the cart once more, beside what is there, and say what cannot be had."""
    paces.FILLING.take()
    order = queries.get_for(reader_of(number), number)
    with transaction():
        wanted = wanted_again(queries.get_whole(order.id))
        added = sets.add_again(owner=current_owner(), wanted=wanted, at=now())
    done = ngettext("%(num)s item is in your cart.", "%(num)s items are in your cart.", added.pieces)
    words = [done] if added.pieces else []
    flash(" ".join([*words, *map(message_of, added.refusals)]), "warning" if added.refusals else "success")
    return keep_cart(redirect_to("/cart", trigger="cart:changed"), added.token)


def _words(step: Step) -> str:
    facts = dict(step.facts)
    if "carrier_name" in facts:
        facts["carrier_name"] = carrier_words(str(facts["carrier_name"]))
    return str(_(step.words, **facts))


def _shown(order: Order) -> dict[str, Any]:
    actions, following = services.actions_of(order), what_is_next(order)
    address = PostalAddress.from_fields(order.shipping_address)
    return {
        "order": order,
        "points": loyalty.points_of_order(order.number) if order.customer_id is not None else None,
        "receipt": receipt_of(order),
        "traced": traced_lines(order),
        "address": address,
        "country": country_name(address.country, babel_locale()),
        "expected": [format_date(day, "medium") for day in (order.expected_from, order.expected_to) if day],
        "following": following.value,
        "steps": [(_words(step), step.at, step.state) for step in steps_of(order, following)],
        "provider": KNOWN.get(order.payment_provider),
        "providers": list_providers(),
        "standing": payments.standing_of(order),
        "may_pay": OrderAction.PAY in actions,
        "may_cancel": OrderAction.CANCEL in actions,
        "parcels": tracked.list_tracked(order.id),
        "returns": returns_of(order, now()),
        "is_customer": current_customer() is not None,
    }
