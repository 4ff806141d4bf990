"""Packing by scanner: what one field's content means, and what is done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from admin.warehouses.forms import read_whole
from storefront.fulfilment import queries, services
from storefront.fulfilment.errors import NotATrackingNumber, NoTrackingNumber, UnknownCode
from storefront.fulfilment.models import Parcel
from storefront.fulfilment.rules import Box, Label, proposal
from storefront.fulfilment.states import ParcelAction
from storefront.kernel.errors import N_
from storefront.orders import queries as orders
from storefront.orders import sending
from storefront.orders.models import Order, OrderLine


@dataclass(frozen=True, slots=True)
class PackLine:
    """One line to pack: `units` is what this warehouse has for it."""

    line: OrderLine
    units: int


@dataclass(frozen=True, slots=True)
class Table:
    """What lies on the packing table: an order's goods out of one warehouse, or a parcel that waits for its label."""

    order: Order
    parcel: Parcel | None
    lines: Sequence[PackLine]
    warehouse: Any
    others: Sequence[Any]
    """Other warehouses that hold something of the order."""

    @property
    def units(self) -> int:
        """How many pieces."""
        return sum(line.units for line in self.lines)


@dataclass(frozen=True, slots=True)
class Habit:
    """What a packer chose last, and need not choose again."""

    warehouse: str = ""
    carrier: str = ""

    def url(self, code: str = "") -> str:
        """Return the address of the page, for the next scan or with an order on the table."""
        query = {"code": code, "warehouse": self.warehouse, "carrier": self.carrier}
        query = {key: value for key, value in query.items() if value}
        return f"/admin/packing?{urlencode(query)}" if query else "/admin/packing"


def lay_out(code: str, warehouse: str) -> Table:
    """Lay on the table what a scanned code names; refuse with what keeps it from leaving."""
    order_id, parcel = queries.get_scanned(code)
    order = orders.get_whole(order_id)
    if parcel is None or ParcelAction.SHIP not in services.actions_of(parcel):
        sending.check_may_leave(order)
        parcel = None
    left = queries.left_of(order.id, order.number)
    places = queries.warehouses_of(left.warehouses)
    if parcel is None and not places and not left.units:
        parcel = next(iter(_waiting(order)), None)
        if parcel is None:
            raise services.refusal_of(order)
    if parcel is not None:
        rows = {row.id: row.packed for row in queries.list_lines([parcel])[parcel.id]}
        packed = [PackLine(line, rows[line.id]) for line in order.lines if line.id in rows]
        return Table(order, parcel, packed, _place(parcel), ())
    chosen = next((place for place in places if place.code == warehouse), next(iter(places), None))
    units = proposal(left, chosen.id if chosen else None)
    lines = [PackLine(line, units[line.id]) for line in order.lines if units.get(line.id)]
    return Table(order, None, lines, chosen, [place for place in places if place is not chosen])


def pack(table: Table, form: Mapping[str, str], *, by: str, at: datetime) -> Parcel:
    """Pack what lies on the table, as much of each line as was typed; a parcel that is packed is taken as it is."""
    if table.parcel is not None:
        return table.parcel
    units = {each.line.id: _typed(form, each) for each in table.lines}
    box = Box(table.warehouse.id if table.warehouse else None, units)
    return services.pack(order=table.order, box=box, by=by, at=at)


def read_label(form: Mapping[str, str]) -> Label:
    """Return the label that was scanned; with a carrier there must be a number, and not one of ours."""
    scanned, carrier = form.get("scanned", "").strip(), form.get("carrier", "")
    if carrier and not scanned:
        raise NoTrackingNumber(N_("Scan the carrier's label, or choose our own delivery."), field="scanned")
    if scanned:
        try:
            queries.get_scanned(scanned)
        except UnknownCode:
            return Label(carrier, scanned)
        raise NotATrackingNumber(field="scanned", code=scanned[:40])
    return Label(carrier, scanned)


def _typed(form: Mapping[str, str], each: PackLine) -> int:
    text = form.get(f"units-{each.line.id}")
    if text is None:
        return each.units
    return read_whole(text or "0", message=N_("Enter a whole number, such as 1."), field=f"units-{each.line.id}")


def _waiting(order: Order) -> list[Parcel]:
    return [each for each in queries.list_parcels(order.id) if ParcelAction.SHIP in services.actions_of(each)]


def _place(parcel: Parcel) -> Any:
    return next(iter(queries.warehouses_of([parcel.warehouse_id] if parcel.warehouse_id else [])), None)
