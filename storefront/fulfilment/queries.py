"""Reads of parcels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, case, func, select, union_all

from storefront.database.base import db
from storefront.fulfilment.errors import UnknownCode
from storefront.fulfilment.models import Parcel, ParcelLine, TrackingEvent
from storefront.fulfilment.rules import Left, LeftLine, read_code
from storefront.fulfilment.states import LEFT, ParcelState
from storefront.inventory import queries as inventory
from storefront.inventory.models import Warehouse
from storefront.kernel.errors import NotFound
from storefront.orders.models import Order, OrderLine
from storefront.orders.rules import Progress


def contents() -> CompoundSelect[Any]:
    """Return a statement for what every parcel holds: order_id, parcel_id, order_line_id, quantity.

    A parcel that holds everything has no lines of its own; the order's are its.
    """
    own = select(
        Parcel.order_id, ParcelLine.parcel_id, ParcelLine.order_line_id, ParcelLine.quantity.label("quantity")
    ).where(Parcel.id == ParcelLine.parcel_id)
    whole = select(Parcel.order_id, Parcel.id, OrderLine.id, OrderLine.quantity).where(
        OrderLine.order_id == Parcel.order_id, Parcel.holds_all
    )
    return union_all(own, whole)


def get_parcel(parcel_id: int) -> Parcel:
    """Return a parcel, or NotFound."""
    parcel = db.session.get(Parcel, parcel_id)
    if parcel is None:
        raise NotFound
    return parcel


def find_parcel(number: str) -> Parcel | None:
    """Return the parcel with this number, however it was typed."""
    return db.session.scalar(select(Parcel).where(Parcel.number == read_code(number)))


def get_by_number(number: str) -> Parcel:
    """Return the parcel with this number, or NotFound."""
    parcel = find_parcel(number)
    if parcel is None:
        raise NotFound
    return parcel


def get_of_order(order_id: int, number: str) -> Parcel:
    """Return one of an order's parcels, or NotFound."""
    parcel = find_parcel(number)
    if parcel is None or parcel.order_id != order_id or parcel.state == ParcelState.UNPACKED:
        raise NotFound
    return parcel


def get_scanned(code: str) -> tuple[int, Parcel | None]:
    """Return the order behind a scanned code, and the parcel where it was a parcel's."""
    key = read_code(code)
    parcel = find_parcel(key)
    if parcel is not None:
        return parcel.order_id, parcel
    order_id = db.session.scalar(select(Order.id).where(Order.number == key))
    if order_id is None:
        raise UnknownCode(code=code.strip()[:40])
    return order_id, None


def list_parcels(order_id: int) -> Sequence[Parcel]:
    """Return an order's parcels, the first packed first; unpacked ones are history and left out."""
    mine = (Parcel.order_id == order_id, Parcel.state != ParcelState.UNPACKED)
    return db.session.scalars(select(Parcel).where(*mine).order_by(Parcel.id)).all()


def find_alike(parcel: Parcel, carrier: str, tracking_number: str, *, since: datetime) -> str | None:
    """Return the number of a parcel that left since then under this tracking number, to another address than this one.

    Parcels to one address may travel under one number.
    """
    if not tracking_number:
        return None
    alike = select(Parcel.number, Order.shipping_address).join(Order, Order.id == Parcel.order_id)
    same = Parcel.tracking_number == tracking_number, Parcel.carrier == carrier, Parcel.order_id != parcel.order_id
    others = db.session.execute(alike.where(*same, Parcel.shipped_at >= since).order_by(Parcel.id)).all()
    address = db.session.scalar(select(Order.shipping_address).where(Order.id == parcel.order_id)) if others else None
    return next((row.number for row in others if row.shipping_address != address), None)


def list_lines(parcels: Iterable[Parcel]) -> dict[int, list[Any]]:
    """Return what is in each parcel: rows of an order's line with `packed`, the units of it in this parcel."""
    found: dict[int, list[Any]] = {parcel.id: [] for parcel in parcels}
    if not found:
        return found
    inside = contents().subquery()
    rows = db.session.execute(
        select(
            inside.c.parcel_id,
            inside.c.quantity.label("packed"),
            OrderLine.id,
            OrderLine.sku,
            OrderLine.name,
            OrderLine.variant_name,
            OrderLine.picture,
            OrderLine.variant_id,
        )
        .join(OrderLine, OrderLine.id == inside.c.order_line_id)
        .where(inside.c.parcel_id.in_(found))
        .order_by(inside.c.parcel_id, OrderLine.position)
    )
    for row in rows:
        found[row.parcel_id].append(row)
    return found


