"""The page of the flash sale. It is made fresh for everybody who asks: what is sold changes by the second."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from storefront.flash.showcase import build_sale
from storefront.kernel.clock import now
from storefront.web.fragments import render_page
from storefront.web.locale import current_locale

blueprint = Blueprint("flash", __name__, template_folder="templates")


@blueprint.get("/flash")
def sale() -> Response:
    """Show the session that is on, or the one that `session` names, and the way to the next ones."""
    chosen = request.args.get("session", type=int)
    found = build_sale(at=now(), zone=g.shop.timezone, locale=current_locale(), chosen=chosen)
    return render_page("flash/sale.html", fragment="flash/_sale.html", sale=found)
