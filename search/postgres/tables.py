"""The tables of the namespace `search_index`: where they are, how they are made, and what is asked of them.

`shelf` names the live generation of each index; `generation` keeps manifests; `segment` and `column_file` what
generations share; `document_<segment>` the tokens of one segment's documents, under GIN. A segment's table is loaded,
indexed and frozen in the transaction that makes it, never changed, and dropped whole. Migrations look at the schema
`public` alone and do not see any of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import LiteralString

from psycopg import sql

from search.postgres.connecting import Connection
from search.postgres.lexemes import NAMED, SAID

NAMESPACE = "search_index"
_SETUP_LOCK = 0x5EA2C4

_SETUP: tuple[LiteralString, ...] = (
    "CREATE SCHEMA IF NOT EXISTS search_index",
    """CREATE TABLE IF NOT EXISTS search_index.shelf (
        index text PRIMARY KEY, live text, last_number integer NOT NULL DEFAULT 0)""",
    """CREATE TABLE IF NOT EXISTS search_index.generation (
        index text NOT NULL REFERENCES search_index.shelf ON DELETE CASCADE, name text NOT NULL,
        number integer NOT NULL, manifest text NOT NULL, retired_at timestamptz, PRIMARY KEY (index, name))""",
    """CREATE TABLE IF NOT EXISTS search_index.segment (
        id bigint PRIMARY KEY,
        index text NOT NULL REFERENCES search_index.shelf ON DELETE CASCADE)""",
    """CREATE TABLE IF NOT EXISTS search_index.column_file (
        segment bigint NOT NULL REFERENCES search_index.segment ON DELETE CASCADE, name text NOT NULL,
        piece integer NOT NULL, content bytea NOT NULL, PRIMARY KEY (segment, name, piece))""",
)


def set_up(connection: Connection) -> None:
    """Make the namespace and its tables where they are missing; those who come together wait for each other."""
    if connection.execute("SELECT to_regclass('search_index.column_file') IS NOT NULL").fetchall() == [(True,)]:
        return
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [_SETUP_LOCK])
    for statement in _SETUP:
        connection.execute(statement)


def document_table(segment: int) -> sql.Identifier:
    """Return the name of a segment's table."""
    return sql.Identifier(NAMESPACE, f"document_{segment}")


def create_documents(connection: Connection, segment: int) -> None:
    """Make a segment's table: `part` counts the rows of one document, more than one where its tokens are very many."""
    statement = sql.SQL(
        "CREATE TABLE {} (number integer NOT NULL, part smallint NOT NULL, id bigint NOT NULL,"
        " codes text[] NOT NULL, tokens tsvector NOT NULL) WITH (toast_tuple_target = 8160)"
    )
    connection.execute(statement.format(document_table(segment)))


def copy_documents(segment: int) -> sql.Composed:
    """Return the statement that loads a segment's table."""
    return sql.SQL("COPY {} (number, part, id, codes, tokens) FROM STDIN WITH (FREEZE)").format(document_table(segment))


def index_documents(connection: Connection, segment: int) -> None:
    """Put a segment's table under GIN, after it was loaded."""
    for statement in (
        "CREATE INDEX ON {} USING gin (tokens) WITH (fastupdate = off)",
        "CREATE INDEX ON {} USING gin (codes) WITH (fastupdate = off)",
        "ANALYZE {}",
    ):
        connection.execute(sql.SQL(statement).format(document_table(segment)))


def drop_documents(connection: Connection, segment: int) -> None:
    """Drop a segment's table."""
    connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(document_table(segment)))


def count_documents(segments: Sequence[int]) -> sql.Composed:
    """Return the statement that counts each segment's documents: rows (place in `segments`, documents)."""
    each = [
        sql.SQL("SELECT {}, count(*) FROM {} WHERE part = 0").format(place, document_table(segment))
        for place, segment in enumerate(segments)
    ]
    return sql.SQL(" UNION ALL ").join(each)


@lru_cache(maxsize=256)
def read_postings(segments: tuple[int, ...]) -> bytes:
    """Return the statement that finds documents by token, for two parameters for each segment: the tokens' lexemes of
    the kinds `NAMED` and `SAID`, as arrays of `tsquery` in text form.

    Rows: segment, place in its arrays from 1, document numbers (int4[]), and what `ts_rank` says for either kind
    (float4[]), as `lexemes.counts_by_field` takes it.
    """
    each = [
        sql.SQL(
            "SELECT {}, wanted.place, found.* FROM unnest(%b::text[]::tsquery[], %b::text[]::tsquery[])"
            " WITH ORDINALITY AS wanted (named, said, place), LATERAL (SELECT array_agg(number),"
            " array_agg(ts_rank({}::float4[], tokens, wanted.named)),"
            " array_agg(ts_rank({}::float4[], tokens, wanted.said))"
            " FROM {} WHERE tokens @@ (wanted.named || wanted.said)) AS found"
        ).format(segment, NAMED.weights, SAID.weights, document_table(segment))
        for segment in segments
    ]
    return sql.SQL(" UNION ALL ").join(each).as_bytes(None)


@lru_cache(maxsize=64)
def read_codes(segments: tuple[int, ...]) -> bytes:
    """Return the statement that finds documents by exact code, for one parameter for each segment, the same array of
    text: rows (segment, document number).
    """
    each = [
        sql.SQL("SELECT {}, number FROM {} WHERE codes @> %s::text[]").format(segment, document_table(segment))
        for segment in segments
    ]
    return sql.SQL(" UNION ALL ").join(each).as_bytes(None)
