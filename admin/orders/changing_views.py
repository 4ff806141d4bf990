"""Changing an order that has not left: look at what it would come to, then confirm exactly that."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.orders import queries
from admin.orders.changing import ChangeSheet
from storefront.accounts.permissions import Permission
from storefront.amending.errors import NothingChanges, OrderMoved
from storefront.amending.services import Changed, Confirmed, change_order
from storefront.approvals import services as approvals
from storefront.audit import services as audit
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.kernel.money import Money
from storefront.orders import history
from storefront.orders.models import Order
from storefront.payments import talking
from storefront.payments.errors import ProviderFailed
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

blueprint = Blueprint("changing", __name__, template_folder="templates")
PAGE, FORM = "admin/orders/change.html", "admin/orders/_change_form.html"


@blueprint.get("/orders/<number>/change")
@requires(Permission.ORDERS_EDIT)
def form(number: str) -> Response:
    """Show what can be changed."""
    return _page(ChangeSheet(queries.get_order(number)))


@blueprint.post("/orders/<number>/change")
@requires(Permission.ORDERS_EDIT)
def look(number: str) -> Response:
    """Show what the change would come to; choosing a country, or looking for goods, only draws the form anew."""
    sheet = ChangeSheet(queries.get_order(number), request.form)
    if "look" not in request.form:
        return _page(sheet, status=422 if sheet.address.pasted.errors else 200)
    sheet.propose()
    if sheet.refusal:
        return _page(sheet, status=409)
    return _page(sheet, status=200 if sheet.proposal else 422)


@blueprint.post("/orders/<number>/changes")
@requires(Permission.ORDERS_EDIT)
def confirm(number: str) -> Response:
    """Change the order as it was shown."""
    order = queries.get_order(number)
    sheet = ChangeSheet(order, request.form)
    seen, reason = str(sheet.form.seen.data or ""), str(sheet.form.reason.data or "")
    wish = sheet.wish()
    if wish is None:
        return _page(sheet, status=422)
    try:
        with transaction():
            found = change_order(
                order_id=order.id, confirmed=Confirmed(wish, seen, reason), by=staff_here().actor, at=now()
            )
            _note(found)
            _ask_second(found, reason)
    except ShopError as refusal:
        return _again(number, refusal)
    _begin_payment(found)
    _tell(found)
    return redirect_to(f"/admin/orders/{found.order.number}")


@blueprint.get("/orders/<number>/changes/<int:change>")
@requires(Permission.ORDERS_VIEW)
def change_page(number: str, change: int) -> Response:
    """Show an order before and after one of its changes."""
    order = queries.get_order(number)
    found = history.get_change(order.id, change)
    before, after = history.receipt_from(found.before), history.receipt_from(found.after)
    return render_page(
        "admin/orders/changed.html",
        order=order,
        change=found,
        before=before,
        after=after,
        rows=history.pairs_of(before, after),
        addresses=[history.address_from(data) for data in (found.before, found.after)],
        people=people([found]),
    )


def _again(number: str, refusal: ShopError) -> Response:
    """Show the form as it was typed, with what is true now."""
    db.session.expire_all()
    sheet = ChangeSheet(queries.get_order(number), request.form)
    if not isinstance(refusal, NothingChanges):
        sheet.propose()
    sheet.refusal = message_of(refusal) if not sheet.refusal or isinstance(refusal, OrderMoved) else sheet.refusal
    return _page(sheet, status=refusal.status)


def _page(sheet: ChangeSheet, *, status: int = 200) -> Response:
    sheet.choose_methods()
    return render_page(PAGE, fragment=FORM, status=status, sheet=sheet, order=sheet.order)


def _note(found: Changed) -> None:
    """Write down who changed what; the change itself keeps all of it."""
    before, after = found.change.before, found.change.after
    facts: dict[str, tuple[object, object]] = {
        name: (_of(before, name), _of(after, name)) for name in ("total", "delivery", "address", "goods")
    }
    facts["reason"] = (None, found.change.reason)
    about = ("order", found.order.number)
    audit.record(actor=found.change.actor, action="order.change", about=about, changes=facts, at=found.change.at)


def _of(data: dict[str, Any], name: str) -> object:
    if name == "goods":
        return ", ".join(f"{line['quantity']} × {line['sku']}" for line in data["lines"])
    if name == "address":
        address = history.address_from(data)
        return ", ".join([address.name, address.phone, *address.lines(), address.country]) if address else ""
    if name == "total":
        return str(Money(data["total_minor"], data["currency"]).decimal)
    return data["shipping_method_name"]


def _ask_second(found: Changed, reason: str) -> None:
    if found.approval is not None:
        approvals.ask(wanted=found.approval, reason=reason, by=staff_here(), at=now())


def _begin_payment(found: Changed) -> None:
    """Let the provider take the new sum on; one that does not answer is asked by the customer."""
    try:
        if found.payment:
            talking.open_payment(found.payment)
    except ProviderFailed:
        flash(_("The payment service does not answer just now. The customer can begin the payment later."), "warning")


def _tell(found: Changed) -> None:
    order: Order = found.order
    if found.approval is not None:
        flash(_("The order is changed. The money goes back once somebody else has approved it."), "warning")
    elif order.balance_since is not None:
        flash(_("The order is changed. It waits for the rest of its money; the customer has been told."), "success")
    else:
        flash(_("The order is changed; the customer has been told."), "success")
