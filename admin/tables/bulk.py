"""Doing something to many rows: which are meant, what will happen to how many, and doing it one by one."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from admin.listings import LISTINGS
from admin.tables.listing import Action, Listing
from admin.tables.source import each_of, rows_named
from admin.tables.state import ListState
from storefront.database.base import db
from storefront.database.sharing import Turns
from storefront.database.transaction import transaction
from storefront.desk import services
from storefront.desk.models import BulkItem, BulkRun
from storefront.desk.services import Chosen
from storefront.desk.states import ItemState
from storefront.kernel.clock import now
from storefront.kernel.errors import N_, ShopError
from storefront.web.errors import message_of
from storefront.web.locale import BABEL_NAMES

log = logging.getLogger(__name__)
MOST_AT_ONCE = 10_000
DONE_AT_ONCE = 25
"""So few are done while one waits; more are done by a job, and the page tells how far it is."""


class NothingChosen(ShopError):
    """Nothing was chosen."""

    message = N_("Choose at least one row first.")


class TooManyRows(ShopError):
    """More rows match than one run may change."""

    message = N_("More than %(most)s rows match. Narrow the list first.")


class NotRead(ShopError):
    """A row could not be changed for a reason that is no rule's."""

    message = N_("It could not be changed just now; it is as it was.")


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that are meant: those that were ticked, or all that match."""

    rows: Sequence[Any]
    is_all: bool

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.rows)


def select_rows(listing: Listing, state: ListState, keys: Sequence[str], *, every: bool) -> Selection:
    """Return the chosen rows, each once; refuse none, and too many."""
    source = listing.source(state)
    if every:
        rows = list(each_of(source, state, most=MOST_AT_ONCE + 1))
    else:
        rows = list(rows_named(source, list(dict.fromkeys(keys))[: MOST_AT_ONCE + 1]))
    rows = list({listing.key(row): row for row in rows}.values())
    if not rows:
        raise NothingChosen
    if len(rows) > MOST_AT_ONCE:
        raise TooManyRows(most=MOST_AT_ONCE)
    return Selection(rows, every)


def chosen_of(listing: Listing, selection: Selection, value: str) -> list[Chosen]:
    """Return the rows as things of a run."""
    return [Chosen(listing.key(row), listing.known_as(row), value) for row in selection.rows]


def work_off(run_id: int) -> None:
    """Do what waits in a run, each thing in a transaction of its own: what is done is never done again."""
    run = db.session.get(BulkRun, run_id)
    listing = LISTINGS.get(run.list_name) if run else None
    action = listing.action(run.action) if run and listing else None
    if run is None or action is None:
        return
    actor, locale = f"staff:{run.staff_id}", BABEL_NAMES[run.locale]
    waiting = select(BulkItem.position, BulkItem.key, BulkItem.value)
    waiting = waiting.where(BulkItem.run_id == run_id, BulkItem.state == ItemState.WAITING).order_by(BulkItem.position)
    turns = Turns()
    with force_locale(locale):
        for position, key, value in db.session.execute(waiting).all():
            _do_one(run_id, position, action, (key, value, actor, now()))
            turns.give()
    with transaction():
        services.finish_run(run_id=run_id, at=now())


def _do_one(run_id: int, position: int, action: Action, order: tuple[str, str, str, datetime]) -> None:
    try:
        with transaction():
            if services.claim(run_id=run_id, position=position):
                was = action.do(*order)
                services.note_before(run_id=run_id, position=position, was=was)
    except ShopError as refusal:
        _refuse(run_id, position, refusal)
    except SQLAlchemyError:
        log.exception("Run %s could not do %s to %s", run_id, action.key, order[0])
        _refuse(run_id, position, NotRead())


def _refuse(run_id: int, position: int, refusal: ShopError) -> None:
    with transaction():
        services.refuse(run_id=run_id, position=position, reason=message_of(refusal))
