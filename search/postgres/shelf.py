"""Which generations an index has, and which of them is live: the rows of `shelf` and `generation`."""

from __future__ import annotations

import logging

from search.documents import IndexMissing
from search.index.layout import KEEP, number_of
from search.postgres import tables
from search.postgres.connecting import Connection
from search.postgres.manifest import segments_in
from search.postgres.terms import Fetch

log = logging.getLogger(__name__)


def live(fetch: Fetch, key: str) -> str | None:
    """Return the name of the live generation. Raises IndexMissing where the namespace is not there."""
    rows = fetch("SELECT live FROM search_index.shelf WHERE index = %s", [key])
    return rows[0][0] if rows else None


def names(fetch: Fetch, key: str) -> list[str]:
    """Return the generations that are there, newest first."""
    rows = fetch("SELECT name FROM search_index.generation WHERE index = %s ORDER BY number DESC", [key])
    return [name for (name,) in rows]


def manifest(fetch: Fetch, key: str, name: str) -> str:
    """Return the manifest of a generation as written. Raises IndexMissing when there is none."""
    rows = fetch("SELECT manifest FROM search_index.generation WHERE index = %s AND name = %s", [key, name])
    if not rows:
        raise IndexMissing(f"no index generation {name} in PostgreSQL")
    return str(rows[0][0])


def lock(connection: Connection, key: str) -> bool:
    """Take the writer's lock of an index until the transaction ends; say whether it was free."""
    statement = "SELECT pg_try_advisory_xact_lock(hashtextextended('search_index ' || %s, 0))"
    row = connection.execute(statement, [key]).fetchone()
    return bool(row and row[0])


def next_number(connection: Connection, key: str) -> int:
    """Return the number of the generation to build next; numbers never come again."""
    row = connection.execute(
        "INSERT INTO search_index.shelf (index, last_number) VALUES (%s, 1) ON CONFLICT (index)"
        " DO UPDATE SET last_number = shelf.last_number + 1 RETURNING last_number",
        [key],
    ).fetchone()
    return int(row[0]) if row else 1


def add(connection: Connection, key: str, name: str, text: str) -> None:
    """Write down a generation."""
    connection.execute(
        "INSERT INTO search_index.generation (index, name, number, manifest) VALUES (%s, %s, %s, %s)",
        [key, name, number_of(name), text],
    )


def point_to(connection: Connection, key: str, name: str) -> None:
    """Make a generation live; the one before it begins to age."""
    connection.execute(
        "UPDATE search_index.generation SET retired_at = CASE WHEN name = %s THEN NULL"
        " ELSE coalesce(retired_at, clock_timestamp()) END WHERE index = %s",
        [name, key],
    )
    connection.execute("UPDATE search_index.shelf SET live = %s WHERE index = %s", [name, key])


def sweep(connection: Connection, key: str, grace: float) -> None:
    """Remove all but the live generation and the newest others, `KEEP` together, and those that took leave less than
    `grace` seconds ago; then the segments that none of the rest lists.
    """
    rows = connection.execute(
        "SELECT g.name, g.manifest, g.retired_at > clock_timestamp() - make_interval(secs => %s)"
        " FROM search_index.generation g JOIN search_index.shelf s USING (index)"
        " WHERE index = %s ORDER BY g.name = s.live DESC, g.number DESC",
        [grace, key],
    ).fetchall()
    kept = [(name, text) for place, (name, text, recent) in enumerate(rows) if place < KEEP or recent]
    connection.execute(
        "DELETE FROM search_index.generation WHERE index = %s AND NOT name = ANY (%s)",
        [key, [name for name, _ in kept]],
    )
    used = sorted({segment for _, text in kept for segment in segments_in(text)})
    gone = connection.execute(
        "DELETE FROM search_index.segment WHERE index = %s AND NOT id = ANY (%s) RETURNING id", [key, used]
    ).fetchall()
    for (segment,) in gone:
        log.info("Removing segment %s from the search index", segment)
        tables.drop_documents(connection, int(segment))
