"""The list of orders, and what may be done to many of them."""

from __future__ import annotations

from datetime import datetime

from admin.orders import queries
from admin.orders.tables import ORDERS as TABLE
from admin.orders.tables import REASONS, WORDS
from admin.tables import Action, Ask, Empty, Listing, Print
from storefront.accounts.permissions import Permission
from storefront.audit import services as audit
from storefront.fulfilment import services as fulfilment
from storefront.kernel.errors import N_
from storefront.orders import services as orders
from storefront.orders.models import Order
from storefront.orders.states import CancelReason

BY_STAFF = (CancelReason.BY_SHOP, CancelReason.CHANGED_MIND)


def cancel(order: Order, reason: CancelReason, by: str, at: datetime) -> Order:
    """Call an order off, and write down who did."""
    was = order.status
    found = orders.cancel_order(order=order, by=by, at=at, reason=reason)
    changes = {"status": (was, found.status), "reason": (None, reason.value)}
    audit.record(actor=by, action="order.cancel", about=("order", found.number), changes=changes, at=at)
    return found


def _cancel(number: str, reason: str, by: str, at: datetime) -> str:
    cancel(queries.get_order(number), CancelReason(reason), by, at)
    return ""


def _pack(number: str, _value: str, by: str, at: datetime) -> str:
    fulfilment.pack_all(order=queries.get_order(number), by=by, at=at)
    return ""


PACK = Action(
    key="pack",
    label=N_("Mark as packed"),
    says=N_("What is left of each order becomes one parcel per warehouse, ready for its label."),
    permission=Permission.FULFILMENT_EDIT,
    do=_pack,
)
PRINTS = (
    Print("/admin/fulfilment/pick-list", N_("Pick list for the chosen")),
    Print("/admin/fulfilment/slips", N_("Packing slips for the chosen")),
    Print("/admin/orders/slips.pdf", N_("Packing slips as PDF")),
    Print("/admin/orders/invoices.pdf", N_("Invoices as PDF")),
)
CANCEL = Action(
    key="cancel",
    label=N_("Cancel orders"),
    says=N_("Goods go back on sale, used coupons become free again, what was paid goes back, customers are told."),
    permission=Permission.ORDERS_CANCEL,
    do=_cancel,
    ask=lambda: Ask(N_("Reason"), tuple((reason.value, REASONS[reason]) for reason in BY_STAFF)),
    looks="danger",
)
ORDERS = Listing(
    name="orders",
    title=N_("Orders"),
    caption=N_("Orders"),
    permission=Permission.ORDERS_VIEW,
    table=lambda: TABLE,
    source=queries.orders_of,
    cells="admin/orders/_cells.html",
    page="admin/orders/orders.html",
    empty=Empty(
        icon="receipt",
        title=N_("No orders yet"),
        text=N_("The first one will be listed here."),
        nothing_matches=N_("No orders match"),
        show_all=N_("Show all orders"),
    ),
    key=lambda row: row.number,
    known_as=lambda row: row.number,
    context=lambda _rows: {"words": WORDS},
    actions=(PACK, CANCEL),
    prints=PRINTS,
)
