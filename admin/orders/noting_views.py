"""Notes of the staff on an order."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.orders import queries
from admin.orders.showing import order_page
from storefront.accounts.permissions import Permission
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.orders import notes
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to

blueprint = Blueprint("notes", __name__)


@blueprint.post("/orders/<number>/notes")
@requires(Permission.ORDERS_EDIT)
def add(number: str) -> Response:
    """Write a note."""
    text = request.form.get("text", "")
    try:
        with transaction():
            order = queries.get_order(number)
            notes.add_note(order=order, text=text, by=staff_here().actor, at=now())
    except Invalid as refusal:
        typed = {"note_typed": text, "note_error": message_of(refusal)}
        return order_page(queries.get_order(number), status=refusal.status, **typed)
    return _back(number)


@blueprint.post("/orders/<number>/notes/<int:note_id>/pin")
@requires(Permission.ORDERS_EDIT)
def pin(number: str, note_id: int) -> Response:
    """Let a note stand before the others, or no longer."""
    wanted = request.form.get("pinned") == "yes"
    with transaction():
        order = queries.get_order(number)
        notes.pin_note(order=order, note_id=note_id, is_pinned=wanted, by=staff_here().actor, at=now())
    return _back(number)


@blueprint.post("/orders/<number>/notes/<int:note_id>/removal")
@requires(Permission.ORDERS_EDIT)
def remove(number: str, note_id: int) -> Response:
    """Take a note away."""
    with transaction():
        notes.remove_note(order=queries.get_order(number), note_id=note_id, by=staff_here().actor, at=now())
    flash(_("The note is gone."), "success")
    return _back(number)


def _back(number: str) -> Response:
    return redirect_to(f"/admin/orders/{number}#notes")
