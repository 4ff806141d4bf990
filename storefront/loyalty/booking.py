"""How points are written down: an account under lock, and each movement as a row of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, case, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from storefront.database.base import db
from storefront.database.columns import UtcDateTime
from storefront.database.reading import read
from storefront.loyalty.models import PointsAccount, PointsEntry
from storefront.loyalty.queries import LEDGER, entry_of
from storefront.loyalty.rules import Balance, Delta, OrderPoints
from storefront.loyalty.states import EntryKind

SYSTEM = "system"
_OF_ORDER = (
    select(*LEDGER, PointsEntry.available_at)
    .where(PointsEntry.order_number == bindparam("order"))
    .order_by(PointsEntry.id)
)


@dataclass(frozen=True, slots=True)
class Movement:
    """A row of the ledger to be."""

    customer_id: int
    kind: EntryKind
    delta: Delta
    at: datetime
    order_number: str = ""
    note: str = ""
    actor: str = SYSTEM
    available_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What one order has done to the points of its customer so far, and when what waits can be spent."""

    points: OrderPoints
    available_at: datetime | None


def locked(customer_id: int) -> Balance:
    """Return a balance that nobody else changes until this transaction ends; an account is opened at need."""
    statement = (
        select(PointsAccount.available, PointsAccount.pending, PointsAccount.owed)
        .where(PointsAccount.customer_id == customer_id)
        .with_for_update()
    )
    row = db.session.execute(statement).first()
    if row is None:
        _open(customer_id)
        row = db.session.execute(statement).one()
    return Balance(row.available, row.pending, row.owed)


def post(balance: Balance, movement: Movement) -> Balance:
    """Change a locked account, note it, and return the balance after."""
    after = balance + movement.delta
    values: dict[str, object] = {"available": after.available, "pending": after.pending, "owed": after.owed}
    if movement.expires_at is not None:
        known, until = PointsAccount.next_expiry, literal(movement.expires_at, UtcDateTime())
        values["next_expiry"] = case((or_(known.is_(None), known > until), until), else_=known)
    db.session.execute(
        update(PointsAccount)
        .where(PointsAccount.customer_id == movement.customer_id)
        .values(**values, updated_at=movement.at)
        .execution_options(synchronize_session=False)
    )
    note(movement)
    return after


def note_next_expiry(customer_id: int, moment: datetime | None) -> None:
    """Write down when the next points of a locked account expire."""
    db.session.execute(
        update(PointsAccount)
        .where(PointsAccount.customer_id == customer_id)
        .values(next_expiry=moment)
        .execution_options(synchronize_session=False)
    )


def note(movement: Movement) -> None:
    """Add the ledger's row of a change that the account has seen."""
    db.session.execute(
        insert(PointsEntry).values(
            customer_id=movement.customer_id,
            kind=movement.kind,
            available_delta=movement.delta.available,
            pending_delta=movement.delta.pending,
            owed_delta=movement.delta.owed,
            order_number=movement.order_number,
            note=movement.note,
            actor=movement.actor,
            available_at=movement.available_at,
            expires_at=movement.expires_at,
            at=movement.at,
        )
    )


def customer_of(order_number: str) -> int | None:
    """Return whose points an order has moved."""
    return db.session.scalar(select(PointsEntry.customer_id).where(PointsEntry.order_number == order_number).limit(1))


def standing_of(order_number: str) -> Standing:
    """Return what an order has done so far; ask under the lock of its customer's account."""
    rows = read(_OF_ORDER, {"order": order_number}).all()
    ready = next((row.available_at for row in reversed(rows) if row.kind == EntryKind.EARN), None)
    return Standing(OrderPoints.of(entry_of(row) for row in rows), ready)


def _open(customer_id: int) -> None:
    """Open an account; two who do so at once find one."""
    savepoint = db.session.begin_nested()
    try:
        values = {"available": 0, "pending": 0, "owed": 0, "updated_at": datetime.fromtimestamp(0, UTC)}
        db.session.execute(insert(PointsAccount).values(customer_id=customer_id, **values))
        savepoint.commit()
    except IntegrityError:
        savepoint.rollback()
