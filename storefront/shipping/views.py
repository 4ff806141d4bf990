"""What delivery costs and how long it takes, before there is a cart: a page, and a note for product pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, request

from storefront.cart.rules import read_quantity
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.kernel.money import Money
from storefront.shipping import queries
from storefront.shipping.choosing import place_chooser
from storefront.shipping.context import choose, current_destination, remember
from storefront.shipping.rules import Load
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page, wants_fragment

blueprint = Blueprint("shipping", __name__, template_folder="templates")


@blueprint.get("/delivery")
def delivery() -> Response:
    """Show what delivery costs to the reader's place: of a parcel of one piece, or of `quantity` of a `sku`."""
    return _page(request.args)


@blueprint.post("/delivery")
def choose_place() -> Response:
    """Remember where to deliver to, and show what that costs."""
    typed = [request.form.get(name, "") for name in ("country", "region", "city")]
    try:
        destination = choose(*typed)
    except Invalid as refusal:
        return _page(request.form, status=422, error=message_of(refusal), field=refusal.field)
    kept = {name: request.form[name] for name in ("sku", "quantity") if request.form.get(name)}
    here = f"/delivery?{urlencode(kept)}" if kept else "/delivery"
    return remember(_page(request.form) if wants_fragment() else redirect_to(here), destination)


@blueprint.get("/delivery/estimate")
def estimate() -> Response:
    """Show in a line what delivery of one `sku` costs and when it arrives."""
    sku = request.args.get("sku", "")[:64]
    quotation = queries.quote(current_destination(), queries.get_load(sku, 1))
    part = "shipping/_estimate.html"
    return render_page(part, fragment=part, quotation=quotation, sku=sku, at=now())


def _page(args: Any, *, status: int = 200, error: str = "", field: str = "") -> Response:
    sku = args.get("sku", "")[:64]
    quantity = read_quantity(args.get("quantity") or "1", largest=g.shop.largest_quantity) or 1
    load = queries.get_load(sku, quantity) if sku else Load(0, 1, Money.zero(g.shop.currency))
    destination = current_destination()
    return render_page(
        "shipping/delivery.html",
        fragment="shipping/_delivery.html",
        quotation=queries.quote(destination, load),
        chooser=place_chooser(destination, error=error, field=field),
        sku=sku,
        quantity=quantity,
        at=now(),
        status=status,
    )
