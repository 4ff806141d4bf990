"""One segment: documents in, a table under GIN and column files out."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

from search.documents import Document
from search.index.columns import SegmentColumns
from search.postgres import files, tables
from search.postgres.connecting import Connection
from search.postgres.lexemes import counts_of, keys_in, vectors
from search.postgres.lexicon import LexiconWriter
from search.postgres.manifest import Segment
from search.schema import code_tokens, field_tokens


def write_segment(connection: Connection, index: str, documents: Iterable[Document], folder: Path) -> Segment | None:
    """Write documents as a new segment, in the caller's transaction; return it, or None when there were none.

    `folder` is empty and receives the column files. Raises ValueError when two documents share an id.
    """
    number = secrets.randbits(48)  # never one that a process remembers from a database that was there before
    connection.execute("INSERT INTO search_index.segment (id, index) VALUES (%s, %s)", [number, index])
    tables.create_documents(connection, number)
    columns = SegmentColumns()
    lexemes = LexiconWriter()
    _copy(connection, number, documents, columns, lexemes)
    if not len(columns):
        tables.drop_documents(connection, number)
        connection.execute("DELETE FROM search_index.segment WHERE id = %s", [number])
        return None
    tables.index_documents(connection, number)
    segment = Segment(number, len(columns), {})
    columns.save(folder, segment.name)
    lexemes.save(folder, segment.name)
    return Segment(number, len(columns), files.store(connection, number, folder))


def _copy(
    connection: Connection,
    segment: int,
    documents: Iterable[Document],
    columns: SegmentColumns,
    lexemes: LexiconWriter,
) -> None:
    """Stream documents into the segment's table, its columns and its lexicon."""
    seen: set[int] = set()
    with connection.cursor() as cursor, cursor.copy(tables.copy_documents(segment)) as copy:
        for document in documents:
            if document.id in seen:
                raise ValueError(f"document {document.id} was given twice")
            seen.add(document.id)
            tokens = field_tokens(document)
            counts = counts_of(tokens)
            lexemes.add(len(columns), keys_in(counts))
            codes = code_tokens(document)
            for part, vector in enumerate(vectors(counts)):
                copy.write_row((len(columns), part, document.id, [] if part else codes, vector))
            columns.add(document, tokens)
