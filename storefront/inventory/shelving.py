"""Goods on shelves: counting them, receiving them, and moving them between warehouses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from storefront.database.base import db
from storefront.inventory import levels, queries
from storefront.inventory.errors import JustDone, NotThere, ShelfMoved, SpokenFor
from storefront.inventory.levels import Cause, Change
from storefront.inventory.models import StockLevel, StockMovement
from storefront.inventory.rules import Pick
from storefront.kernel.errors import N_, Invalid

MOST_ON_HAND = 1_000_000_000
LONGEST_REASON = 60
A_MOMENT = timedelta(minutes=1)
NOT_A_NUMBER = N_("Enter a whole number of 1 or more.")


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted on one shelf, and what the books said when the counter looked."""

    variant_id: int
    warehouse_id: int
    seen: int
    on_hand: int


@dataclass(frozen=True, slots=True)
class Move:
    """So many of a variant from one warehouse to another."""

    variant_id: int
    quantity: int
    source_id: int
    target_id: int

    def __post_init__(self) -> None:
        if not 1 <= self.quantity <= MOST_ON_HAND:
            raise Invalid(NOT_A_NUMBER, field="quantity")
        if self.source_id == self.target_id:
            raise Invalid(N_("Choose two different warehouses."), field="target")


def receive(*, goods: Pick, reason: str, by: str, at: datetime) -> int:
    """Put goods that came in on their shelf and return how many stand there now."""
    if not 1 <= goods.quantity <= MOST_ON_HAND:
        raise Invalid(NOT_A_NUMBER, field="quantity")
    before = _open_level(goods.variant_id, goods.warehouse_id, at)
    if before + goods.quantity > MOST_ON_HAND:
        raise Invalid(N_("That is more than a shelf can hold."), field="quantity")
    _refuse_twice(goods, levels.RECEIVE, cause := Cause(reason, by, at))
    levels.apply((goods,), levels.RECEIVE, cause)
    return before + goods.quantity


def transfer(*, move: Move, reason: str, by: str, at: datetime) -> None:
    """Move goods between two warehouses; what is promised to orders stays where it is."""
    for warehouse_id in sorted((move.source_id, move.target_id)):
        _open_level(move.variant_id, warehouse_id, at)
    cause = Cause(reason, by, at)
    _refuse_twice(Pick(move.variant_id, move.target_id, move.quantity), levels.ARRIVE, cause)
    if not levels.take_out((Pick(move.variant_id, move.source_id, move.quantity),), levels.SEND_AWAY, cause):
        free = queries.free_on(move.variant_id, move.source_id)
        raise NotThere(field="quantity", free=free)
    levels.apply((Pick(move.variant_id, move.target_id, move.quantity),), levels.ARRIVE, cause)


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
        levels.write_movements((pick,), levels.CORRECT, Cause(reason, by, at))
    return on_hand - before


def _refuse_twice(goods: Pick, change: Change, cause: Cause) -> None:
    """Refuse what the same person did a moment ago with the same goods; their level is locked."""
    same = (
        *(StockMovement.variant_id == goods.variant_id, StockMovement.warehouse_id == goods.warehouse_id),
        *(StockMovement.kind == change.kind, StockMovement.on_hand_delta == goods.quantity),
        *(StockMovement.reference == cause.reference, StockMovement.actor == cause.by),
        StockMovement.at > cause.at - A_MOMENT,
    )
    if db.session.scalar(select(StockMovement.id).where(*same).limit(1)) is not None:
        raise JustDone(field="quantity")


def _begin_level(count: Count, at: datetime) -> None:
    """Write a shelf's first level; whoever was faster has it, so the count was made of another shelf."""
    key = {"variant_id": count.variant_id, "warehouse_id": count.warehouse_id}
    try:
        db.session.execute(insert(StockLevel), [{**key, "on_hand": count.on_hand, "updated_at": at}])
    except IntegrityError:
        raise ShelfMoved from None


def _open_level(variant_id: int, warehouse_id: int, at: datetime) -> int:
    """Lock a shelf, an empty one where there was none, and return what stands on it."""
    key = (StockLevel.variant_id == variant_id, StockLevel.warehouse_id == warehouse_id)
    locked = select(StockLevel.on_hand).where(*key).with_for_update()
    found = db.session.scalar(locked)
    if found is not None:
        return int(found)
    savepoint = db.session.begin_nested()
    try:
        row = {"variant_id": variant_id, "warehouse_id": warehouse_id, "on_hand": 0, "updated_at": at}
        db.session.execute(insert(StockLevel), [row])
        savepoint.commit()
    except IntegrityError:
        savepoint.rollback()
    return int(db.session.scalars(locked).one())
