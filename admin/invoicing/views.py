"""An order's invoice and credit notes, to look at and print."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, request

from admin.access import requires
from storefront.accounts.permissions import Permission
from storefront.invoicing import queries
from storefront.invoicing.models import Invoice
from storefront.invoicing.paper import paper_of
from storefront.invoicing.papers import invoices_pdf, slips_pdf
from storefront.kernel.clock import now
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.orders import queries as orders
from storefront.orders.models import Order
from storefront.web.fragments import render_page

blueprint = Blueprint("invoicing", __name__, template_folder="templates")


MOST_AT_ONCE = 200


@blueprint.get("/orders/invoices.pdf")
@requires(Permission.ORDERS_VIEW)
def invoices() -> Response:
    """Return the invoices of the chosen orders as one PDF; an order without one has its receipt."""
    return _file("invoices", invoices_pdf(_chosen()))


@blueprint.get("/orders/slips.pdf")
@requires(Permission.ORDERS_VIEW)
def slips() -> Response:
    """Return the packing slips of the chosen orders as one PDF."""
    return _file("slips", slips_pdf(_chosen()))


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


def _chosen() -> Sequence[Order]:
    """Return the orders that a list's form or an order's page means."""
    found = orders.list_whole(request.args.getlist("row"), most=MOST_AT_ONCE)
    if not found:
        raise Invalid(N_("Choose at least one order first."))
    return found


def _file(name: str, body: bytes) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}-{now():%Y-%m-%d}.pdf"'}
    return Response(body, mimetype="application/pdf", headers=headers)


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
        notes=queries.list_followers(order.id),
        paper=paper_of(order, document),
    )
