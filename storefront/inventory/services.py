"""Claims on stock: reserving, allocating, confirming, giving back, sending.

Whatever claims, does so under a `reference` (an order's number) and can be called twice: what is no longer held is not
given back again, and what is allocated already is not taken again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update

from storefront.database.base import db
from storefront.database.reading import read
from storefront.inventory import levels, queries
from storefront.inventory.errors import CannotSend, NotHeld, OutOfStock, Shortage
from storefront.inventory.levels import Cause, Change
from storefront.inventory.models import StockMovement, StockReservation, Warehouse
from storefront.inventory.rules import Choice, Pick, Reason, choose_warehouses

_RESERVATION = insert(StockReservation)
_TAKE = (
    delete(StockReservation)
    .where(StockReservation.reference == bindparam("held_for"))
    .returning(StockReservation.variant_id, StockReservation.warehouse_id, StockReservation.quantity)
)
_SHARED = (
    select(Warehouse.id)
    .where(Warehouse.id.in_(bindparam("ids", expanding=True)), Warehouse.is_active)
    .order_by(Warehouse.id)
    .with_for_update(read=True)
)
TRIES = 5
"""How often a choice is made again when another shopper took what it was based on."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many of a variant; `name` is for the message if there are not enough."""

    variant_id: int
    quantity: int
    name: str


def reserve(
    *, wanted: Sequence[Wanted], reference: str, expires_at: datetime, by: str, at: datetime, zone: str = ""
) -> Choice:
    """Hold what an order waits to pay for, all of it or nothing, until `expires_at`; refuse with OutOfStock.

    `zone` is where it goes (`rules.zone_of`); CannotSend says that what there is cannot be sent there.
    """
    choice = _claim(wanted, levels.RESERVE, Cause(reference, by, at), zone)
    write_reservations(choice.picks, expires_at, Cause(reference, by, at))
    return choice


def allocate(*, wanted: Sequence[Wanted], reference: str, by: str, at: datetime, zone: str = "") -> Choice:
    """Take what an order has sold, all of it or nothing; refuse with OutOfStock or CannotSend."""
    return _claim(wanted, levels.ALLOCATE, Cause(reference, by, at), zone)


def confirm(
    *, wanted: Callable[[], Sequence[Wanted]], reference: str, by: str, at: datetime, zone: str = ""
) -> Choice | None:
    """Let a reservation become an allocation, and return None.

    Where it has expired, what `wanted` says is taken anew, or refused with OutOfStock; then the new choice is returned.
    What is held already does not ask: an order has a right to it, whatever has become of its goods in the catalogue.
    """
    picks = _take_reservations(reference)
    if picks:
        levels.apply(picks, levels.CONFIRM, Cause(reference, by, at))
        return None
    return None if _allocated(reference) else allocate(wanted=wanted(), reference=reference, by=by, at=at, zone=zone)


def hold(
    *,
    wanted: Callable[[], Sequence[Wanted]],
    reference: str,
    expires_at: datetime,
    by: str,
    at: datetime,
    zone: str = "",
) -> Choice | None:
    """Let what an order holds expire at `expires_at`, whether it was reserved before or allocated; return None.

    What has expired meanwhile is reserved anew as `wanted` says, or refused with OutOfStock.
    """
    cause = Cause(reference, by, at)
    mine = StockReservation.reference == reference
    extended = db.session.execute(update(StockReservation).where(mine).values(expires_at=expires_at))
    if extended.rowcount:  # type: ignore[attr-defined]
        return None
    picks = _allocated(reference)
    if not picks:
        return reserve(wanted=wanted(), reference=reference, expires_at=expires_at, by=by, at=at, zone=zone)
    levels.apply(picks, levels.UNCONFIRM, cause)
    write_reservations(picks, expires_at, cause)
    return None


def release(*, reference: str, by: str, at: datetime) -> tuple[Pick, ...]:
    """Give back what `reference` still holds, reserved or allocated; a second time there is nothing left."""
    reserved = _take_reservations(reference)
    levels.apply(reserved, levels.LET_GO, Cause(reference, by, at))
    allocated = _allocated(reference)
    levels.apply(allocated, levels.GIVE_BACK, Cause(reference, by, at))
    return (*reserved, *allocated)


