"""The list of orders and the page of one."""

from __future__ import annotations

from flask import Blueprint, Response, flash
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.orders import queries
from admin.orders.listing import ORDERS
from admin.orders.listing import cancel as call_off
from admin.orders.showing import order_page
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.orders.states import CancelReason
from storefront.web.fragments import redirect_to

blueprint = Blueprint("orders", __name__, template_folder="templates")


@blueprint.get("/orders")
@requires(Permission.ORDERS_VIEW)
def order_list() -> Response:
    """List orders."""
    return show_list(ORDERS)


@blueprint.get("/orders/<number>")
@requires(Permission.ORDERS_VIEW)
def order(number: str) -> Response:
    """Show an order and everything that happened to it."""
    return order_page(queries.get_order(number))


@blueprint.post("/orders/<number>/cancellation")
@requires(Permission.ORDERS_CANCEL)
def cancel(number: str) -> Response:
    """Call an order off."""
    with transaction():
        found = call_off(queries.get_order(number), CancelReason.BY_SHOP, staff_here().actor, now())
    flash(_("The order is cancelled; its stock is free again."), "success")
    return redirect_to(f"/admin/orders/{found.number}")
