"""Asking, the page of a request, its label, and taking it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request
from flask_babel import gettext as _

from storefront.database.transaction import transaction
from storefront.fulfilment.barcode import code128
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.kernel.money import Money
from storefront.orders import queries as orders
from storefront.orders.access import reader_of, remember
from storefront.orders.models import Order
from storefront.orders.queries import Reader
from storefront.returns import queries, services
from storefront.returns.asking import LARGEST_REQUEST, Typed, form_of, keep_photos, offer_typed, read_typed
from storefront.returns.models import Return
from storefront.returns.offering import Offer, offer_of
from storefront.returns.showing import address_lines, pays_postage, steps_of
from storefront.returns.states import ReturnAction
from storefront.web.fragments import redirect_to, render_page
from storefront.web.measures import sized
from storefront.web.uploads import takes_up_to

blueprint = Blueprint("returns", __name__, template_folder="templates")


@blueprint.get("/orders/<number>/returns/new")
def new(number: str) -> Response:
    """Choose what to return or exchange; what is chosen stands in the address, with what it comes to."""
    order, typed = orders.get_for(reader_of(number), number), read_typed(request.args)
    offer = offer_typed(order, typed) if typed.is_filled else None
    return _form(order, typed, offer, 422 if typed.errors else 200)


@blueprint.post("/orders/<number>/returns")
@takes_up_to(LARGEST_REQUEST)
def ask(number: str) -> Response:
    """Ask for it, with a note and photographs."""
    reader, typed = reader_of(number), read_typed(request.form)
    order = orders.get_for(reader, number)
    offer = offer_typed(order, typed)
    if offer is None:
        return _form(order, typed, None, 422)
    try:
        asked = typed.asked(keep_photos(request.files.getlist("photos")))
        with transaction():
            found = services.ask(order=order, asked=asked, by=reader.actor, at=now())
    except Invalid as refusal:
        typed.refuse(refusal)
        return _form(orders.get_for(reader, number), typed, offer, 422)
    flash(_("We have your request and answer as soon as we can."), "success")
    return redirect_to(f"/orders/{order.number}/returns/{found.number}")


@blueprint.get("/orders/<number>/returns/<return_number>")
def page(number: str, return_number: str) -> Response:
    """Show where a request stands and what comes next."""
    reader, order, found = _read(number, return_number)
    if "key" in request.args:
        moved = redirect(f"/orders/{order.number}/returns/{found.number}")
        return moved if reader.owns(order) else remember(moved, order)  # type: ignore[arg-type, return-value]
    return render_page("returns/return.html", **_shown(order, found))


@blueprint.get("/orders/<number>/returns/<return_number>/label")
def label(number: str, return_number: str) -> Response:
    """Show what is stuck on the parcel: where it goes, and the request's number as bars."""
    _, order, found = _read(number, return_number)
    lines, barcode = queries.lines_of(found.id), code128(found.number)
    where = address_lines()
    return render_page("returns/label.html", order=order, found=found, lines=lines, barcode=barcode, address=where)


@blueprint.post("/orders/<number>/returns/<return_number>/withdrawal")
def withdraw(number: str, return_number: str) -> Response:
    """Take a request back."""
    with transaction():
        reader, order, found = _read(number, return_number)
        services.withdraw(found=found, by=reader.actor, at=now())
    flash(_("Your request is withdrawn."), "success")
    return redirect_to(f"/orders/{order.number}/returns/{found.number}")


def _read(number: str, return_number: str) -> tuple[Reader, Order, Return]:
    reader = reader_of(number)
    order = orders.get_for(reader, number)
    return reader, order, queries.get_of_order(order.id, return_number)


def _form(order: Order, typed: Typed, offer: Offer | None, status: int) -> Response:
    asks_at = f"/orders/{order.number}/returns"
    return render_page("returns/new.html", status=status, asks_at=asks_at, postage="", **form_of(order, typed, offer))


def _shown(order: Order, found: Return) -> dict[str, Any]:
    lines, follow_up = queries.lines_of(found.id), orders.find_by_number(found.follow_up_number)
    return {
        "order": order,
        "found": found,
        "lines": lines,
        "names": {line.order_line_id: sized(line.name, line.variant_name) for line in lines},
        "photos": queries.list_photos(found.id),
        "offer": offer_of(found, order),
        "steps": [(_(step.words), step.at, step.state) for step in steps_of(found, queries.list_events(found.id))],
        "payer": pays_postage(found, lines),
        "address": address_lines(),
        "actual": Money(found.actual_minor, order.currency),
        "follow_up": follow_up,
        "may_withdraw": ReturnAction.WITHDRAW in services.actions_of(found),
    }
