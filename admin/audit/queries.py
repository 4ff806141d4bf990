"""Reads of the ledger for its list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from admin.days import end_of, start_of
from admin.tables import PAGE_SIZE, ListState
from storefront.accounts import queries as accounts
from storefront.approvals import queries as approvals
from storefront.audit import queries as audit
from storefront.kernel.paging import Page
from storefront.shop.queries import get_settings


def page_of_changes(state: ListState) -> Page[Any]:
    """Return the page of changes that `state` asks for."""
    zone = get_settings().timezone
    first, last = state.day("at_from"), state.day("at_to")
    wanted = audit.Filter(
        object_kind=state.value("kind"),
        since=start_of(first, zone) if first else None,
        until=end_of(last, zone) if last else None,
    )
    return audit.page_of_entries(wanted, number=state.page, size=PAGE_SIZE)


def people(entries: Sequence[Any]) -> dict[str, str]:
    """Return names by actor ("staff:3") for these entries; an actor without a name stands for itself."""
    return names_of(entry.actor for entry in entries)


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
