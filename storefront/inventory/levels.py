"""How levels change: conditional UPDATEs in key order, each with its movements.

Only the stock room's own writers use this; a change of a level without its movement does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Update, bindparam, insert, select, update

from storefront.database.base import db
from storefront.inventory.models import StockLevel, StockMovement
from storefront.inventory.rules import Pick
from storefront.inventory.states import MovementKind

_free = StockLevel.on_hand - StockLevel.allocated - StockLevel.reserved
_here = (StockLevel.variant_id == bindparam("variant"), StockLevel.warehouse_id == bindparam("warehouse"))
_move = (
    update(StockLevel)
    .where(*_here)
    .values(
        on_hand=StockLevel.on_hand + bindparam("on_hand_by"),
        allocated=StockLevel.allocated + bindparam("allocated_by"),
        reserved=StockLevel.reserved + bindparam("reserved_by"),
        updated_at=bindparam("at"),
    )
)
_claim = _move.where(_free - StockLevel.safety_stock >= bindparam("quantity"))
_MOVEMENT = insert(StockMovement)
_take_out = _move.where(_free >= bindparam("quantity"))


@dataclass(frozen=True, slots=True)
class Change:
    """What one unit of a pick does to the three numbers of its level."""

    kind: MovementKind
    on_hand: int = 0
    allocated: int = 0
    reserved: int = 0


RESERVE = Change(MovementKind.RESERVED, reserved=1)
ALLOCATE = Change(MovementKind.ALLOCATED, allocated=1)
CONFIRM = Change(MovementKind.ALLOCATED, allocated=1, reserved=-1)
UNCONFIRM = Change(MovementKind.RESERVED, allocated=-1, reserved=1)
LET_GO = Change(MovementKind.RELEASED, reserved=-1)
GIVE_BACK = Change(MovementKind.RELEASED, allocated=-1)
SHIP = Change(MovementKind.SHIPPED, on_hand=-1, allocated=-1)
COME_BACK = Change(MovementKind.RETURNED, on_hand=1)
SEND_AWAY = Change(MovementKind.TRANSFERRED, on_hand=-1)
ARRIVE = Change(MovementKind.TRANSFERRED, on_hand=1)
RECEIVE = Change(MovementKind.RECEIVED, on_hand=1)
CORRECT = Change(MovementKind.ADJUSTED, on_hand=1)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why, who and when, for the ledger."""

    reference: str
    by: str
    at: datetime


def claim(picks: Sequence[Pick], change: Change, cause: Cause) -> bool:
    """Claim every pick, or none where another shopper was faster; what is kept back for safety is not claimed."""
    return _all_or_none(_claim, picks, change, cause)


def take_out(picks: Sequence[Pick], change: Change, cause: Cause) -> bool:
    """Take what nobody has a claim on off the shelves, all of it or nothing."""
    return _all_or_none(_take_out, picks, change, cause)


def apply(picks: Sequence[Pick], change: Change, cause: Cause) -> None:
    """Change levels that the caller knows to allow it."""
    if picks:
        db.session.connection().execute(_move, _rows(picks, change, cause))
        write_movements(picks, change, cause)


def lock(picks: Sequence[Pick]) -> None:
    """Let nobody else change these levels until this transaction ends; picks come in key order."""
    for pick in picks:
        here = (StockLevel.variant_id == pick.variant_id, StockLevel.warehouse_id == pick.warehouse_id)
        db.session.execute(select(StockLevel.on_hand).where(*here).with_for_update())


def write_movements(picks: Sequence[Pick], change: Change, cause: Cause) -> None:
    """Write down what has been done to the levels."""
    db.session.connection().execute(
        _MOVEMENT,
        [
            {
                "variant_id": pick.variant_id,
                "warehouse_id": pick.warehouse_id,
                "kind": change.kind.value,
                "on_hand_delta": change.on_hand * pick.quantity,
                "allocated_delta": change.allocated * pick.quantity,
                "reserved_delta": change.reserved * pick.quantity,
                "reference": cause.reference,
                "actor": cause.by,
                "at": cause.at,
            }
            for pick in picks
        ],
    )


def _all_or_none(statement: Update, picks: Sequence[Pick], change: Change, cause: Cause) -> bool:
    """Execute or leave no trace: on PostgreSQL somebody may have been faster since the shelves were read."""
    rows = [{**row, "quantity": pick.quantity} for row, pick in zip(_rows(picks, change, cause), picks, strict=True)]
    if not rows:
        return True
    savepoint = db.session.begin_nested() if len(rows) > 1 else None
    done = db.session.connection().execute(statement, rows).rowcount == len(rows)
    if savepoint:
        savepoint.commit() if done else savepoint.rollback()
    if done:
        write_movements(picks, change, cause)
    return done


def _rows(picks: Sequence[Pick], change: Change, cause: Cause) -> list[dict[str, object]]:
    return [
        {
            "variant": pick.variant_id,
            "warehouse": pick.warehouse_id,
            "on_hand_by": change.on_hand * pick.quantity,
            "allocated_by": change.allocated * pick.quantity,
            "reserved_by": change.reserved * pick.quantity,
            "at": cause.at,
        }
        for pick in picks
    ]
