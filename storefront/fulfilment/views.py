"""What shoppers say about their parcels, and what carriers push."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, current_app, flash, jsonify, request
from flask_babel import gettext as _

from storefront.database.transaction import transaction
from storefront.fulfilment import queries, services, tracking
from storefront.fulfilment.carriers.kuaidi100 import read_push
from storefront.fulfilment.carriers.protocol import BadPush
from storefront.fulfilment.states import ParcelState
from storefront.kernel.clock import now
from storefront.kernel.errors import NotFound
from storefront.orders import queries as orders
from storefront.orders.access import reader_of
from storefront.web.fragments import redirect_to

log = logging.getLogger(__name__)

blueprint = Blueprint("fulfilment", __name__, template_folder="templates")


@blueprint.post("/orders/<number>/parcels/<parcel_number>/receipt")
def confirm_receipt(number: str, parcel_number: str) -> Response:
    """Take a shopper's word that a parcel is there; to say it twice changes nothing."""
    reader = reader_of(number)
    with transaction():
        order = orders.get_for(reader, number)
        parcel = queries.get_of_order(order.id, parcel_number)
        if parcel.state != ParcelState.DELIVERED:
            services.arrive(parcel=parcel, by=reader.actor, at=now())
    flash(_("Thank you! We are glad that it has arrived."), "success")
    return redirect_to(f"/orders/{order.number}")


@blueprint.post("/tracking/kuaidi100")
def take_push() -> tuple[Response, int]:
    """Take kuaidi100's word about a parcel; what is signed is acknowledged, whether we know the parcel or not."""
    account = current_app.config["SHOP"].kuaidi100
    if account is None:
        raise NotFound
    try:
        report = read_push(account, request.form)
    except BadPush as refusal:
        log.warning("A push from kuaidi100 was refused")
        return jsonify(result=False, returnCode="500", message=refusal.text), refusal.status
    with transaction():
        known = tracking.take_report(report=report, at=now())
    if not known:
        log.info("kuaidi100 told about a parcel that is not ours")
    return jsonify(result=True, returnCode="200", message="成功"), 200
