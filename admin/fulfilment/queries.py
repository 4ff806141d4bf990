"""Reads of what is to be sent: orders by warehouse, and the goods to fetch for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from admin.fulfilment.tables import PACKED, TO_PACK
from admin.tables import ListState, Source, within
from storefront.database.base import db
from storefront.database.unindexed import unindexed
from storefront.fulfilment.models import Parcel, ParcelLine
from storefront.fulfilment.states import ParcelState
from storefront.inventory import queries as inventory
from storefront.inventory.models import StockMovement, Warehouse
from storefront.orders.models import Order, OrderLine
from storefront.orders.rules import MONEY_IS_THERE, read_number
from storefront.orders.stages import is_to_send
from storefront.orders.states import PaymentStatus

MOST_AT_ONCE = 100
"""How many orders one pick list or one set of slips is for."""


@dataclass(frozen=True, slots=True)
class ToPick:
    """So many of one thing, from one warehouse, and for which orders."""

    sku: str
    name: str
    variant_name: str
    orders: Sequence[tuple[str, int]]

    @property
    def units(self) -> int:
        """How many to fetch."""
        return sum(units for _, units in self.orders)


def orders_of(state: ListState) -> Source:
    """Return what is to be sent, one row an order and warehouse."""
    rows = _rows(state).subquery()
    return Source(select(rows), rows.c.id, {"placed": rows.c.placed_at}, key=rows.c.number)


def list_chosen(numbers: Iterable[str]) -> Sequence[Order]:
    """Return the orders among these that may leave, the oldest first."""
    wanted = list(dict.fromkeys(read_number(number) for number in numbers))[:MOST_AT_ONCE]
    chosen = select(Order).where(Order.number.in_(wanted), *may_leave()).order_by(Order.placed_at, Order.id)
    return db.session.scalars(chosen).all()


def pick_list(orders: Sequence[Order], warehouse: str = "") -> Mapping[str, Sequence[ToPick]]:
    """Return what to fetch for these orders, by the name of the warehouse, in order of SKU: each thing once.

    What lies in a parcel already has been fetched.
    """
    held = _to_fetch(orders)
    names = {row.id: row for row in db.session.execute(select(Warehouse.id, Warehouse.code, Warehouse.name))}
    lines = _names_of(orders)
    found: dict[str, dict[int, list[tuple[str, int]]]] = {}
    for (number, variant, warehouse_id), units in sorted(held.items(), key=lambda each: each[0][0]):
        place = names[warehouse_id]
        if units > 0 and warehouse in {"", place.code}:
            found.setdefault(place.name, {}).setdefault(variant, []).append((number, units))
    return {
        place: sorted(
            (ToPick(*lines.get(variant, ("", "", "")), orders=tuple(wanted)) for variant, wanted in goods.items()),
            key=lambda each: each.sku,
        )
        for place, goods in sorted(found.items())
    }


def may_leave() -> tuple[ColumnElement[bool], ...]:
    """Return what tells the orders of which something may leave now; the first two are found by their index."""
    waits = Order.payment_status.in_((PaymentStatus.UNPAID, PaymentStatus.PARTIALLY_PAID))
    at_the_door = waits & Order.pay_before.is_(None) & Order.balance_since.is_(None) & (Order.authorized_minor == 0)
    return (
        *is_to_send(),
        Order.payment_status.in_(MONEY_IS_THERE) | at_the_door,
    )


def _rows(state: ListState) -> Any:
    held = func.sum(StockMovement.allocated_delta)
    packed = (
        select(func.sum(ParcelLine.quantity))
        .join(Parcel, Parcel.id == ParcelLine.parcel_id)
        .where(
            Parcel.order_id == Order.id,
            Parcel.warehouse_id == Warehouse.id,
            unindexed(Parcel.state) == ParcelState.PACKED,
        )
        .correlate(Order, Warehouse)
        .scalar_subquery()
    )
    in_parcels = func.coalesce(packed, 0)
    statement = (
        select(
            Order.id,
            Order.number,
            Order.placed_at,
            Order.shipping_address,
            Warehouse.code,
            Warehouse.name.label("warehouse"),
            held.label("units"),
            in_parcels.label("packed"),
        )
        .join(StockMovement, StockMovement.reference == Order.number)
        .join(Warehouse, Warehouse.id == StockMovement.warehouse_id)
        .where(*may_leave(), *_conditions(state))
        .group_by(
            *(Order.id, Order.number, Order.placed_at, Order.shipping_address),
            *(Warehouse.id, Warehouse.code, Warehouse.name),
        )
        .having(held > 0)
    )
    if state.value("stage") == PACKED:
        statement = statement.having(held <= in_parcels)
    elif state.value("stage") == TO_PACK:
        statement = statement.having(held > in_parcels)
    return statement


def _conditions(state: ListState) -> list[ColumnElement[bool]]:
    found = within(state, "placed", Order.placed_at)
    if code := state.value("warehouse"):
        found.append(Warehouse.code == code)
    if state.search:
        found.append(Order.number == read_number(state.search))
    return found


def _to_fetch(orders: Sequence[Order]) -> dict[tuple[str, int, int], int]:
    """Return (order's number, variant, warehouse) -> units that are held and in no parcel."""
    held = {
        (number, variant, warehouse): int(units)
        for number, variant, warehouse, units in inventory.list_held([order.number for order in orders])
    }
    packed = db.session.execute(
        select(Order.number, OrderLine.variant_id, Parcel.warehouse_id, func.sum(ParcelLine.quantity))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(ParcelLine, ParcelLine.order_line_id == OrderLine.id)
        .join(Parcel, Parcel.id == ParcelLine.parcel_id)
        .where(Order.id.in_([order.id for order in orders]), Parcel.state == ParcelState.PACKED)
        .group_by(Order.number, OrderLine.variant_id, Parcel.warehouse_id)
    )
    for number, variant, warehouse, units in packed:
        if variant is not None and warehouse is not None and (number, variant, warehouse) in held:
            held[number, variant, warehouse] -= int(units)
    return held


def _names_of(orders: Sequence[Order]) -> dict[int, tuple[str, str, str]]:
    rows = db.session.execute(
        select(OrderLine.variant_id, OrderLine.sku, OrderLine.name, OrderLine.variant_name)
        .where(OrderLine.order_id.in_([order.id for order in orders]), OrderLine.variant_id.is_not(None))
        .order_by(OrderLine.id)
    )
    return {row.variant_id: (row.sku, row.name, row.variant_name) for row in rows}
