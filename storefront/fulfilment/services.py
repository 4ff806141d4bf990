"""Writes of parcels: packing, sending, arriving, and what goes wrong on the way.

Each locks the order first, as every write of orders does; of two people who pack the same goods one wins, and the
other is told who was faster.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from storefront.accounts import queries as accounts
from storefront.audit import services as audit
from storefront.database.base import db
from storefront.fulfilment import queries
from storefront.fulfilment.carriers import choosing
from storefront.fulfilment.errors import LabelTaken, NothingToPack, NotStocked, PackedAlready
from storefront.fulfilment.events import ParcelDelivered, ParcelRelabelled, ParcelSentAgain, ParcelShipped
from storefront.fulfilment.models import Parcel, ParcelLine
from storefront.fulfilment.rules import (
    Box,
    Label,
    allowed_actions,
    order_number,
    parcel_number,
    picks_for,
    proposal,
    read_tracking_number,
)
from storefront.fulfilment.states import ASTRAY, TRANSITIONS, ParcelAction, ParcelState
from storefront.inventory import services as inventory
from storefront.inventory.errors import OutOfStock
from storefront.inventory.rules import Pick, zone_of
from storefront.inventory.services import Wanted
from storefront.kernel.events import publish
from storefront.kernel.states import NotAllowed
from storefront.orders import queries as orders
from storefront.orders import sending
from storefront.orders.errors import CannotSend
from storefront.orders.models import Order
from storefront.orders.sending import Told
from storefront.orders.states import EventKind

log = logging.getLogger(__name__)

USED_AGAIN_AFTER = timedelta(days=180)
"""Carriers give a number to another parcel after a while."""
_ENDS = {ParcelAction.LOSE: EventKind.LOST, ParcelAction.COME_BACK: EventKind.CAME_BACK}


def pack(*, order: Order, box: Box, by: str, at: datetime) -> Parcel:
    """Put units of an order's lines into one parcel; refuse more than is left of them, or than the warehouse holds."""
    order = sending.lock_to_send(order.id)
    left = queries.left_of(order.id, order.number)
    if not left.units:
        raise refusal_of(order)
    picks_for(left, box)
    return _pack(order, box, by, at)


def pack_rest(*, order: Order, warehouse_id: int | None, by: str, at: datetime) -> Parcel:
    """Put everything that a warehouse still holds for an order into one parcel."""
    order = sending.lock_to_send(order.id)
    left = queries.left_of(order.id, order.number)
    units = proposal(left, warehouse_id)
    if not units:
        raise refusal_of(order)
    return _pack(order, Box(warehouse_id, units), by, at)


def pack_all(*, order: Order, by: str, at: datetime) -> list[Parcel]:
    """Put everything that is left of an order into parcels, one for each warehouse that holds something of it."""
    order = sending.lock_to_send(order.id)
    made: list[Parcel] = []
    while (left := queries.left_of(order.id, order.number)).units:
        warehouse_id = next(iter(left.warehouses), None)
        made.append(_pack(order, Box(warehouse_id, proposal(left, warehouse_id)), by, at))
    if not made:
        raise refusal_of(order)
    return made


def unpack(*, parcel: Parcel, by: str, at: datetime) -> Parcel:
    """Take a packed parcel apart; its goods wait to be packed again."""
    order, parcel = _lock(parcel, ParcelAction.UNPACK)
    parcel.state = TRANSITIONS.next(ParcelState(parcel.state), ParcelAction.UNPACK)
    parcel.ended_at = at
    sending.record(order=order, kind=EventKind.UNPACKED, told=_told(parcel, by, at))
    return parcel


def ship(*, parcel: Parcel, label: Label, by: str, at: datetime) -> Parcel:
    """Let a packed parcel leave: its goods go off the shelf, its order knows, the customer is told."""
    parcel = _leave(parcel, _checked(label, parcel, at), by, at)
    publish(ParcelShipped(parcel.order_id, order_number(parcel.number), parcel.id))
    return parcel


def correct_label(*, parcel: Parcel, label: Label, by: str, at: datetime) -> Parcel:
    """Give a parcel on its way another carrier or tracking number; a typing error is mended, nothing else happens."""
    label = _checked(label, parcel, at)
    order, parcel = _lock(parcel, ParcelAction.CORRECT)
    was = f"{parcel.carrier} {parcel.tracking_number}"
    parcel.carrier, parcel.tracking_number = label.carrier, label.tracking_number
    db.session.flush()
    sending.record(order=order, kind=EventKind.LABEL_CORRECTED, told=_told(parcel, by, at))
    _note(parcel, "label", (was, f"{parcel.carrier} {parcel.tracking_number}"), by, at)
    publish(ParcelRelabelled(order.id, order.number, parcel.id))
    return parcel


