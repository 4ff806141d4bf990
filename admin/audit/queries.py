"""Reads of the ledger for its list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from admin.audit.values import named_in
from admin.days import end_of, start_of
from admin.tables import ListState, Source
from storefront.accounts import queries as accounts
from storefront.accounts.models import Staff
from storefront.approvals import queries as approvals
from storefront.audit import queries as audit
from storefront.audit.models import AuditEntry
from storefront.database.base import db
from storefront.shop.queries import get_settings


def changes_of(state: ListState) -> Source:
    """Return the changes that `state` asks for, the newest first."""
    zone = get_settings().timezone
    first, last = state.day("at_from"), state.day("at_to")
    wanted = audit.Filter(
        actor=state.value("who"),
        object_kind=state.value("kind"),
        object_key=state.search,
        since=start_of(first, zone) if first else None,
        until=end_of(last, zone) if last else None,
    )
    return Source(audit.entries(wanted), AuditEntry.id)


def people(entries: Sequence[Any]) -> dict[str, str]:
    """Return names by actor ("staff:3") for these entries and whom they name; one without a name stands for itself."""
    return names_of(actors_of(entries))


def actors_of(entries: Iterable[Any]) -> list[str]:
    """Return who acted ("staff:3") in these entries, and whom their changes name."""
    return [actor for entry in entries for actor in (entry.actor, *named_in(entry))]


def staff_choices() -> tuple[tuple[str, str], ...]:
    """Return (actor, name) of everybody who works here, or did."""
    rows = db.session.execute(select(Staff.id, Staff.name, Staff.email).order_by(Staff.name, Staff.email))
    return tuple((f"staff:{row.id}", row.name or row.email) for row in rows)


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Return the names of members of staff by actor ("staff:3"), and both names of two who acted together
    ("approval:7"); other actors have none."""
    wanted = set(actors)
    pairs = approvals.pairs_of(wanted)
    single = _staff_names(wanted | {actor for pair in pairs.values() for actor in pair})
    together = {actor: " + ".join(single.get(each, each) for each in pair) for actor, pair in pairs.items()}
    return single | together


def _staff_names(actors: Iterable[str]) -> dict[str, str]:
    numbers = (actor.removeprefix("staff:") for actor in actors if actor.startswith("staff:"))
    ids = {int(number) for number in numbers if number.isdecimal()}
    return {f"staff:{id_}": name for id_, name in accounts.staff_names(ids).items()}
