"""The packing table: one field, a scanner, and Enter."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.fulfilment.packing import Habit, Table, lay_out, pack, read_label
from storefront.accounts.permissions import Permission
from storefront.database.transaction import transaction
from storefront.fulfilment import queries, services
from storefront.fulfilment.carriers import choosing
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

blueprint = Blueprint("packing", __name__, template_folder="templates")


@blueprint.get("/packing")
@requires(Permission.FULFILMENT_EDIT)
def table() -> Response:
    """Wait for an order to be scanned, or show the one that was."""
    code = request.args.get("code", "").strip()[:64]
    try:
        return _page(lay_out(code, _habit(request.args).warehouse) if code else None)
    except ShopError as refusal:
        return _page(None, refusal)


@blueprint.post("/packing")
@requires(Permission.FULFILMENT_EDIT)
def pack_and_send() -> Response:
    """Pack what lies on the table and send it under the label that was scanned, or keep it for later."""
    habit, by, at = _habit(request.form), staff_here().actor, now()
    only_pack, laid = request.form.get("then") == "pack", None
    try:
        with transaction():
            laid = lay_out(request.form.get("code", ""), habit.warehouse)
            label = None if only_pack else read_label(request.form)
            parcel = pack(laid, request.form, by=by, at=at)
            if label is not None:
                services.ship(parcel=parcel, label=label, by=by, at=at)
    except ShopError as refusal:
        return _page(_again(habit), refusal)
    words = _("Parcel %(number)s is packed.") if only_pack else _("Parcel %(number)s is on its way.")
    flash(words % {"number": parcel.number}, "success")
    if only_pack:
        return redirect_to(f"/admin/parcels/{parcel.number}/slip")
    return redirect_to(
        habit.url(laid.order.number if queries.left_of(parcel.order_id, laid.order.number).units else "")
    )


def _again(habit: Habit) -> Table | None:
    """Lay the same order out again, where it can still be packed."""
    try:
        return lay_out(request.form.get("code", ""), habit.warehouse)
    except ShopError:
        return None


def _habit(values: Mapping[str, str]) -> Habit:
    return Habit(values.get("warehouse", "")[:32], values.get("carrier", "")[:32])


def _page(laid: Table | None, refusal: ShopError | None = None) -> Response:
    return render_page(
        "admin/fulfilment/packing.html",
        laid=laid,
        habit=_habit(request.form if request.method == "POST" else request.args),
        carriers=choosing.list_carriers(),
        refusal=message_of(refusal) if refusal else "",
        typed=request.form,
        status=refusal.status if refusal else 200,
    )
