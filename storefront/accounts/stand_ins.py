"""A member of staff stands in for a customer: they see the shop as that customer does, for a while and for a reason.

It is a row from its first minute to its last, noted in the ledger, and listed where the customer sees who has been in.
What only the customer may do stays theirs: who is in here is still who works here (`sessions`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from storefront.accounts import queries
from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.models import StandIn
from storefront.audit import services as audit
from storefront.database.base import db
from storefront.database.reading import read
from storefront.kernel.errors import N_, Invalid, ShopError
from storefront.kernel.text import squeeze

SHORTEST_REASON, LONGEST_REASON = 5, 255
LATEST = 10


class AccountClosed(ShopError):
    """There is nobody to stand in for."""

    message = N_("This account is closed; nobody can sign in to it.")


@dataclass(frozen=True, slots=True)
class Standing:
    """For whom a member of staff stands in, and until when."""

    id: int
    customer: CurrentCustomer
    ends_at: datetime
    reason: str


def begin(*, staff_id: int, customer_id: int, reason: str, minutes: int, at: datetime) -> StandIn:
    """Let a member of staff stand in for a customer; whoever they stood in for before, they no longer do."""
    said = squeeze(reason)
    if len(said) < SHORTEST_REASON:
        raise Invalid(N_("Say why, in a few words: the customer can read it."), field="reason")
    if len(said) > LONGEST_REASON:
        raise Invalid(N_("Use at most %(count)d characters."), field="reason", count=LONGEST_REASON)
    if queries.find_customer(customer_id) is None:
        raise AccountClosed
    end(staff_id=staff_id, at=at)
    row = StandIn(
        staff_id=staff_id, customer_id=customer_id, reason=said, began_at=at, ends_at=at + timedelta(minutes=minutes)
    )
    db.session.add(row)
    db.session.flush()
    _note(staff_id, "customer.stand_in", customer_id, {"reason": (None, said)}, at)
    return row


def end(*, staff_id: int, at: datetime) -> int | None:
    """End what a member of staff has open, and return for whom it was; None if nothing was."""
    is_open = (StandIn.staff_id == staff_id, StandIn.ended_at.is_(None), StandIn.ends_at > at)
    found = db.session.execute(select(StandIn.id, StandIn.customer_id).where(*is_open).order_by(StandIn.id)).all()
    for row in found:
        statement = update(StandIn).where(StandIn.id == row.id).values(ended_at=at)
        db.session.execute(statement.execution_options(synchronize_session=False))
        _note(staff_id, "customer.stand_in_over", row.customer_id, {}, at)
    return found[-1].customer_id if found else None


def find_open(stand_in_id: int, *, staff_id: int, at: datetime) -> Standing | None:
    """Return what a number says, if it is this member of staff's and not over, and the account is not closed."""
    row = read(
        select(StandIn.customer_id, StandIn.ends_at, StandIn.reason).where(
            StandIn.id == stand_in_id, StandIn.staff_id == staff_id, StandIn.ended_at.is_(None), StandIn.ends_at > at
        )
    ).first()
    customer = queries.find_customer(row.customer_id) if row is not None else None
    return Standing(stand_in_id, customer, row.ends_at, row.reason) if row is not None and customer else None


def list_of(customer_id: int) -> Sequence[Any]:
    """Return who stood in for a customer lately, the latest first: staff_id, reason, began_at, ends_at, ended_at."""
    columns = (StandIn.staff_id, StandIn.reason, StandIn.began_at, StandIn.ends_at, StandIn.ended_at)
    mine = StandIn.customer_id == customer_id
    return db.session.execute(select(*columns).where(mine).order_by(StandIn.id.desc()).limit(LATEST)).all()


def note_deed(*, standing: Standing, staff_id: int, deed: str, at: datetime) -> None:
    """Write down what was done in a customer's name."""
    _note(staff_id, "customer.stand_in_deed", standing.customer.id, {"deed": (None, deed[:200])}, at)


def _note(
    staff_id: int, action: str, customer_id: int, changes: Mapping[str, tuple[object, object]], at: datetime
) -> None:
    audit.record(actor=f"staff:{staff_id}", action=action, about=("customer", str(customer_id)), changes=changes, at=at)
