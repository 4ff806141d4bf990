"""Pure decisions about parcels: what is left to pack where, what may go into one, what a tracking number is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from storefront.fulfilment.errors import BadTrackingNumber, EmptyParcel, MoreThanLeft
from storefront.fulfilment.states import TRANSITIONS, ParcelAction, ParcelState
from storefront.inventory.rules import Pick
from storefront.kernel.text import code_key

_TRACKING = re.compile(r"[A-Z0-9][A-Z0-9-]{2,38}[A-Z0-9]")


@dataclass(frozen=True, slots=True)
class Box:
    """What somebody wants to put into one parcel: units by order line, out of one warehouse.

    Without a warehouse it is for what no shelf is known of.
    """

    warehouse_id: int | None
    units: Mapping[int, int]

    def __post_init__(self) -> None:
        if any(quantity < 0 for quantity in self.units.values()) or not any(self.units.values()):
            raise EmptyParcel(field="quantity")


@dataclass(frozen=True, slots=True)
class Label:
    """Who carries a parcel, and under which number; without a carrier the shop brings it itself."""

    carrier: str = ""
    tracking_number: str = ""


@dataclass(frozen=True, slots=True)
class LeftLine:
    """How many of an order's line are in no parcel yet; `variant_id` is None for what has left the catalogue."""

    line_id: int
    variant_id: int | None
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Left:
    """What of an order is still to be packed: its lines, and what each warehouse holds of their goods."""

    lines: Sequence[LeftLine]
    held: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """(variant, warehouse) -> units that are allocated there and in no parcel."""

    @property
    def warehouses(self) -> tuple[int, ...]:
        """Where something is to be packed, in key order."""
        return tuple(sorted({warehouse for (_, warehouse), units in self.held.items() if units > 0}))

    @property
    def units(self) -> int:
        """How many pieces are in no parcel."""
        return sum(line.quantity for line in self.lines)


def proposal(left: Left, warehouse_id: int | None) -> dict[int, int]:
    """Return units by line: all that `warehouse_id` has for the order.

    Lines of one variant share what is held in their order. What has left the catalogue is on no shelf that anybody
    knows: it goes into whatever parcel is packed first.
    """
    held = {variant: units for (variant, warehouse), units in left.held.items() if warehouse == warehouse_id}
    units: dict[int, int] = {}
    for line in left.lines:
        most = line.quantity if line.variant_id is None else min(line.quantity, held.get(line.variant_id, 0))
        if most > 0:
            units[line.line_id] = most
            if line.variant_id is not None:
                held[line.variant_id] -= most
    return units


def picks_for(left: Left, box: Box) -> tuple[Pick, ...]:
    """Return what a box takes off its warehouse's shelves, in key order; refuse more than is left, of anything."""
    lines = {line.line_id: line for line in left.lines}
    wanted: dict[int, int] = {}
    for line_id, asked in box.units.items():
        line = lines.get(line_id)
        if asked and (line is None or asked > line.quantity):
            raise MoreThanLeft(
                field="quantity", name=line.name if line else "?", left=line.quantity if line else 0, asked=asked
            )
        if asked and line is not None and line.variant_id is not None:
            wanted[line.variant_id] = wanted.get(line.variant_id, 0) + asked
            most = left.held.get((line.variant_id, box.warehouse_id), 0) if box.warehouse_id else 0
            if wanted[line.variant_id] > most:
                raise MoreThanLeft(field="quantity", name=line.name, left=most, asked=wanted[line.variant_id])
    if box.warehouse_id is None:
        return ()
    return tuple(Pick(variant, box.warehouse_id, units) for variant, units in sorted(wanted.items()))


def read_tracking_number(text: str) -> str:
    """Return a tracking number as it is stored: narrow, upper case, without the spaces that people type; "" is none."""
    number = code_key(text)
    if number and not _TRACKING.fullmatch(number):
        raise BadTrackingNumber(field="tracking_number")
    return number


def parcel_number(order_number: str, parcels: int) -> str:
    """Return the number of an order's next parcel, after so many that it has had."""
    return f"{order_number}-{parcels + 1}"


def order_number(parcel_number: str) -> str:
    """Return the number of the order that a parcel belongs to."""
    return parcel_number.rpartition("-")[0]


def read_code(text: str) -> str:
    """Return what was scanned or typed as an order's or a parcel's number is stored: "7kqm3xpd" -> "7KQM-3XPD"."""
    code = code_key(text)[:64]
    if re.fullmatch(r"[0-9A-Z]{8}", code):
        return f"{code[:4]}-{code[4:]}"
    return code


def allowed_actions(state: ParcelState, *, was_resent: bool) -> frozenset[ParcelAction]:
    """Return what may be done to a parcel: what the table permits; one that was sent again is history."""
    return frozenset() if was_resent else TRANSITIONS.allowed(state)
