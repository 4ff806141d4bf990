"""An order's invoice and credit notes, to look at and print."""

from __future__ import annotations

from flask import Blueprint, Response

from admin.access import requires
from storefront.accounts.permissions import Permission
from storefront.invoicing import queries
from storefront.invoicing.models import Invoice
from storefront.invoicing.paper import paper_of
from storefront.kernel.errors import NotFound
from storefront.orders import queries as orders
from storefront.orders.models import Order
from storefront.web.fragments import render_page

blueprint = Blueprint("invoicing", __name__, template_folder="templates")


@blueprint.get("/orders/<number>/invoice")
@requires(Permission.ORDERS_VIEW)
def invoice(number: str) -> Response:
    """Show the invoice of an order."""
    order = _order(number)
    found = queries.find_invoice(order.id)
    if found is None:
        raise NotFound
    return _document(order, found)


@blueprint.get("/orders/<number>/credit-notes/<int:note_id>")
@requires(Permission.ORDERS_VIEW)
def credit_note(number: str, note_id: int) -> Response:
    """Show a credit note of an order."""
    order = _order(number)
    return _document(order, queries.get_credit_note(order.id, note_id))


def _order(number: str) -> Order:
    found = orders.find_by_number(number)
    if found is None:
        raise NotFound
    return orders.get_whole(found.id)


def _document(order: Order, document: Invoice) -> Response:
    return render_page(
        "admin/invoicing/document.html",
        order=order,
        document=document,
        invoice=queries.find_invoice(order.id),
        notes=queries.list_credit_notes(order.id),
        paper=paper_of(order, document),
    )