def arrive(*, parcel: Parcel, by: str, at: datetime) -> Parcel:
    """Let a parcel be with the customer; with the last one its order is delivered."""
    order, parcel = _lock(parcel, ParcelAction.ARRIVE)
    parcel.state = TRANSITIONS.next(ParcelState(parcel.state), ParcelAction.ARRIVE)
    parcel.delivered_at, parcel.ended_at, parcel.poll_at = at, None, None
    db.session.flush()
    progress = queries.progress_of(order.id)
    log.info("Parcel %s has arrived", parcel.number)
    publish(ParcelDelivered(order.id, order.number, parcel.id))
    sending.record_delivered(order=order, progress=progress, told=_told(parcel, by, at))
    return parcel


def lose(*, parcel: Parcel, by: str, at: datetime) -> Parcel:
    """Write down that a carrier has lost a parcel; it may turn up yet, or be sent again."""
    order, parcel = _lock(parcel, ParcelAction.LOSE)
    return _end(order, parcel, ParcelAction.LOSE, by, at)


def come_back(*, parcel: Parcel, restock: bool, by: str, at: datetime) -> Parcel:
    """Write down that a parcel came back undelivered; what can be sold again goes back on the shelf it came from."""
    order, parcel = _lock(parcel, ParcelAction.COME_BACK)
    if restock:
        inventory.take_back(picks=_picks(parcel), reference=order.number, by=by, at=at)
    return _end(order, parcel, ParcelAction.COME_BACK, by, at)


def send_again(*, parcel: Parcel, by: str, at: datetime) -> Parcel:
    """Let what was in a lost or returned parcel be packed once more: goods are taken for it, or refused."""
    order, parcel = _lock(parcel, ParcelAction.SEND_AGAIN)
    lines = queries.list_lines([parcel])[parcel.id]
    wanted = [Wanted(line.variant_id, line.packed, line.name) for line in lines if line.variant_id is not None]
    address = order.shipping_address or {}
    zone = zone_of(str(address.get("country", "")), str(address.get("region", "")))
    try:
        inventory.allocate(wanted=wanted, reference=order.number, by=by, at=at, zone=zone)
    except OutOfStock:
        raise NotStocked from None
    parcel.resent_at = at
    db.session.flush()
    progress = queries.progress_of(order.id)
    told = _told(parcel, by, at)
    sending.record_progress(order=order, kind=EventKind.SENT_AGAIN, progress=progress, told=told)
    publish(ParcelSentAgain(order.id, order.number, parcel.id))
    return parcel


def deliver_order(*, order: Order, by: str, at: datetime) -> Order:
    """Let all that is left of an order leave and arrive at once: handed over in person, or brought by the shop."""
    order = sending.lock_to_deliver(order.id)
    if queries.left_of(order.id, order.number).units:
        pack_all(order=order, by=by, at=at)
    for parcel in queries.list_parcels(order.id):
        if ParcelAction.SHIP in actions_of(parcel):
            _leave(parcel, Label(), by, at)
    parcels = [parcel for parcel in queries.list_parcels(order.id) if parcel.resent_at is None]
    if any(parcel.state in ASTRAY for parcel in parcels):
        raise CannotSend
    for parcel in parcels:
        if parcel.state == ParcelState.SHIPPED:
            arrive(parcel=parcel, by=by, at=at)
    return order


def unpack_all(*, order_id: int, by: str, at: datetime) -> None:
    """Take apart what lies packed for an order that was called off."""
    for parcel in queries.list_parcels(order_id):
        if parcel.state == ParcelState.PACKED:
            unpack(parcel=parcel, by=by, at=at)


def actions_of(parcel: Parcel) -> frozenset[ParcelAction]:
    """Return what may be done to a parcel now; pages draw their buttons from this."""
    return allowed_actions(ParcelState(parcel.state), was_resent=parcel.resent_at is not None)


def refusal_of(order: Order) -> NothingToPack:
    """Return why there is nothing to pack: say who was faster, where somebody was."""
    packed = [parcel for parcel in queries.list_parcels(order.id) if not parcel.holds_all]
    if not packed:
        return NothingToPack()
    who = (
        accounts.staff_names({int(number)})
        if (number := packed[-1].packed_by.removeprefix("staff:")).isdecimal()
        else {}
    )
    return PackedAlready(who=next(iter(who.values()), packed[-1].packed_by), parcel=packed[-1].number)


