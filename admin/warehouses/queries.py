"""Reads of warehouses and of the stock ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, union_all
from sqlalchemy.orm import aliased

from admin.tables import ListState, Source, within
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.unindexed import unindexed
from storefront.inventory.errors import UnknownSku
from storefront.inventory.models import StockLevel, StockMovement, Warehouse
from storefront.kernel.errors import NotFound
from storefront.kernel.text import code_key
from storefront.orders.models import Order

CLAIMED = StockLevel.allocated + StockLevel.reserved
NUMBERS = ("on_hand", "allocated", "reserved")


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is sold here, found by its SKU."""

    variant_id: int
    product_id: int
    sku: str
    name: str
    variant_name: str
    translations: dict[str, Any]


def warehouses_of(state: ListState) -> Source:
    """Return the warehouses that `state` asks for, each with what it holds; by priority they come as they are asked."""
    mine = StockLevel.warehouse_id == Warehouse.id
    on_hand, claimed = (
        select(func.coalesce(func.sum(column), 0)).where(mine).correlate(Warehouse).scalar_subquery()
        for column in (StockLevel.on_hand, CLAIMED)
    )
    rows = select(
        Warehouse.id,
        Warehouse.code,
        Warehouse.name,
        Warehouse.priority,
        Warehouse.zones,
        Warehouse.is_backup,
        Warehouse.is_active,
        on_hand.label("on_hand"),
        claimed.label("claimed"),
    )
    if state.search:
        named = Warehouse.name.icontains(state.search, autoescape=True)
        rows = rows.where(named | Warehouse.code.icontains(state.search, autoescape=True))
    standings = {
        "open": Warehouse.is_active & ~Warehouse.is_backup,
        "backup": Warehouse.is_active & Warehouse.is_backup,
        "closed": ~Warehouse.is_active,
    }
    if (standing := state.value("state")) in standings:
        rows = rows.where(standings[standing])
    asked = case((~Warehouse.is_active, 2000), (Warehouse.is_backup, 1000), else_=0) + Warehouse.priority
    sorts = {"priority": asked, "name": func.lower(Warehouse.name), "on_hand": on_hand, "claimed": claimed}
    return Source(rows, Warehouse.id, sorts)


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


def movements_of(state: ListState) -> Source:
    """Return the movements of stock that `state` asks for, of one SKU or one order if it is searched for."""
    span = within(state, "at", StockMovement.at)
    conditions: list[ColumnElement[bool]] = [*span]
    if kind := state.value("kind"):
        conditions.append(StockMovement.kind == kind)
    if warehouse := state.value("warehouse"):
        code = select(Warehouse.id).where(Warehouse.code == warehouse).scalar_subquery()
        conditions.append(StockMovement.warehouse_id == code)
    if state.search:
        spellings = {state.search.strip()[:64], code_key(state.search)[:64]}
        skus = select(Variant.id).where(Variant.sku.in_(spellings))
        by_sku = select(StockMovement.id).where(StockMovement.variant_id.in_(skus))
        by_order = select(StockMovement.id).where(StockMovement.reference.in_(spellings))
        conditions.append(StockMovement.id.in_(union_all(by_sku, by_order)))
    rows = (
        select(
            StockMovement.id,
            StockMovement.variant_id,
            StockMovement.warehouse_id,
            StockMovement.kind,
            StockMovement.reference,
            StockMovement.actor,
            StockMovement.at,
            StockMovement.on_hand_delta,
            StockMovement.allocated_delta,
            StockMovement.reserved_delta,
            Warehouse.name.label("warehouse"),
            Variant.sku,
            Variant.name.label("variant_name"),
            Variant.product_id,
            Product.name,
            Product.translations,
        )
        .join(Warehouse, Warehouse.id == StockMovement.warehouse_id)
        .join(Variant, Variant.id == StockMovement.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(*conditions)
    )
    counted = select(StockMovement.id).where(*conditions)
    newest = StockMovement.at if span else None  # days are found by their moments, and read in that order
    return Source(rows, StockMovement.id, newest=newest, counted=counted, complete=_with_levels)


def orders_among(references: Sequence[str]) -> frozenset[str]:
    """Return which of these references are numbers of orders."""
    return frozenset(db.session.scalars(select(Order.number).where(Order.number.in_(set(references)))))


def _with_levels(rows: Sequence[Any]) -> Sequence[Any]:
    """Say of each movement what the shelf held after it: what it holds now without all that moved later.

    Most pages show the latest movements, after which little has moved; all that moved before may be years.
    Both are read in one statement: between two there may be a sale.
    """
    if not rows:
        return rows
    later = aliased(StockMovement)
    held = (
        (getattr(StockLevel, name) - func.coalesce(func.sum(getattr(later, f"{name}_delta")), 0)).label(name)
        for name in NUMBERS
    )
    after = (
        select(StockMovement.id, *held)
        .join(
            StockLevel,
            (StockLevel.variant_id == StockMovement.variant_id)
            & (StockLevel.warehouse_id == StockMovement.warehouse_id),
        )
        .outerjoin(
            later,
            (later.variant_id == StockMovement.variant_id)
            & (later.id > StockMovement.id)
            & (unindexed(later.warehouse_id) == StockMovement.warehouse_id),
        )
        .where(StockMovement.id.in_([row.id for row in rows]))
        .group_by(StockMovement.id, StockLevel.variant_id, StockLevel.warehouse_id)
    )
    levels = {row.id: row for row in db.session.execute(after)}
    return [
        SimpleNamespace(**row._asdict(), **{name: int(getattr(levels[row.id], name)) for name in NUMBERS})
        for row in rows
    ]
