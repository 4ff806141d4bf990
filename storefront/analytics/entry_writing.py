"""How often entries of curated pages are seen and opened: counted by day, and who opened one is kept for a while."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from storefront.analytics.events import EntriesViewed, EntryOpened
from storefront.analytics.models import EntryClickRow, EntryDayRow
from storefront.analytics.noted import Noted
from storefront.analytics.rules import CREDITED, SAME_VISIT
from storefront.database.inserting import insert_into


def write_viewed(connection: Connection, noted: Noted, event: EntriesViewed) -> None:
    """Count entries as seen; always in the same order, so that two writers do not wait for each other."""
    for entry_id in sorted(set(event.entry_ids)):
        _count(connection, noted, entry_id, viewed=1)


def write_opened(connection: Connection, noted: Noted, event: EntryOpened) -> None:
    """Count an entry as opened, unless this visitor has just done so."""
    mine = EntryClickRow.visitor == noted.visitor, EntryClickRow.entry_id == event.entry_id
    lately = select(EntryClickRow.id).where(*mine, EntryClickRow.at > noted.at - SAME_VISIT).limit(1)
    if noted.visitor and connection.execute(lately).first():
        return
    connection.execute(
        insert(EntryClickRow).values(
            entry_id=event.entry_id, visitor=noted.visitor, at=noted.at, until=noted.at + CREDITED, day=noted.day
        )
    )
    _count(connection, noted, event.entry_id, clicks=1)


def _count(connection: Connection, noted: Noted, entry_id: int, *, viewed: int = 0, clicks: int = 0) -> None:
    statement = insert_into(EntryDayRow, connection).values(
        entry_id=entry_id, day=noted.day, viewed=viewed, clicks=clicks
    )
    more = {"viewed": EntryDayRow.viewed + viewed, "clicks": EntryDayRow.clicks + clicks}
    connection.execute(statement.on_conflict_do_update(index_elements=["entry_id", "day"], set_=more))