def release_expired(*, reference: str, by: str, at: datetime) -> tuple[Pick, ...]:
    """Give back what `reference` reserved, if its time is over; what was extended or paid meanwhile stays."""
    picks = _take_reservations(reference, expired_at=at)
    levels.apply(picks, levels.LET_GO, Cause(reference, by, at))
    return picks


def ship(*, reference: str, by: str, at: datetime, picks: Sequence[Pick] | None = None) -> tuple[Pick, ...]:
    """Let what `reference` has been allocated leave the warehouse: all of it, or these `picks` and no more.

    The shelves are locked before what is held is read, so that nothing leaves twice; refuses with NotHeld.
    """
    if picks is None:
        sent = _allocated(reference)
    else:
        sent = tuple(sorted(picks, key=lambda pick: (pick.variant_id, pick.warehouse_id)))
        levels.lock(sent)
        held = {(pick.variant_id, pick.warehouse_id): pick.quantity for pick in _allocated(reference)}
        if any(pick.quantity > held.get((pick.variant_id, pick.warehouse_id), 0) for pick in sent):
            raise NotHeld
    levels.apply(sent, levels.SHIP, Cause(reference, by, at))
    return sent


def take_back(*, picks: Sequence[Pick], reference: str, by: str, at: datetime) -> None:
    """Put goods that came back on their shelves; the shelves exist, since the goods had stood there."""
    levels.apply(picks, levels.COME_BACK, Cause(reference, by, at))


def claim_more(*, wanted: Sequence[Wanted], cause: Cause, zone: str) -> Choice:
    """Claim for a reservation that the caller writes down; refuse with OutOfStock or CannotSend."""
    return _claim(wanted, levels.RESERVE, cause, zone)


def _claim(wanted: Sequence[Wanted], change: Change, cause: Cause, zone: str) -> Choice:
    units: dict[int, int] = {}
    for item in wanted:
        units[item.variant_id] = units.get(item.variant_id, 0) + item.quantity
    for _ in range(TRIES):
        choice = choose_warehouses(units, queries.list_shelves(units), zone)
        if choice.missing:
            break
        if _stay_open(choice.picks) and levels.claim(choice.picks, change, cause):
            return choice
    left = choice.missing or queries.available(units)
    names = {item.variant_id: item.name for item in wanted}
    shortages = [Shortage(id_, names[id_], units[id_], left[id_]) for id_ in sorted(left)]
    if choice.reason is Reason.OUT_OF_ZONE:
        raise CannotSend(shortages, zone=zone)
    raise OutOfStock(shortages)


def _stay_open(picks: Sequence[Pick]) -> bool:
    """Keep the warehouses of `picks` from being closed until this transaction ends; False where one is closed already.

    The lock is shared: claims do not wait for each other, only who changes a warehouse waits for them, and they for it.
    """
    ids = {pick.warehouse_id for pick in picks}
    return len(read(_SHARED, {"ids": list(ids)}).all()) == len(ids)


def write_reservations(picks: Sequence[Pick], expires_at: datetime, cause: Cause) -> None:
    """Write down what was claimed until `expires_at`."""
    if picks:
        rows = [
            {
                "reference": cause.reference,
                "variant_id": pick.variant_id,
                "warehouse_id": pick.warehouse_id,
                "quantity": pick.quantity,
                "expires_at": expires_at,
                "at": cause.at,
            }
            for pick in picks
        ]
        db.session.connection().execute(_RESERVATION, rows)


def _take_reservations(reference: str, *, expired_at: datetime | None = None) -> tuple[Pick, ...]:
    """Delete the reservations and return what they held, in key order; of two who try, one gets them."""
    taking = _TAKE if expired_at is None else _TAKE.where(StockReservation.expires_at < expired_at)
    picks = (Pick(*row) for row in read(taking, {"held_for": reference}))
    return tuple(sorted(picks, key=lambda pick: (pick.variant_id, pick.warehouse_id)))


def _allocated(reference: str) -> tuple[Pick, ...]:
    held = func.sum(StockMovement.allocated_delta)
    statement = (
        select(StockMovement.variant_id, StockMovement.warehouse_id, held)
        .where(StockMovement.reference == reference)
        .group_by(StockMovement.variant_id, StockMovement.warehouse_id)
        .having(held > 0)
        .order_by(StockMovement.variant_id, StockMovement.warehouse_id)
    )
    return tuple(Pick(variant, warehouse, int(units)) for variant, warehouse, units in db.session.execute(statement))
