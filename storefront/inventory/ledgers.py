"""Stock that adds up: each level is the sum of its movements, and what it holds in reserve is its reservations."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, literal, select, union_all

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.inventory.models import StockLevel, StockMovement, StockReservation, Warehouse
from storefront.kernel.ledgers import Discrepancy, Ledger

STOCK, RESERVATIONS = "stock", "reservations"
NUMBERS = ("on_hand", "allocated", "reserved")


def discrepancies() -> Iterator[Discrepancy]:
    """Return every level that is not the sum of its movements, and every reserve without its reservations."""
    for ledger in LEDGERS:
        yield from ledger.find()


def _levels() -> Iterator[Discrepancy]:
    """Compare each level, and each that movements speak of, with the sums of its movements."""
    nothing = literal(0)
    told = select(
        StockMovement.variant_id,
        StockMovement.warehouse_id,
        StockMovement.on_hand_delta.label("on_hand"),
        StockMovement.allocated_delta.label("allocated"),
        StockMovement.reserved_delta.label("reserved"),
        *(nothing.label(f"has_{number}") for number in NUMBERS),
    )
    stored = select(
        StockLevel.variant_id,
        StockLevel.warehouse_id,
        *(nothing for _number in NUMBERS),
        *(getattr(StockLevel, number) for number in NUMBERS),
    )
    both = union_all(told, stored).subquery()
    expected = [func.sum(both.c[number]) for number in NUMBERS]
    actual = [func.sum(both.c[f"has_{number}"]) for number in NUMBERS]
    wrong = [should != does for should, does in zip(expected, actual, strict=True)]
    found = (
        select(both.c.variant_id, both.c.warehouse_id, *expected, *actual)
        .group_by(both.c.variant_id, both.c.warehouse_id)
        .having(wrong[0] | wrong[1] | wrong[2])
        .subquery()
    )
    rows = db.session.execute(
        select(Variant.sku, Warehouse.code, found)
        .join(Variant, Variant.id == found.c.variant_id)
        .join(Warehouse, Warehouse.id == found.c.warehouse_id)
        .order_by(found.c.variant_id, found.c.warehouse_id)
    )
    for row in rows:
        for index, number in enumerate(NUMBERS):
            should, does = int(row[4 + index]), int(row[7 + index])
            if should != does:
                yield Discrepancy(STOCK, f"{row.sku} {row.code} {number}", should, does)


def _reservations() -> Iterator[Discrepancy]:
    """Compare what each order holds in reserve by its reservations with what its movements say."""
    told = select(
        StockMovement.reference,
        StockMovement.variant_id,
        StockMovement.warehouse_id,
        StockMovement.reserved_delta.label("told"),
        literal(0).label("held"),
    ).where(StockMovement.reserved_delta != 0)
    held = select(
        StockReservation.reference,
        StockReservation.variant_id,
        StockReservation.warehouse_id,
        literal(0),
        StockReservation.quantity,
    )
    both = union_all(told, held).subquery()
    expected, actual = func.sum(both.c.told), func.sum(both.c.held)
    found = (
        select(both.c.reference, both.c.variant_id, both.c.warehouse_id, expected.label("e"), actual.label("a"))
        .group_by(both.c.reference, both.c.variant_id, both.c.warehouse_id)
        .having(expected != actual)
        .subquery()
    )
    rows = db.session.execute(
        select(found.c.reference, Variant.sku, Warehouse.code, found.c.e, found.c.a)
        .join(Variant, Variant.id == found.c.variant_id)
        .join(Warehouse, Warehouse.id == found.c.warehouse_id)
        .order_by(found.c.reference, found.c.variant_id, found.c.warehouse_id)
    )
    for reference, sku, code, should, does in rows:
        yield Discrepancy(RESERVATIONS, f"{reference} {sku} {code}", int(should), int(does))


def _count_levels() -> int:
    return int(db.session.scalar(select(func.count()).select_from(StockLevel)) or 0)


def _count_reservations() -> int:
    return int(db.session.scalar(select(func.count()).select_from(StockReservation)) or 0)


LEDGERS = (Ledger(STOCK, _count_levels, _levels), Ledger(RESERVATIONS, _count_reservations, _reservations))
