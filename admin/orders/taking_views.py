"""Taking an order down for a customer on the phone: look at what it costs, then place exactly that."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.orders.taking import LINK, CallSheet
from storefront.accounts.permissions import Permission
from storefront.audit import services as audit
from storefront.checkout import phone
from storefront.checkout.services import Placed
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.kernel.money import Money
from storefront.orders import queries as orders
from storefront.orders.models import Order
from storefront.payments import talking
from storefront.payments.errors import ProviderFailed
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

blueprint = Blueprint("taking", __name__, template_folder="templates")
PAGE, FORM = "admin/orders/new.html", "admin/orders/_call_form.html"


@blueprint.get("/orders/new")
@requires(Permission.ORDERS_CREATE)
def form() -> Response:
    """Show the empty form."""
    return _page(CallSheet())


@blueprint.post("/orders/new")
@requires(Permission.ORDERS_CREATE)
def look() -> Response:
    """Show what it costs; choosing a country, or looking for goods, only draws the form anew."""
    sheet = CallSheet(request.form)
    if "look" not in request.form:
        return _page(sheet, status=422 if sheet.address.pasted.errors else 200)
    sheet.reckon()
    if sheet.refusal:
        return _page(sheet, status=409)
    return _page(sheet, status=200 if sheet.quote else 422)


@blueprint.post("/orders")
@requires(Permission.ORDERS_CREATE)
def place() -> Response:
    """Place the order as it was shown; the same form twice is one order."""
    sheet, seen = CallSheet(request.form), request.form.get("seen", "")
    call = sheet.call()
    if call is None:
        return _page(sheet, status=422)
    before = orders.find_by_idempotency_key(call.token)
    if before is not None:
        return redirect_to(f"/admin/orders/{before.number}")
    try:
        with transaction():
            placed = phone.place(call=call, provider=sheet.provider, seen_hash=seen, by=staff_here().actor, at=now())
            _note(placed.order)
    except ShopError as refusal:
        return _again(refusal)
    _begin_payment(placed, sheet)
    return redirect_to(f"/admin/orders/{placed.order.number}")


def _again(refusal: ShopError) -> Response:
    """Show what is true now, with everything that was typed."""
    db.session.expire_all()
    sheet = CallSheet(request.form)
    sheet.reckon()
    sheet.refusal = sheet.refusal or message_of(refusal)
    return _page(sheet, status=refusal.status)


def _begin_payment(placed: Placed, sheet: CallSheet) -> None:
    """Let a bank transfer show its account; a link leaves the way to pay to the customer."""
    is_link = sheet.form.payment.data == LINK
    try:
        if placed.payment and not is_link:
            talking.open_payment(placed.payment)
    except ProviderFailed:
        flash(_("The payment service does not answer just now. The customer can begin the payment later."), "warning")
    if is_link and placed.order.total_minor:
        told = _("The order is placed. A link to pay is on its way to %(email)s.", email=placed.order.email)
    else:
        told = _("The order is placed and confirmed to %(email)s.", email=placed.order.email)
    flash(told, "success")


def _note(order: Order) -> None:
    total = str(Money(order.total_minor, order.currency).decimal)
    changes: dict[str, audit.Change] = {"total": (None, total), "e-mail": (None, order.email)}
    audit.record(actor=order.taken_by, action="order.create", about=("order", order.number), changes=changes, at=now())


def _page(sheet: CallSheet, *, status: int = 200) -> Response:
    return render_page(PAGE, fragment=FORM, status=status, sheet=sheet)
