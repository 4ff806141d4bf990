"""The list of orders and the page of one."""

from __future__ import annotations

from flask import Blueprint, Response, flash
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.fulfilment.tables import LOOKS as PARCEL_LOOKS
from admin.orders import queries
from admin.orders.listing import ORDERS
from admin.orders.listing import cancel as call_off
from admin.orders.tables import EVENTS, ORIGINS, REASONS, WORDS
from admin.payments.forms import suggested_refund
from admin.payments.queries import money_of
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.accounts.rules import PostalAddress
from storefront.amending.rules import may_change
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.fulfilment import tracked
from storefront.fulfilment.carriers import choosing
from storefront.invoicing import queries as invoicing
from storefront.kernel.clock import now
from storefront.orders import services as orders
from storefront.orders.receipt import receipt_of, traced_lines
from storefront.orders.states import CancelReason, FulfillmentStatus, OrderAction
from storefront.returns.offering import returns_of
from storefront.web.fragments import redirect_to, render_page

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
    found, staff = queries.get_order(number), staff_here()
    entries = list_entries_about("order", found.number)
    money = money_of(found) if staff.may(Permission.ORDERS_REFUND) else None
    return render_page(
        "admin/orders/order.html",
        order=found,
        receipt=receipt_of(found),
        traced=traced_lines(found),
        address=PostalAddress.from_fields(found.shipping_address) if found.shipping_address else None,
        transactions=queries.list_transactions(found.id),
        parcels=tracked.list_tracked(found.id),
        carriers=choosing.list_carriers() if found.fulfillment_status != FulfillmentStatus.UNFULFILLED else (),
        parcel_looks=PARCEL_LOOKS,
        returns=returns_of(found, now()) if staff.may(Permission.RETURNS_VIEW) else None,
        may_ask_back=staff.may(Permission.RETURNS_EDIT),
        may_send=staff_here().may(Permission.FULFILMENT_EDIT),
        may_pack=staff_here().may(Permission.FULFILMENT_EDIT) and OrderAction.SEND in orders.actions_of(found),
        people=people([*found.events, *entries]),
        entries=entries,
        invoice=invoicing.find_invoice(found.id),
        may_change=staff.may(Permission.ORDERS_EDIT) and may_change(found),
        may_cancel=staff.may(Permission.ORDERS_CANCEL) and OrderAction.CANCEL in orders.actions_of(found),
        money=money,
        refund_form=suggested_refund(money) if money and money.refundable else None,
        words=WORDS,
        events=EVENTS,
        origins=ORIGINS,
        reasons=REASONS,
    )


@blueprint.post("/orders/<number>/cancellation")
@requires(Permission.ORDERS_CANCEL)
def cancel(number: str) -> Response:
    """Call an order off."""
    with transaction():
        found = call_off(queries.get_order(number), CancelReason.BY_SHOP, staff_here().actor, now())
    flash(_("The order is cancelled; its stock is free again."), "success")
    return redirect_to(f"/admin/orders/{found.number}")
