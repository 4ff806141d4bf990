"""The list of customers and the page of one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.accounts.customers.listing import CUSTOMERS
from admin.accounts.customers.profile import profile_of
from admin.tables.showing import show_list
from storefront.accounts import helping, stand_ins, standing_in
from storefront.accounts.permissions import Permission
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.kernel.paging import page_number
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

blueprint = Blueprint("customers", __name__, template_folder="templates")


@blueprint.get("/customers")
@requires(Permission.CUSTOMERS_VIEW)
def customer_list() -> Response:
    """List customers."""
    return show_list(CUSTOMERS)


@blueprint.get("/customers/<int:customer_id>")
@requires(Permission.CUSTOMERS_VIEW)
def customer(customer_id: int) -> Response:
    """Show a customer: what they bought, have and want."""
    return _page(customer_id)


@blueprint.post("/customers/<int:customer_id>/closure")
@requires(Permission.CUSTOMERS_EDIT)
def block(customer_id: int) -> Response:
    """Close an account."""
    reason = request.form.get("reason", "")
    try:
        with transaction():
            helping.block(customer_id=customer_id, reason=reason, by=staff_here().actor, at=now())
    except Invalid as refusal:
        return _page(customer_id, closing={"reason": reason, "error": message_of(refusal)}, status=422)
    return _done(customer_id, _("The account is closed, and its owner signed out everywhere."))


@blueprint.post("/customers/<int:customer_id>/closure/removal")
@requires(Permission.CUSTOMERS_EDIT)
def unblock(customer_id: int) -> Response:
    """Open an account again."""
    with transaction():
        helping.unblock(customer_id=customer_id, by=staff_here().actor, at=now())
    return _done(customer_id, _("The account is open again."))


@blueprint.post("/customers/<int:customer_id>/sessions/removal")
@requires(Permission.CUSTOMERS_EDIT)
def end_sessions(customer_id: int) -> Response:
    """Sign a customer out everywhere."""
    with transaction():
        helping.end_sessions(customer_id=customer_id, by=staff_here().actor, at=now())
    return _done(customer_id, _("They are signed out everywhere."))


@blueprint.post("/customers/<int:customer_id>/password-letter")
@requires(Permission.CUSTOMERS_EDIT)
def send_reset(customer_id: int) -> Response:
    """Write to a customer's inbox how to set a new password."""
    try:
        with transaction():
            email = helping.send_reset(customer_id=customer_id, by=staff_here().actor, at=now()).email
    except Invalid as refusal:
        flash(message_of(refusal), "warning")
        return redirect_to(f"/admin/customers/{customer_id}")
    return _done(customer_id, _("A letter is on its way to %(email)s.", email=email))


@blueprint.post("/customers/<int:customer_id>/stand-in")
@requires(Permission.CUSTOMERS_IMPERSONATE, again=True)
def stand_in(customer_id: int) -> Response:
    """Begin to see the shop as a customer does."""
    reason, minutes = request.form.get("reason", ""), g.shop.stand_in_minutes
    try:
        with transaction():
            row = stand_ins.begin(
                staff_id=staff_here().id, customer_id=customer_id, reason=reason, minutes=minutes, at=now()
            )
            number = row.id
    except Invalid as refusal:
        return _page(customer_id, standing={"reason": reason, "error": message_of(refusal)}, status=422)
    standing_in.remember(number)
    return redirect_to("/account")


def _page(customer_id: int, *, status: int = 200, **typed: Any) -> Response:
    staff, number = staff_here(), page_number(request.args.get("page"))
    shown = profile_of(customer_id, number, shop=g.shop, staff=staff, at=now())
    typed = {"closing": {}, "standing": {}, **typed}
    return render_page("admin/accounts/customers/customer.html", status=status, **shown, **typed)


def _done(customer_id: int, words: str) -> Response:
    flash(words, "success")
    return redirect_to(f"/admin/customers/{customer_id}")
