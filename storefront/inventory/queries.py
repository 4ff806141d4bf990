"""Reads of stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Row, case, func, select

from storefront.database.base import db
from storefront.inventory.models import StockLevel, StockMovement, Warehouse
from storefront.inventory.rules import Shelf

_free = StockLevel.on_hand - StockLevel.allocated - StockLevel.reserved - StockLevel.safety_stock
sellable: ColumnElement[int] = case((_free > 0, _free), else_=0)
"""What one level may still sell, as SQL."""


def available(variant_ids: Iterable[int]) -> dict[int, int]:
    """Return how many of each variant may still be sold, over all active warehouses."""
    ids = set(variant_ids)
    if not ids:
        return {}
    statement = (
        select(StockLevel.variant_id, func.sum(sellable))
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
        .where(StockLevel.variant_id.in_(ids), Warehouse.is_active)
        .group_by(StockLevel.variant_id)
    )
    return dict.fromkeys(ids, 0) | {variant: int(units) for variant, units in db.session.execute(statement)}


def list_shelves(variant_ids: Iterable[int]) -> list[Shelf]:
    """Return what each active warehouse may still sell of these variants."""
    statement = (
        select(Warehouse.id, Warehouse.priority, StockLevel.variant_id, sellable)
        .join(StockLevel, StockLevel.warehouse_id == Warehouse.id)
        .where(StockLevel.variant_id.in_(set(variant_ids)), Warehouse.is_active)
    )
    shelves: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for warehouse_id, priority, variant_id, units in db.session.execute(statement):
        shelves[warehouse_id, priority][variant_id] = units
    return [Shelf(warehouse_id, priority, units) for (warehouse_id, priority), units in shelves.items()]


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


def list_discrepancies() -> Sequence[Row[int, int]]:
    """Return variant and warehouse of every level that is not the sum of its movements; there should be none."""
    sums = (
        select(
            StockMovement.variant_id,
            StockMovement.warehouse_id,
            func.sum(StockMovement.on_hand_delta).label("on_hand"),
            func.sum(StockMovement.allocated_delta).label("allocated"),
            func.sum(StockMovement.reserved_delta).label("reserved"),
        )
        .group_by(StockMovement.variant_id, StockMovement.warehouse_id)
        .subquery()
    )
    key = (sums.c.variant_id == StockLevel.variant_id) & (sums.c.warehouse_id == StockLevel.warehouse_id)
    levels = (
        select(StockLevel.variant_id, StockLevel.warehouse_id)
        .outerjoin(sums, key)
        .where(
            (StockLevel.on_hand != func.coalesce(sums.c.on_hand, 0))
            | (StockLevel.allocated != func.coalesce(sums.c.allocated, 0))
            | (StockLevel.reserved != func.coalesce(sums.c.reserved, 0))
        )
    )
    return db.session.execute(levels.order_by(StockLevel.variant_id, StockLevel.warehouse_id)).all()
