"""Tracking numbers that come from elsewhere: by an order's or a parcel's number, one at a time or as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from storefront.database.base import db
from storefront.fulfilment import queries, services
from storefront.fulfilment.carriers import choosing
from storefront.fulfilment.errors import NoTrackingNumber, SeveralParcels
from storefront.fulfilment.models import Parcel
from storefront.fulfilment.rules import Label, read_tracking_number
from storefront.fulfilment.states import ParcelAction
from storefront.orders import queries as orders


class Labelled(StrEnum):
    """What a tracking number did."""

    PACKED_AND_SENT = "packed_and_sent"
    SENT = "sent"
    CORRECTED = "corrected"
    UNCHANGED = "unchanged"


def label(*, code: str, given: Label, by: str, at: datetime) -> Labelled:
    """Give what `code` names a carrier and a tracking number; what has not left, leaves.

    An order's number is enough where there is one parcel that it can mean; refuses with SeveralParcels where not. What
    `code` names is looked for first: whoever mistyped it need not wonder about the rest.
    """
    order_id, parcel = queries.get_scanned(code)
    given = Label(choosing.get_chosen(given.carrier).code, read_tracking_number(given.tracking_number))
    if not given.tracking_number:
        raise NoTrackingNumber(field="tracking_number")
    orders.get_locked(order_id)
    parcel = parcel or _meant(queries.list_parcels(order_id), order_id)
    if parcel is None:
        return _pack_and_send(order_id, given, by, at)
    db.session.refresh(parcel)
    if (parcel.carrier, parcel.tracking_number) == (given.carrier, given.tracking_number):
        return Labelled.UNCHANGED
    if ParcelAction.CORRECT in services.actions_of(parcel):
        services.correct_label(parcel=parcel, label=given, by=by, at=at)
        return Labelled.CORRECTED
    services.ship(parcel=parcel, label=given, by=by, at=at)
    return Labelled.SENT


def _meant(parcels: Sequence[Parcel], order_id: int) -> Parcel | None:
    """Return the one parcel that an order's number can mean; None where it is still to be packed."""
    packed = [parcel for parcel in parcels if ParcelAction.SHIP in services.actions_of(parcel)]
    if len(packed) > 1:
        raise SeveralParcels
    if packed:
        return packed[0]
    if queries.left_of(order_id, orders.get_whole(order_id).number).units:
        return None
    sent = [parcel for parcel in parcels if ParcelAction.CORRECT in services.actions_of(parcel)]
    if len(sent) > 1:
        raise SeveralParcels
    return sent[0] if sent else None


def _pack_and_send(order_id: int, given: Label, by: str, at: datetime) -> Labelled:
    order = orders.get_whole(order_id)
    warehouses = queries.left_of(order.id, order.number).warehouses
    if len(warehouses) > 1:
        raise SeveralParcels
    parcel = services.pack_rest(order=order, warehouse_id=next(iter(warehouses), None), by=by, at=at)
    services.ship(parcel=parcel, label=given, by=by, at=at)
    return Labelled.PACKED_AND_SENT
