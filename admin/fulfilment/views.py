"""The list of what is to be sent, pick lists and slips, and what happens to a parcel after it has left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from admin.access import requires, staff_here
from admin.fulfilment import queries
from admin.fulfilment.listing import TO_SEND
from admin.fulfilment.slips import Slip, slip_of_order, slip_of_parcel
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.audit import services as audit
from storefront.database.transaction import transaction
from storefront.fulfilment import queries as parcels
from storefront.fulfilment import services
from storefront.fulfilment.models import Parcel
from storefront.fulfilment.rules import Label, order_number
from storefront.kernel.clock import now
from storefront.kernel.errors import N_
from storefront.web.fragments import redirect_to, render_page
from storefront.web.locale import speaking

blueprint = Blueprint("fulfilment", __name__, template_folder="templates")


@blueprint.get("/fulfilment")
@requires(Permission.FULFILMENT_VIEW)
def to_send() -> Response:
    """List what is to be sent, the oldest first."""
    return show_list(TO_SEND)


@blueprint.get("/fulfilment/pick-list")
@requires(Permission.FULFILMENT_VIEW)
def pick_list() -> Response:
    """Show what to fetch for the chosen orders."""
    orders = queries.list_chosen(_chosen())
    places = queries.pick_list(orders, request.args.get("warehouse", ""))
    return render_page("admin/fulfilment/pick_list.html", orders=orders, places=places, at=now())


@blueprint.get("/fulfilment/slips")
@requires(Permission.FULFILMENT_VIEW)
def slips() -> Response:
    """Show a packing slip for each of the chosen orders."""
    chosen = queries.list_chosen(_chosen())
    made = [slip_of_order(order, request.args.get("warehouse", "")) for order in chosen]
    return render_page("admin/fulfilment/slips.html", slips=[_sheet(slip) for slip in made if slip.lines])


@blueprint.get("/parcels/<number>/slip")
@requires(Permission.FULFILMENT_VIEW)
def parcel_slip(number: str) -> Response:
    """Show the slip that lies in a parcel."""
    return render_page("admin/fulfilment/slips.html", slips=[_sheet(slip_of_parcel(parcels.get_by_number(number)))])


@blueprint.post("/parcels/<number>/arrival")
@requires(Permission.FULFILMENT_EDIT)
def mark_delivered(number: str) -> Response:
    """Say that a parcel is with the customer."""
    words = N_("The parcel is marked as delivered.")
    return _changed(number, "arrival", lambda parcel, said: services.arrive(parcel=parcel, **said), words)


@blueprint.post("/parcels/<number>/loss")
@requires(Permission.FULFILMENT_EDIT)
def mark_lost(number: str) -> Response:
    """Say that the carrier has lost a parcel."""
    words = N_("The parcel is marked as lost.")
    return _changed(number, "loss", lambda parcel, said: services.lose(parcel=parcel, **said), words)


@blueprint.post("/parcels/<number>/unpacking")
@requires(Permission.FULFILMENT_EDIT)
def unpack(number: str) -> Response:
    """Take a parcel apart that has not left."""
    words = N_("The parcel is taken apart; its goods can be packed again.")
    return _changed(number, "unpacking", lambda parcel, said: services.unpack(parcel=parcel, **said), words)


@blueprint.post("/parcels/<number>/resending")
@requires(Permission.FULFILMENT_EDIT)
def send_again(number: str) -> Response:
    """Hold goods anew for what was lost or came back."""
    words = N_("Its goods are held anew and can be packed again.")
    return _changed(number, "resending", lambda parcel, said: services.send_again(parcel=parcel, **said), words)


@blueprint.post("/parcels/<number>/return")
@requires(Permission.FULFILMENT_EDIT)
def take_back(number: str) -> Response:
    """Take a parcel back that could not be delivered."""
    restock = bool(request.form.get("restock"))
    words = N_("The parcel is marked as returned.")
    return _changed(
        number, "return", lambda parcel, said: services.come_back(parcel=parcel, restock=restock, **said), words
    )


@blueprint.post("/parcels/<number>/label")
@requires(Permission.FULFILMENT_EDIT)
def correct_label(number: str) -> Response:
    """Mend a carrier or a tracking number."""
    label = Label(request.form.get("carrier", ""), request.form.get("tracking_number", ""))
    words = N_("The carrier and the tracking number are saved.")
    return _changed(
        number, "label", lambda parcel, said: services.correct_label(parcel=parcel, label=label, **said), words
    )


def _sheet(slip: Slip) -> Markup:
    """Write a slip in its customer's language, whoever prints it."""
    with speaking(slip.order.locale):
        return Markup(render_template("admin/fulfilment/_slip.html", slip=slip))  # noqa: S704 - our own template


def _chosen() -> list[str]:
    """Return the numbers of the orders that are meant: "row" says a list's form, "order" say addresses of before."""
    return [*request.args.getlist("row"), *request.args.getlist("order")]


def _changed(number: str, step: str, change: Callable[[Parcel, dict[str, Any]], Parcel], words: str) -> Response:
    by, at = staff_here().actor, now()
    with transaction():
        parcel = parcels.get_by_number(number)
        was = (parcel.state, f"{parcel.carrier} {parcel.tracking_number}")
        parcel = change(parcel, {"by": by, "at": at})
        is_now = (parcel.state, f"{parcel.carrier} {parcel.tracking_number}")
        changes = {"state": (was[0], is_now[0]), "label": (was[1], is_now[1])}
        if step == "resending":
            changes = {}
        if step != "label":  # which is written down where it is done
            audit.record(actor=by, action=f"parcel.{step}", about=("parcel", parcel.number), changes=changes, at=at)
    flash(_(words), "success")
    return redirect_to(f"/admin/orders/{order_number(parcel.number)}")
