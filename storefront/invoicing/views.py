"""An order's invoice and credit notes: asked for once, printed as often as one likes."""

from __future__ import annotations

from flask import Blueprint, Response, request

from storefront.database.transaction import transaction
from storefront.invoicing import queries, services
from storefront.invoicing.forms import BuyerForm
from storefront.invoicing.models import Invoice
from storefront.invoicing.paper import paper_of
from storefront.kernel.clock import now
from storefront.orders import queries as orders
from storefront.orders.access import reader_of
from storefront.orders.models import Order
from storefront.web.fragments import redirect_to, render_page

blueprint = Blueprint("invoicing", __name__, template_folder="templates")


@blueprint.get("/orders/<number>/invoice")
def invoice_page(number: str) -> Response:
    """Show the invoice, or ask who it is for."""
    order = orders.get_for(reader_of(number), number)
    found = queries.find_invoice(order.id)
    return _document(order, found) if found else _form_page(order, BuyerForm())


@blueprint.post("/orders/<number>/invoice")
def issue(number: str) -> Response:
    """Give the order its invoice."""
    order, form = orders.get_for(reader_of(number), number), BuyerForm(request.form)
    if not form.validate():
        return _form_page(order, form, status=422)
    with transaction():
        told = {"company": form.company.data or "", "buyer_tax_id": form.buyer_tax_id.data or ""}
        services.issue(order_id=order.id, **told, at=now())
    return redirect_to(f"/orders/{order.number}/invoice")


@blueprint.get("/orders/<number>/credit-notes/<int:note_id>")
def credit_note(number: str, note_id: int) -> Response:
    """Show a credit note."""
    order = orders.get_for(reader_of(number), number)
    return _document(order, queries.get_credit_note(order.id, note_id))


def _form_page(order: Order, form: BuyerForm, *, status: int = 200) -> Response:
    may_ask = queries.can_be_invoiced(order)
    return render_page("invoicing/ask.html", order=order, form=form, may_ask=may_ask, status=status)


def _document(order: Order, document: Invoice) -> Response:
    return render_page(
        "invoicing/document.html",
        order=order,
        document=document,
        notes=queries.list_followers(order.id),
        paper=paper_of(order, document),
    )
