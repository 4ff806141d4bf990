"""Who saw what, and whose devices belong together: noted after the answer, in a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import Connection, delete

from storefront.analytics.recording import Buffer
from storefront.database.inserting import insert_into
from storefront.experiments.models import ExperimentCustomer, ExperimentDevice, ExperimentExposure
from storefront.kernel.clock import now
from storefront.shop.queries import get_settings
from storefront.web.afterwards import afterwards

_NAME = "experiments"
MOST_KNOWN = 50_000
"""How many exposures a process remembers to have noted, so that it doesn't note each page view."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A unit was shown a variation."""

    experiment_id: int
    unit: str
    variation_id: int


@dataclass(frozen=True, slots=True)
class Belongs:
    """A visitor's device is that of a customer whose unit this is."""

    visitor: str
    unit: str
    customer_id: int


@dataclass(frozen=True, slots=True)
class _Noted:
    what: Seen | Belongs
    at: datetime
    day: date


class Notes(Buffer[_Noted]):
    """What waits to be written, and what needs no second note."""

    def __init__(self) -> None:
        super().__init__(_write)
        self.known: set[Seen] = set()

    def _write_one_by_one(self, batch: Sequence[_Noted]) -> None:
        self.known.clear()  # what is lost now is noted with the next page
        super()._write_one_by_one(batch)


def note_seen(seen: Seen) -> None:
    """Note an exposure unless this process has done so already."""
    notes = notes_here()
    if seen in notes.known:
        return
    if len(notes.known) >= MOST_KNOWN:
        notes.known.clear()
    notes.known.add(seen)
    _put(notes, seen)


def note_belongs(belongs: Belongs) -> None:
    """Note whose device this is."""
    _put(notes_here(), belongs)


def notes_here() -> Notes:
    """Return the notes of this application."""
    found: Notes = current_app.extensions.setdefault(_NAME, Notes())
    return found


def forget_known() -> None:
    """Let everything be noted again, since rows went."""
    notes_here().known.clear()


def _put(notes: Notes, what: Seen | Belongs) -> None:
    at = now()
    notes.put(_Noted(what, at, at.astimezone(ZoneInfo(get_settings().timezone)).date()))
    afterwards(notes.flush)


def _write(batch: Sequence[_Noted], connection: Connection) -> None:
    for noted in batch:
        if isinstance(noted.what, Seen):
            seen = noted.what
            _insert(
                connection,
                ExperimentExposure,
                experiment_id=seen.experiment_id,
                unit=seen.unit,
                variation_id=seen.variation_id,
                first_at=noted.at,
                day=noted.day,
            )
        else:
            _write_belongs(connection, noted.what, noted.at)


def _write_belongs(connection: Connection, belongs: Belongs, at: datetime) -> None:
    """The first unit of an account stays; of a device that changes hands, the last one counts."""
    _insert(connection, ExperimentCustomer, customer_id=belongs.customer_id, unit=belongs.unit, at=at)
    if belongs.visitor == belongs.unit:
        connection.execute(delete(ExperimentDevice).where(ExperimentDevice.visitor == belongs.visitor))
    else:
        insert = insert_into(ExperimentDevice, connection).values(visitor=belongs.visitor, unit=belongs.unit, at=at)
        connection.execute(insert.on_conflict_do_update(index_elements=["visitor"], set_={"unit": belongs.unit}))


def _insert(connection: Connection, model: Any, **values: Any) -> None:
    connection.execute(insert_into(model, connection).values(**values).on_conflict_do_nothing())
