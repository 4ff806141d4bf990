"""What is printed: the slip that goes with an order or a parcel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.accounts.rules import PostalAddress
from storefront.fulfilment import queries
from storefront.fulfilment.barcode import Barcode, code128
from storefront.fulfilment.models import Parcel
from storefront.fulfilment.rules import proposal
from storefront.orders import queries as orders
from storefront.orders.models import Order, OrderLine


@dataclass(frozen=True, slots=True)
class SlipLine:
    """So many of one thing."""

    sku: str
    name: str
    variant_name: str
    units: int


@dataclass(frozen=True, slots=True)
class Slip:
    """One sheet: where it goes, what is in it, and the number as bars."""

    order: Order
    number: str
    barcode: Barcode
    address: PostalAddress
    warehouse: str
    lines: Sequence[SlipLine]

    @property
    def units(self) -> int:
        """How many pieces."""
        return sum(line.units for line in self.lines)


def slip_of_order(order: Order, warehouse: str = "") -> Slip:
    """Return the slip of what is to be packed for an order: of one warehouse (its code), or of all."""
    whole = orders.get_whole(order.id)
    left = queries.left_of(order.id, order.number)
    places = queries.warehouses_of(left.warehouses)
    chosen = [place for place in places if warehouse in {"", place.code}]
    units: dict[int, int] = {}
    for place in chosen:
        for line_id, pieces in proposal(left, place.id).items():
            units[line_id] = units.get(line_id, 0) + pieces
    wanted = {line.line_id: line.quantity for line in left.lines}
    lines = [_line(line, min(units[line.id], wanted[line.id])) for line in whole.lines if units.get(line.id)]
    return _slip(whole, whole.number, ", ".join(place.name for place in chosen), lines)


def slip_of_parcel(parcel: Parcel) -> Slip:
    """Return the slip of what is in a parcel."""
    rows = queries.list_lines([parcel])[parcel.id]
    lines = [SlipLine(row.sku, row.name, row.variant_name, row.packed) for row in rows]
    names = queries.warehouse_names([parcel.warehouse_id])
    return _slip(orders.get_whole(parcel.order_id), parcel.number, names.get(parcel.warehouse_id or 0, ""), lines)


def _slip(order: Order, number: str, warehouse: str, lines: Sequence[SlipLine]) -> Slip:
    address = PostalAddress.from_fields(order.shipping_address)
    return Slip(order, number, code128(order.number), address, warehouse, tuple(lines))


def _line(line: OrderLine, units: int) -> SlipLine:
    return SlipLine(line.sku, line.name, line.variant_name, units)
