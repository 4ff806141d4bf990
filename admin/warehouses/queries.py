"""Reads of warehouses and of the stock ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from admin.tables import PAGE_SIZE, ListState
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.inventory.errors import UnknownSku
from storefront.inventory.models import StockLevel, StockMovement, Warehouse
from storefront.kernel.errors import NotFound
from storefront.kernel.paging import Page
from storefront.kernel.text import code_key
from storefront.orders.models import Order

CLAIMED = StockLevel.allocated + StockLevel.reserved


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is sold here, found by its SKU."""

    variant_id: int
    product_id: int
    sku: str
    name: str
    variant_name: str
    translations: dict[str, Any]


def list_warehouses() -> Sequence[Any]:
    """Return every warehouse with what it holds, in the order in which they are asked."""
    return db.session.execute(
        select(
            Warehouse.code,
            Warehouse.name,
            Warehouse.priority,
            Warehouse.zones,
            Warehouse.is_backup,
            Warehouse.is_active,
            func.coalesce(func.sum(StockLevel.on_hand), 0).label("on_hand"),
            func.coalesce(func.sum(CLAIMED), 0).label("claimed"),
        )
        .outerjoin(StockLevel, StockLevel.warehouse_id == Warehouse.id)
        .group_by(Warehouse.id)
        .order_by(Warehouse.is_active.desc(), Warehouse.is_backup, Warehouse.priority, Warehouse.id)
    ).all()


def get_warehouse(code: str) -> Warehouse:
    """Return a warehouse by its code, or NotFound."""
    found = db.session.scalar(select(Warehouse).where(Warehouse.code == code_key(code)))
    if found is None:
        raise NotFound
    return found


def names_of_warehouses() -> tuple[tuple[str, str], ...]:
    """Return (code, name) of every warehouse."""
    rows = db.session.execute(select(Warehouse.code, Warehouse.name).order_by(Warehouse.priority, Warehouse.id))
    return tuple((row.code, row.name) for row in rows)


def find_thing(sku: str) -> Thing | None:
    """Return what has this SKU, however it was typed."""
    statement = select(Variant.id, Product.id, Variant.sku, Product.name, Variant.name, Product.translations).join(
        Product, Product.id == Variant.product_id
    )
    for spelling in dict.fromkeys((sku.strip()[:64], code_key(sku)[:64])):
        row = db.session.execute(statement.where(Variant.sku == spelling)).one_or_none()
        if row is not None:
            return Thing(*row)
    return None


def get_thing(sku: str) -> Thing:
    """Return what has this SKU, or refuse with UnknownSku."""
    found = find_thing(sku)
    if found is None:
        raise UnknownSku(field="sku", sku=sku[:64])
    return found


def page_of_movements(thing: Thing, state: ListState) -> Page[Any]:
    """Return a page of what happened to a thing's stock, the newest first, with each level before and after."""
    told = _told(thing.variant_id).subquery()
    conditions: list[ColumnElement[bool]] = []
    if kind := state.value("kind"):
        conditions.append(told.c.kind == kind)
    if warehouse := state.value("warehouse"):
        conditions.append(told.c.code == warehouse)
    total = db.session.scalar(select(func.count()).select_from(told).where(*conditions)) or 0
    number = min(state.page, max(1, -(-total // PAGE_SIZE)))
    statement = select(told).where(*conditions).order_by(told.c.id.desc())
    rows = db.session.execute(statement.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Page(rows, total, number, PAGE_SIZE)


def orders_among(references: Sequence[str]) -> frozenset[str]:
    """Return which of these references are numbers of orders."""
    return frozenset(db.session.scalars(select(Order.number).where(Order.number.in_(set(references)))))


def _told(variant_id: int) -> Select[*tuple[Any, ...]]:
    """Number each shelf's movements up: the sum so far is the level after each."""

    def after(delta: Any) -> ColumnElement[int]:
        return func.sum(delta).over(partition_by=StockMovement.warehouse_id, order_by=StockMovement.id)

    deltas = (StockMovement.on_hand_delta, StockMovement.allocated_delta, StockMovement.reserved_delta)
    return (
        select(
            StockMovement.id,
            StockMovement.kind,
            StockMovement.reference,
            StockMovement.actor,
            StockMovement.at,
            Warehouse.code,
            Warehouse.name,
            *deltas,
            *(
                after(delta).label(name)
                for delta, name in zip(deltas, ("on_hand", "allocated", "reserved"), strict=True)
            ),
        )
        .join(Warehouse, Warehouse.id == StockMovement.warehouse_id)
        .where(StockMovement.variant_id == variant_id)
    )
