"""Asking for a customer who is on the phone, by letter or at the counter: the shopper's form, and the same preview."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.orders.queries import get_order
from storefront.accounts.permissions import Permission
from storefront.audit import services as audit
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.orders.models import Order
from storefront.returns import services
from storefront.returns.asking import LARGEST_REQUEST, Typed, form_of, keep_photos, offer_typed, read_typed
from storefront.returns.offering import Offer
from storefront.web.fragments import redirect_to, render_page
from storefront.web.uploads import takes_up_to

blueprint = Blueprint("asking", __name__, template_folder="templates")


@blueprint.get("/orders/<number>/returns/new")
@requires(Permission.RETURNS_EDIT)
def new(number: str) -> Response:
    """Choose what the customer wants back, exchanged or put right; what is chosen stands in the address."""
    order, typed = get_order(number), read_typed(request.args)
    offer = offer_typed(order, typed) if typed.is_filled else None
    return _form(order, typed, offer, 422 if typed.errors else 200)


@blueprint.post("/orders/<number>/returns")
@requires(Permission.RETURNS_EDIT)
@takes_up_to(LARGEST_REQUEST)
def ask(number: str) -> Response:
    """Ask for it in the customer's name, who gets the same letter as if it had been asked for in the shop."""
    order, typed, by, at = get_order(number), read_typed(request.form), staff_here().actor, now()
    offer = offer_typed(order, typed)
    if offer is None:
        return _form(order, typed, None, 422)
    try:
        asked = typed.asked(keep_photos(request.files.getlist("photos")))
        with transaction():
            found = services.ask(order=order, asked=asked, by=by, at=at)
            changes = {"kind": ("", found.kind), "order": ("", order.number)}
            audit.record(actor=by, action="return.ask", about=("return", found.number), changes=changes, at=at)
    except Invalid as refusal:
        typed.refuse(refusal)
        return _form(get_order(number), typed, offer, 422)
    flash(_("The request is written down; the customer is told."), "success")
    return redirect_to(f"/admin/returns/{found.number}")


def _form(order: Order, typed: Typed, offer: Offer | None, status: int) -> Response:
    asks_at = f"/admin/orders/{order.number}/returns"
    shown = form_of(order, typed, offer)
    postage = "admin/returns/_postage.html"
    return render_page("admin/returns/new.html", status=status, asks_at=asks_at, postage=postage, **shown)
