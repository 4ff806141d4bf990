"""What an order holds becomes another thing: it keeps what it has, gives up what it no longer wants, takes the rest.

An order has a right to what it holds, whatever has become of its goods since; only what comes on top is taken as any
order's, from what is free. Where it goes to another zone everything is chosen anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from storefront.database.base import db
from storefront.inventory import levels, queries, services
from storefront.inventory.levels import Cause
from storefront.inventory.models import StockLevel, StockReservation, Warehouse
from storefront.inventory.rules import Choice, Pick, surplus
from storefront.inventory.services import Wanted

Moment = datetime | None


def change(
    *, wanted: Sequence[Wanted], reference: str, expires_at: Moment, cause: Cause, zone: str, anew: bool = False
) -> Choice | None:
    """Let `reference` hold exactly what is `wanted`, all of it or nothing; refuse with OutOfStock or CannotSend.

    It is reserved until `expires_at`, or allocated where that is None, as what it holds already is. `anew` gives
    everything back first. Returns the choice for what was taken on top, None where nothing was.
    """
    units = _sums(wanted)
    held = held_by(reference)
    _lock({*units, *(pick.variant_id for pick in held)})
    gone = held if anew else surplus(held, units)
    _give_up(gone, reference, is_reserved=expires_at is not None, cause=cause)
    left = {} if anew else _sums_of(held)
    names = {item.variant_id: item.name for item in wanted}
    more = [
        Wanted(variant_id, count - left.get(variant_id, 0), names[variant_id])
        for variant_id, count in sorted(units.items())
        if count > left.get(variant_id, 0)
    ]
    if expires_at is None:
        if not more:
            return None
        return services.allocate(wanted=more, reference=reference, by=cause.by, at=cause.at, zone=zone)
    choice = services.claim_more(wanted=more, cause=cause, zone=zone) if more else None
    for pick in choice.picks if choice else ():
        _reserve(pick, expires_at, cause)
    db.session.execute(
        update(StockReservation).where(StockReservation.reference == reference).values(expires_at=expires_at)
    )
    return choice


def held_by(reference: str) -> tuple[Pick, ...]:
    """Return what `reference` holds, reserved or allocated, in key order."""
    rows = db.session.execute(
        select(StockReservation.variant_id, StockReservation.warehouse_id, StockReservation.quantity).where(
            StockReservation.reference == reference
        )
    ).all()
    reserved = [Pick(*row) for row in rows]
    allocated = [Pick(row[1], row[2], int(row[3])) for row in queries.list_held([reference])]
    return tuple(sorted([*reserved, *allocated], key=lambda pick: (pick.variant_id, pick.warehouse_id)))


def _lock(variant_ids: set[int]) -> None:
    """Lock as every claim does: warehouses, then levels, each in key order."""
    db.session.execute(
        select(Warehouse.id).where(Warehouse.is_active).order_by(Warehouse.id).with_for_update(read=True)
    ).all()
    mine = select(StockLevel.variant_id).where(StockLevel.variant_id.in_(variant_ids))
    ordered = mine.order_by(StockLevel.variant_id, StockLevel.warehouse_id)
    db.session.execute(ordered.with_for_update()).all()


def _give_up(picks: Sequence[Pick], reference: str, *, is_reserved: bool, cause: Cause) -> None:
    if not picks:
        return
    levels.apply(picks, levels.LET_GO if is_reserved else levels.GIVE_BACK, cause)
    if not is_reserved:
        return
    for pick in picks:
        here = (
            StockReservation.reference == reference,
            StockReservation.variant_id == pick.variant_id,
            StockReservation.warehouse_id == pick.warehouse_id,
        )
        db.session.execute(delete(StockReservation).where(*here, StockReservation.quantity <= pick.quantity))
        less = StockReservation.quantity - pick.quantity
        db.session.execute(
            update(StockReservation).where(*here, StockReservation.quantity > pick.quantity).values(quantity=less)
        )


def _reserve(pick: Pick, expires_at: datetime, cause: Cause) -> None:
    """Write down what was taken, beside what is reserved on the same shelf already."""
    found = db.session.scalar(
        select(StockReservation).where(
            StockReservation.reference == cause.reference,
            StockReservation.variant_id == pick.variant_id,
            StockReservation.warehouse_id == pick.warehouse_id,
        )
    )
    if found is not None:
        found.quantity += pick.quantity
        db.session.flush()
        return
    services.write_reservations((pick,), expires_at, cause)


def _sums(wanted: Sequence[Wanted]) -> Mapping[int, int]:
    units: dict[int, int] = {}
    for item in wanted:
        units[item.variant_id] = units.get(item.variant_id, 0) + item.quantity
    return units


def _sums_of(picks: Sequence[Pick]) -> Mapping[int, int]:
    units: dict[int, int] = {}
    for pick in picks:
        units[pick.variant_id] = units.get(pick.variant_id, 0) + pick.quantity
    return units