def list_news(parcel_ids: Iterable[int]) -> dict[int, list[TrackingEvent]]:
    """Return what carriers told about each parcel, the newest first."""
    found: dict[int, list[TrackingEvent]] = {id_: [] for id_ in parcel_ids}
    if found:
        mine = select(TrackingEvent).where(TrackingEvent.parcel_id.in_(found))
        for event in db.session.scalars(mine.order_by(TrackingEvent.at.desc(), TrackingEvent.id.desc())):
            found[event.parcel_id].append(event)
    return found


def progress_of(order_id: int) -> Progress:
    """Return how far an order's units have come, by its parcels; what is sent again no longer counts as sent."""
    ordered = select(func.coalesce(func.sum(OrderLine.quantity), 0)).where(OrderLine.order_id == order_id)
    inside = contents().subquery()
    left = Parcel.state.in_(LEFT) & Parcel.resent_at.is_(None)
    arrived = Parcel.state == ParcelState.DELIVERED
    sums = (
        select(
            func.coalesce(func.sum(case((left, inside.c.quantity), else_=0)), 0).label("sent"),
            func.coalesce(func.sum(case((arrived, inside.c.quantity), else_=0)), 0).label("delivered"),
        )
        .select_from(inside)
        .join(Parcel, Parcel.id == inside.c.parcel_id)
        .where(inside.c.order_id == order_id)
    )
    row = db.session.execute(sums).one()
    return Progress(int(db.session.scalar(ordered) or 0), int(row.sent), int(row.delivered))


def left_of(order_id: int, number: str) -> Left:
    """Return what of an order is in no parcel yet, and which warehouse holds it."""
    inside = contents().subquery()
    counts = (Parcel.state != ParcelState.UNPACKED) & Parcel.resent_at.is_(None)
    packed = (
        select(inside.c.order_line_id, func.sum(inside.c.quantity).label("units"))
        .join(Parcel, Parcel.id == inside.c.parcel_id)
        .where(inside.c.order_id == order_id, counts)
        .group_by(inside.c.order_line_id)
        .subquery()
    )
    left = OrderLine.quantity - func.coalesce(packed.c.units, 0)
    rows = db.session.execute(
        select(OrderLine.id, OrderLine.variant_id, OrderLine.name, left.label("left"))
        .outerjoin(packed, packed.c.order_line_id == OrderLine.id)
        .where(OrderLine.order_id == order_id, left > 0)
        .order_by(OrderLine.position, OrderLine.id)
    ).all()
    held = {(variant, warehouse): int(units) for _, variant, warehouse, units in inventory.list_held([number])}
    for variant, warehouse, units in _waiting_in_parcels(order_id):
        held[variant, warehouse] = held.get((variant, warehouse), 0) - int(units)
    return Left(tuple(LeftLine(row.id, row.variant_id, row.name, int(row.left)) for row in rows), held)


def warehouse_names(ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of warehouses, closed ones too."""
    wanted = {id_ for id_ in ids if id_ is not None}
    if not wanted:
        return {}
    rows = db.session.execute(select(Warehouse.id, Warehouse.name).where(Warehouse.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def warehouses_of(ids: Iterable[int]) -> Sequence[Any]:
    """Return id, code and name of these warehouses, the first to ship first."""
    columns = select(Warehouse.id, Warehouse.code, Warehouse.name).where(Warehouse.id.in_(set(ids)))
    return db.session.execute(columns.order_by(Warehouse.priority, Warehouse.id)).all()


def count_parcels(order_id: int) -> int:
    """Return how many parcels an order has had, unpacked ones too."""
    mine = select(func.count()).select_from(Parcel).where(Parcel.order_id == order_id)
    return int(db.session.scalar(mine) or 0)


def _waiting_in_parcels(order_id: int) -> Sequence[Any]:
    """Return what lies packed and has not left: variant, warehouse, units."""
    return db.session.execute(
        select(OrderLine.variant_id, Parcel.warehouse_id, func.sum(ParcelLine.quantity))
        .join(ParcelLine, ParcelLine.order_line_id == OrderLine.id)
        .join(Parcel, Parcel.id == ParcelLine.parcel_id)
        .where(Parcel.order_id == order_id, Parcel.state == ParcelState.PACKED, OrderLine.variant_id.is_not(None))
        .group_by(OrderLine.variant_id, Parcel.warehouse_id)
    ).all()
