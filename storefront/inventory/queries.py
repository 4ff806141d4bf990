"""Reads of stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, func, select

from storefront.database.base import db
from storefront.database.reading import read
from storefront.inventory.models import StockLevel, StockMovement, StockReservation, Warehouse
from storefront.inventory.rules import Shelf

_free = StockLevel.on_hand - StockLevel.allocated - StockLevel.reserved - StockLevel.safety_stock
sellable: ColumnElement[int] = case((_free > 0, _free), else_=0)
"""What one level may still sell, as SQL."""
_AVAILABLE = (
    select(StockLevel.variant_id, func.sum(sellable))
    .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
    .where(StockLevel.variant_id.in_(bindparam("ids", expanding=True)), Warehouse.is_active)
    .group_by(StockLevel.variant_id)
)
_SHELVES = (
    select(
        *(Warehouse.id, Warehouse.priority, Warehouse.name, Warehouse.zones, Warehouse.is_backup),
        *(StockLevel.variant_id, sellable),
    )
    .join(StockLevel, StockLevel.warehouse_id == Warehouse.id)
    .where(StockLevel.variant_id.in_(bindparam("ids", expanding=True)), Warehouse.is_active)
)


def available(variant_ids: Iterable[int]) -> dict[int, int]:
    """Return how many of each variant may still be sold, over all active warehouses."""
    ids = set(variant_ids)
    if not ids:
        return {}
    rows = read(_AVAILABLE, {"ids": list(ids)})
    return dict.fromkeys(ids, 0) | {variant: int(units) for variant, units in rows}


def sellable_units() -> Select[*tuple[Any, ...]]:
    """Return a query of how many of each variant may still be sold, over all active warehouses; none has no row."""
    return (
        select(StockLevel.variant_id, func.sum(sellable).label("units"))
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
        .where(Warehouse.is_active)
        .group_by(StockLevel.variant_id)
    )


def list_shelves(variant_ids: Iterable[int]) -> list[Shelf]:
    """Return what each active warehouse may still sell of these variants."""
    shelves: dict[int, Shelf] = {}
    units: dict[int, dict[int, int]] = defaultdict(dict)
    for id_, priority, name, zones, is_backup, variant_id, free in read(_SHELVES, {"ids": list(set(variant_ids))}):
        units[id_][variant_id] = free
        shelves[id_] = Shelf(id_, priority, units[id_], name, tuple(str(zone) for zone in zones or ()), is_backup)
    return list(shelves.values())


def free_on(variant_id: int, warehouse_id: int) -> int:
    """Return how many pieces on one shelf nobody has a claim on."""
    free = StockLevel.on_hand - StockLevel.allocated - StockLevel.reserved
    mine = (StockLevel.variant_id == variant_id, StockLevel.warehouse_id == warehouse_id)
    return int(db.session.scalar(select(free).where(*mine)) or 0)


def list_expired(at: datetime, *, most: int) -> Sequence[str]:
    """Return whose reservations are over, the longest overdue first."""
    ended = func.min(StockReservation.expires_at)
    return db.session.scalars(
        select(StockReservation.reference)
        .where(StockReservation.expires_at < at)
        .group_by(StockReservation.reference)
        .order_by(ended, StockReservation.reference)
        .limit(most)
    ).all()


def list_warehouses() -> Sequence[Row[int, str, str]]:
    """Return id, code and name of the active warehouses, the first to ship first."""
    return db.session.execute(
        select(Warehouse.id, Warehouse.code, Warehouse.name)
        .where(Warehouse.is_active)
        .order_by(Warehouse.priority, Warehouse.id)
    ).all()


def list_levels(variant_ids: Iterable[int]) -> Sequence[Row[int, int, str, int, int, int, int]]:
    """Return every level of these variants with its warehouse, for the back office."""
    return db.session.execute(
        select(
            StockLevel.variant_id,
            StockLevel.warehouse_id,
            Warehouse.code,
            StockLevel.on_hand,
            StockLevel.allocated,
            StockLevel.reserved,
            sellable.label("available"),
        )
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
        .where(StockLevel.variant_id.in_(set(variant_ids)))
        .order_by(StockLevel.variant_id, Warehouse.priority, Warehouse.id)
    ).all()


def list_held(references: Iterable[str]) -> Sequence[Row[str, int, int, int]]:
    """Return what is allocated to each of these: reference, variant, warehouse, units."""
    held = func.sum(StockMovement.allocated_delta)
    return db.session.execute(
        select(StockMovement.reference, StockMovement.variant_id, StockMovement.warehouse_id, held)
        .where(StockMovement.reference.in_(set(references)))
        .group_by(StockMovement.reference, StockMovement.variant_id, StockMovement.warehouse_id)
        .having(held > 0)
        .order_by(StockMovement.reference, StockMovement.variant_id, StockMovement.warehouse_id)
    ).all()
