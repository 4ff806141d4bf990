"""PostgreSQL: `pg_dump` reads one moment that a transaction of ours holds; `pg_restore` fills a database beside the
shop's, and the two swap names in one transaction."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, ProgrammingError

from storefront.operations.copying import Snapshot, count_rows, holds_something, revision_of
from storefront.operations.errors import ArchiveDamaged, BackupRefused

WITHOUT = ("--no-owner", "--no-privileges", "--exclude-schema=search_index")
"""Who owns what is decided where it is restored; the search index is made again from the goods."""
MAINTENANCE = "postgres"


class PostgresDatabase:
    """A shop's database on a server."""

    kind = "postgresql"
    member = "database.pgdump"

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._name = self._url.database or ""

    def size(self) -> int:
        with _connected(self._url) as connection:
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)

    def snapshot(self, folder: Path) -> Snapshot:
        file = folder / self.member
        with _connected(self._url, isolation_level="REPEATABLE READ") as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            moment = connection.scalar(text("SELECT pg_export_snapshot()"))
            at, counts = revision_of(connection), count_rows(connection)
            size = int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
            _run("pg_dump", self._url, "--format=custom", f"--snapshot={moment}", *WITHOUT, f"--file={file}")
        return Snapshot(file, at, counts, size)

    def is_empty(self) -> bool:
        with _connected(self._url) as connection:
            return not holds_something(connection)

    @contextmanager
    def beside(self, file: Path, folder: Path) -> Iterator[str]:
        url = self._url.set(database=f"{self._name}_restored_{secrets.token_hex(4)}")
        self._create(str(url.database))
        try:
            _run("pg_restore", url, "--exit-on-error", "--single-transaction", *WITHOUT[:2], str(file))
            yield url.render_as_string(hide_password=False)
        finally:
            with _connected(self._url, isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)'))

    def switch(self, url: str, at: datetime) -> str:
        kept, beside = f"{self._name}_before_{at:%Y%m%d_%H%M%S}", make_url(url).database
        with _connected(self._url.set(database=MAINTENANCE), isolation_level="AUTOCOMMIT") as connection:
            try:
                connection.execute(text(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS false'))
                _send_away(connection, self._name, str(beside))
                connection.execute(text("BEGIN"))
                connection.execute(text(f'ALTER DATABASE "{self._name}" RENAME TO "{kept}"'))
                connection.execute(text(f'ALTER DATABASE "{beside}" RENAME TO "{self._name}"'))
                connection.execute(text("COMMIT"))
            except DBAPIError as error:
                connection.execute(text("ROLLBACK"))
                connection.execute(text(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS true'))
                raise BackupRefused(f"The shop's database was not replaced: {error.orig}") from error
            connection.execute(text(f'ALTER DATABASE "{kept}" ALLOW_CONNECTIONS true'))
        return kept

    def _create(self, name: str) -> None:
        """Create an empty database that sorts and spells as the shop's does."""
        like = text("SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = :name")
        with _connected(self._url, isolation_level="AUTOCOMMIT") as connection:
            encoding, collate, kind = connection.execute(like, {"name": self._name}).one()
            how = f"TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE '{collate}' LC_CTYPE '{kind}'"
            try:
                connection.execute(text(f'CREATE DATABASE "{name}" {how}'))
            except ProgrammingError as error:
                raise BackupRefused(
                    f"A restore is proven in a database of its own first, and {self._url.username} may not create one: "
                    f"{error.orig}. Say `ALTER ROLE {self._url.username} CREATEDB` as a superuser."
                ) from error


def _send_away(connection: Connection, *names: str) -> None:
    end = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY(:names)")
    connection.execute(end, {"names": list(names)})


@contextmanager
def _connected(url: URL, **options: str) -> Iterator[Connection]:
    engine: Engine = create_engine(url, hide_parameters=True, connect_args={"connect_timeout": 5}, **options)
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise BackupRefused(f"The database refused: {error.orig}") from error
    finally:
        engine.dispose()


def _run(program: str, url: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs; the password goes by the environment, which nobody else can list."""
    named = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    place = named.render_as_string()
    environ = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    try:
        done = subprocess.run(  # noqa: S603
            [program, f"--dbname={place}", *arguments], env=environ, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise BackupRefused(
            f"{program} is not on this machine: install PostgreSQL's client programs, of the server's version or newer."
        ) from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[0]
        refusal = ArchiveDamaged if program == "pg_restore" else BackupRefused
        raise refusal(f"{program} failed: {said}")
