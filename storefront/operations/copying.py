"""What backups ask of a database, and what they count in any."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, inspect, text

from storefront.database import revision
from storefront.operations.errors import BackupRefused

FILLED_BY_ITSELF = frozenset({"alembic_version", "job_run", "ledger_check"})
"""What holds rows although nobody has sold anything yet."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A database as it was at one moment, in a file; how it was, and how large it is when it is unpacked."""

    file: Path
    revision: str
    counts: Mapping[str, int]
    bytes: int


class Database(Protocol):
    """One kind of database."""

    kind: str
    member: str
    """What it is called in the archive."""

    def size(self) -> int:
        """Return about how many bytes it has."""

    def snapshot(self, folder: Path) -> Snapshot:
        """Write the database as it is at one moment into a file of `folder`, while others read and write."""

    def is_empty(self) -> bool:
        """Say whether nobody has put anything into it."""

    def beside(self, file: Path, folder: Path) -> AbstractContextManager[str]:
        """Fill a database beside the shop's with what is in `file`; give its URL, and drop it in the end."""

    def switch(self, url: str, at: datetime) -> str:
        """Put the database at `url` in place of the shop's; return under which name the one before is kept, or ""."""


def count_rows(connection: Connection) -> dict[str, int]:
    """Return how many rows each table of the shop has."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    return {
        name: int(connection.scalar(text(f"SELECT count(*) FROM {quote(name)}")) or 0)  # noqa: S608
        for name in sorted(inspect(connection).get_table_names())
    }


def holds_something(connection: Connection) -> bool:
    """Say whether any table that people fill has a row."""
    return any(count for name, count in count_rows(connection).items() if name not in FILLED_BY_ITSELF)


def revision_of(connection: Connection) -> str:
    """Return the revision of the tables; raise BackupRefused where no migration has made them."""
    found = revision.read(connection)
    if found is None:
        raise BackupRefused("This database has no tables that a migration made: there is nothing to back up.")
    return found
