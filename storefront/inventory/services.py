"""Writes of stock: every change of a level and its movement in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from storefront.database.base import db
from storefront.inventory import queries
from storefront.inventory.errors import OutOfStock, ShelfMoved, Shortage, SpokenFor
from storefront.inventory.models import StockLevel, StockMovement
from storefront.inventory.rules import Choice, Pick, choose_warehouses
from storefront.inventory.states import MovementKind
from storefront.kernel.errors import N_, Invalid

TRIES = 5
"""How often a choice is made again when another shopper took what it was based on."""
MOST_ON_HAND = 1_000_000_000

_take = (
    update(StockLevel)
    .where(
        StockLevel.variant_id == bindparam("variant"),
        StockLevel.warehouse_id == bindparam("warehouse"),
        StockLevel.on_hand - StockLevel.allocated - StockLevel.reserved - StockLevel.safety_stock
        >= bindparam("quantity"),
    )
    .values(allocated=StockLevel.allocated + bindparam("quantity"), updated_at=bindparam("at"))
)
_move = (
    update(StockLevel)
    .where(StockLevel.variant_id == bindparam("variant"), StockLevel.warehouse_id == bindparam("warehouse"))
    .values(
        on_hand=StockLevel.on_hand + bindparam("on_hand_by"),
        allocated=StockLevel.allocated + bindparam("allocated_by"),
        updated_at=bindparam("at"),
    )
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many of a variant; `name` is for the message if there are not enough."""

    variant_id: int
    quantity: int
    name: str


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted on one shelf, and what the books said when the counter looked."""

    variant_id: int
    warehouse_id: int
    seen: int
    on_hand: int


def allocate(*, wanted: Sequence[Wanted], reference: str, by: str, at: datetime) -> Choice:
    """Take what an order has sold, all of it or nothing; refuse with OutOfStock."""
    units: dict[int, int] = {}
    for item in wanted:
        units[item.variant_id] = units.get(item.variant_id, 0) + item.quantity
    for _ in range(TRIES):
        choice = choose_warehouses(units, queries.list_shelves(units))
        if choice.missing:
            break
        if _take_all(choice.picks, at):
            _write_movements(choice.picks, MovementKind.ALLOCATED, 0, 1, (reference, by, at))
            return choice
    left = choice.missing or queries.available(units)
    names = {item.variant_id: item.name for item in wanted}
    raise OutOfStock([Shortage(id_, names[id_], units[id_], left[id_]) for id_ in sorted(left)])


def release(*, reference: str, by: str, at: datetime) -> tuple[Pick, ...]:
    """Give back what `reference` still holds; a second time there is nothing left to give back."""
    picks = _held(reference)
    _apply(picks, MovementKind.RELEASED, on_hand=0, allocated=-1, told=(reference, by, at))
    return picks


def ship(*, reference: str, by: str, at: datetime) -> tuple[Pick, ...]:
    """Let what `reference` holds leave the warehouse."""
    picks = _held(reference)
    _apply(picks, MovementKind.SHIPPED, on_hand=-1, allocated=-1, told=(reference, by, at))
    return picks


def adjust(*, count: Count, reason: str, by: str, at: datetime) -> int:
    """Set what was counted on the shelf and return the difference; the movement keeps the reason.

    Refuses a count below what is spoken for, and one of a shelf that has moved since the counter looked at it.
    """
    variant_id, warehouse_id, on_hand = count.variant_id, count.warehouse_id, count.on_hand
    if not 0 <= on_hand <= MOST_ON_HAND:
        raise Invalid(N_("The stock must be a whole number that is not negative."), field="on_hand")
    key = (StockLevel.variant_id == variant_id, StockLevel.warehouse_id == warehouse_id)
    level = db.session.execute(
        select(StockLevel.on_hand, StockLevel.allocated + StockLevel.reserved).where(*key).with_for_update()
    ).one_or_none()
    before, claimed = level if level is not None else (0, 0)
    if before != count.seen:
        raise ShelfMoved
    if on_hand < claimed:
        raise SpokenFor(claimed=claimed)
    if level is None:
        _begin_level(count, at)
    elif before != on_hand:
        db.session.execute(update(StockLevel).where(*key).values(on_hand=on_hand, updated_at=at))
    if before != on_hand:
        pick = Pick(variant_id, warehouse_id, on_hand - before)
        _write_movements((pick,), MovementKind.ADJUSTED, 1, 0, (reason, by, at))
    return on_hand - before


def _begin_level(count: Count, at: datetime) -> None:
    """Write a shelf's first level; whoever was faster has it, so the count was made of another shelf."""
    key = {"variant_id": count.variant_id, "warehouse_id": count.warehouse_id}
    try:
        db.session.execute(insert(StockLevel), [{**key, "on_hand": count.on_hand, "updated_at": at}])
    except IntegrityError:
        raise ShelfMoved from None


def _take_all(picks: Sequence[Pick], at: datetime) -> bool:
    """Take every pick or none: on PostgreSQL another shopper may have been faster since the shelves were read."""
    rows = [
        {"variant": pick.variant_id, "warehouse": pick.warehouse_id, "quantity": pick.quantity, "at": at}
        for pick in picks
    ]
    savepoint = db.session.begin_nested()
    if db.session.connection().execute(_take, rows).rowcount == len(rows):
        savepoint.commit()
        return True
    savepoint.rollback()
    return False


def _held(reference: str) -> tuple[Pick, ...]:
    held = func.sum(StockMovement.allocated_delta)
    statement = (
        select(StockMovement.variant_id, StockMovement.warehouse_id, held)
        .where(StockMovement.reference == reference)
        .group_by(StockMovement.variant_id, StockMovement.warehouse_id)
        .having(held > 0)
        .order_by(StockMovement.variant_id, StockMovement.warehouse_id)
    )
    return tuple(Pick(variant, warehouse, int(units)) for variant, warehouse, units in db.session.execute(statement))


def _apply(
    picks: Sequence[Pick], kind: MovementKind, *, on_hand: int, allocated: int, told: tuple[str, str, datetime]
) -> None:
    if not picks:
        return
    rows: list[Mapping[str, object]] = [
        {
            "variant": pick.variant_id,
            "warehouse": pick.warehouse_id,
            "on_hand_by": on_hand * pick.quantity,
            "allocated_by": allocated * pick.quantity,
            "at": told[2],
        }
        for pick in picks
    ]
    db.session.connection().execute(_move, rows)
    _write_movements(picks, kind, on_hand, allocated, told)


def _write_movements(
    picks: Sequence[Pick], kind: MovementKind, on_hand: int, allocated: int, told: tuple[str, str, datetime]
) -> None:
    reference, by, at = told
    rows = [
        {
            "variant_id": pick.variant_id,
            "warehouse_id": pick.warehouse_id,
            "kind": kind.value,
            "on_hand_delta": on_hand * pick.quantity,
            "allocated_delta": allocated * pick.quantity,
            "reserved_delta": 0,
            "reference": reference,
            "actor": by,
            "at": at,
        }
        for pick in picks
    ]
    db.session.execute(insert(StockMovement), rows)