def _pack(order: Order, box: Box, by: str, at: datetime) -> Parcel:
    parcel = Parcel(
        order_id=order.id,
        number=parcel_number(order.number, queries.count_parcels(order.id)),
        warehouse_id=box.warehouse_id,
        state=ParcelState.PACKED,
        packed_by=by,
        packed_at=at,
    )
    db.session.add(parcel)
    db.session.flush()
    lines = [
        ParcelLine(parcel_id=parcel.id, order_line_id=id_, quantity=units) for id_, units in box.units.items() if units
    ]
    db.session.add_all(lines)
    db.session.flush()
    sending.record(order=order, kind=EventKind.PACKED, told=_told(parcel, by, at))
    _note(parcel, "pack", (None, parcel.state), by, at)
    return parcel


def _leave(parcel: Parcel, label: Label, by: str, at: datetime) -> Parcel:
    order, parcel = _lock(parcel, ParcelAction.SHIP)
    sending.lock_to_send(order.id)
    inventory.ship(reference=order.number, picks=_picks(parcel), by=by, at=at)
    parcel.state = TRANSITIONS.next(ParcelState(parcel.state), ParcelAction.SHIP)
    parcel.carrier, parcel.tracking_number, parcel.shipped_at = label.carrier, label.tracking_number, at
    db.session.flush()
    progress = queries.progress_of(order.id)
    sending.record_sent(order=order, progress=progress, told=_told(parcel, by, at))
    told = f"{parcel.state} {label.carrier} {label.tracking_number}".strip()
    _note(parcel, "ship", (ParcelState.PACKED, told), by, at)
    log.info("Parcel %s has left", parcel.number)
    return parcel


def _note(parcel: Parcel, what: str, change: audit.Change, by: str, at: datetime) -> None:
    """Write down what a member of staff did; what carriers say is no change of ours."""
    if by.startswith("staff:"):
        changes = {"label" if what == "label" else "state": change}
        audit.record(actor=by, action=f"parcel.{what}", about=("parcel", parcel.number), changes=changes, at=at)


def _checked(label: Label, parcel: Parcel, at: datetime) -> Label:
    """Return a label with a carrier that exists and a number as it is stored, which no parcel elsewhere has."""
    checked = Label(choosing.get_chosen(label.carrier).code, read_tracking_number(label.tracking_number))
    other = queries.find_alike(parcel, checked.carrier, checked.tracking_number, since=at - USED_AGAIN_AFTER)
    if other is not None:
        raise LabelTaken(field="tracking_number", parcel=other, number=checked.tracking_number)
    return checked


def _lock(parcel: Parcel, action: ParcelAction) -> tuple[Order, Parcel]:
    """Lock a parcel's order, then see whether the parcel still permits what is wanted."""
    order = orders.get_locked(parcel.order_id)
    db.session.refresh(parcel)
    if action not in actions_of(parcel):
        raise NotAllowed(state=parcel.state, action=action.value)
    return order, parcel


def _end(order: Order, parcel: Parcel, action: ParcelAction, by: str, at: datetime) -> Parcel:
    parcel.state = TRANSITIONS.next(ParcelState(parcel.state), action)
    parcel.ended_at, parcel.poll_at = at, None
    db.session.flush()
    progress = queries.progress_of(order.id)
    sending.record_progress(order=order, kind=_ENDS[action], progress=progress, told=_told(parcel, by, at))
    log.info("Parcel %s: %s", parcel.number, parcel.state)
    return parcel


def _picks(parcel: Parcel) -> tuple[Pick, ...]:
    """Return what a parcel took off its warehouse's shelves, in key order."""
    units: dict[int, int] = {}
    for line in queries.list_lines([parcel])[parcel.id]:
        if line.variant_id is not None:
            units[line.variant_id] = units.get(line.variant_id, 0) + line.packed
    if parcel.warehouse_id is None:
        return ()
    return tuple(Pick(variant, parcel.warehouse_id, quantity) for variant, quantity in sorted(units.items()))


def _told(parcel: Parcel, by: str, at: datetime) -> Told:
    """Return which parcel it is about; a carrier's name is kept as it is today."""
    facts = {"parcel": parcel.number, "carrier": parcel.carrier, "tracking": parcel.tracking_number}
    if parcel.carrier:
        facts["carrier_name"] = choosing.carrier_for(parcel.carrier).name
    return Told({key: value for key, value in facts.items() if value}, by, at)
