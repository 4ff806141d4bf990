"""SQLite: `VACUUM INTO` reads one moment while others write; the backup API puts a whole file in place in one
transaction, so that processes which have the old one open see the new one next, and never half of it."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

from storefront.operations.copying import Snapshot, count_rows, holds_something, revision_of
from storefront.operations.errors import ArchiveDamaged, BackupRefused

PATIENCE = 30.0
"""Seconds to wait for whoever is writing."""
PACKED = 3
"""Of 9: half the size already, in a tenth of the time of the last level."""


class SqliteDatabase:
    """A shop's database in a file."""

    kind = "sqlite"
    member = "database.sqlite.gz"

    def __init__(self, url: str) -> None:
        self._path = Path(make_url(url).database or "")

    def size(self) -> int:
        return sum(path.stat().st_size for path in (self._path, *self._asides(self._path)) if path.exists())

    def snapshot(self, folder: Path) -> Snapshot:
        if not self._path.exists():
            raise BackupRefused(f"There is no database at {self._path}.")
        plain, packed = folder / "shop.db", folder / self.member
        try:
            with closing(sqlite3.connect(self._path, timeout=PATIENCE)) as shop:
                shop.execute("VACUUM INTO ?", (str(plain),))
        except sqlite3.Error as error:
            raise BackupRefused(f"The database could not be copied: {error}.") from error
        with _engine(plain).connect() as connection:
            found = revision_of(connection), count_rows(connection)
        with plain.open("rb") as source, gzip.open(packed, "wb", compresslevel=PACKED) as target:
            shutil.copyfileobj(source, target, 1024 * 1024)
        bytes_ = plain.stat().st_size
        plain.unlink()
        return Snapshot(packed, *found, bytes_)

    def is_empty(self) -> bool:
        if not self._path.exists():
            return True
        try:
            with _engine(self._path).connect() as connection:
                return not holds_something(connection)
        except Exception:
            return False

    @contextmanager
    def beside(self, file: Path, folder: Path) -> Iterator[str]:
        target = folder / "beside.db"
        try:
            with gzip.open(file, "rb") as source, target.open("xb") as plain:
                shutil.copyfileobj(source, plain, 1024 * 1024)
            with closing(sqlite3.connect(target)) as found:
                if found.execute("PRAGMA quick_check").fetchone() != ("ok",):
                    raise ArchiveDamaged("The archive's database is damaged.")
        except (OSError, EOFError, zlib.error, sqlite3.DatabaseError) as error:
            raise ArchiveDamaged(f"The archive's database cannot be read: {error}.") from error
        yield f"sqlite:///{target}"

    def switch(self, url: str, at: datetime) -> str:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        kept = self._path.with_name(f"{self._path.name}.before-{at:%Y%m%d-%H%M%S}") if self._path.exists() else None
        is_moved = kept is not None and self._keep(kept)
        try:
            _copy(Path(make_url(url).database or ""), self._path)
        except sqlite3.Error as error:
            if kept and is_moved:
                self._move(kept, self._path)
            elif kept:
                kept.unlink(missing_ok=True)
            raise BackupRefused(f"Nothing was replaced: {error}. Stop the shop and try again.") from error
        return str(kept or "")

    def _keep(self, kept: Path) -> bool:
        """Copy the present database; one that cannot even be read is moved aside, and True returned."""
        try:
            _copy(self._path, kept)
        except sqlite3.OperationalError as error:
            kept.unlink(missing_ok=True)
            raise BackupRefused(f"What is there now could not be kept: {error}. Nothing was changed.") from error
        except sqlite3.DatabaseError:
            kept.unlink(missing_ok=True)
            self._move(self._path, kept)
            return True
        return False

    def _move(self, source: Path, target: Path) -> None:
        """Rename a database with all that belongs to it; what a failed copy began at `target` goes."""
        for old, new in zip((source, *self._asides(source)), (target, *self._asides(target)), strict=True):
            new.unlink(missing_ok=True)
            if old.exists():
                old.replace(new)

    @staticmethod
    def _asides(path: Path) -> tuple[Path, Path]:
        return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(source, timeout=PATIENCE)) as old,
        closing(sqlite3.connect(target, timeout=PATIENCE)) as new,
    ):
        old.backup(new, progress=_until(time.monotonic() + PATIENCE), sleep=0.05)


def _until(end: float) -> Callable[[int, int, int], None]:
    """Return what a copy calls after each step: it tries a locked file again for ever, and we do not."""

    def look(status: int, _left: int, _whole: int) -> None:
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and time.monotonic() > end:
            raise sqlite3.OperationalError("the database is locked by somebody who writes")

    return look


def _engine(path: Path) -> Engine:
    return create_engine(f"sqlite:///{path}", hide_parameters=True)
