"""A restore: proven beside the shop first, then put in its place."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine

from storefront.config import ROOT, Config
from storefront.database import revision
from storefront.operations import archive
from storefront.operations.archive import MEDIA, Manifest
from storefront.operations.backing_up import refuse_if_short
from storefront.operations.copying import Database, count_rows
from storefront.operations.databases import database_of
from storefront.operations.errors import ArchiveDamaged, BackupRefused

Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """An archive that is whole: unpacked into `folder`, its database at `url`, and what its ledgers said."""

    manifest: Manifest
    folder: Path
    url: str
    adds_up: bool
    said: str
    """What `flask shop verify` printed."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a restore: where the database from before is kept, and its pictures; "" where there were none."""

    rehearsed: Rehearsed
    kept: str
    kept_pictures: str


def restore(source: Path, *, config: Config, replace: bool, at: datetime, tell: Tell) -> Restored:
    """Put the shop of an archive in place of this one; raise BackupRefused, with nothing changed, where that fails.

    Pictures come before the database that names them. Those that only the database from before names go aside with it.
    """
    database = database_of(config)
    if not replace and not database.is_empty():
        raise BackupRefused(
            "This shop is not empty. Say --replace to put the backup in its place; its database is kept under another "
            "name until you delete it."
        )
    with rehearsing(source, config=config, tell=tell) as rehearsed:
        _add_pictures(rehearsed.folder / MEDIA, config.media_dir)
        tell("Switching to the restored database.")
        kept = database.switch(rehearsed.url, at)
        aside = config.media_dir.with_name(f"media.before-{at:%Y%m%d-%H%M%S}") if kept else None
        moved = _clear_pictures(config.media_dir, rehearsed.manifest, aside)
    return Restored(rehearsed, kept, str(aside) if aside and moved else "")


@contextmanager
def rehearsing(source: Path, *, config: Config, tell: Tell) -> Iterator[Rehearsed]:
    """Restore an archive beside the shop, bring its tables up to date and prove its ledgers; all of it goes after."""
    database, manifest = database_of(config), archive.read_manifest(source)
    _refuse_foreign(manifest, database)
    config.data_dir.mkdir(parents=True, exist_ok=True)
    refuse_if_short(config.data_dir, source.stat().st_size + manifest.media_bytes + 3 * manifest.database_bytes)
    with tempfile.TemporaryDirectory(dir=config.data_dir, prefix=".restore-") as near:
        folder = Path(near)
        tell(f"Reading {source}: made at {manifest.made_at}, revision {manifest.revision}.")
        manifest = archive.unpack(source, folder)
        with database.beside(folder / database.member, folder) as url:
            _compare(url, manifest)
            if manifest.revision != revision.needed():
                tell(f"Migrating its tables from revision {manifest.revision} to {revision.needed()}.")
                _migrate(url, folder)
            tell("Proving its ledgers.")
            adds_up, said = _verify(url, folder)
            yield Rehearsed(manifest, folder, url, adds_up, said)


def _refuse_foreign(manifest: Manifest, database: Database) -> None:
    if manifest.database != database.kind:
        raise BackupRefused(
            f"This backup is of a shop on {manifest.database}, and DATABASE_URL names {database.kind}: restore it on "
            "the kind of database that it came from."
        )
    if manifest.revision not in revision.known():
        raise BackupRefused(
            f"This backup was made by a newer version of the shop ({manifest.version}, revision {manifest.revision}); "
            f"this code knows revisions up to {revision.needed()}. Restore it with that version."
        )


def _compare(url: str, manifest: Manifest) -> None:
    """Refuse a database that has not the rows that the manifest counted."""
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            counts = count_rows(connection)
    finally:
        engine.dispose()
    wrong = [name for name in counts.keys() | manifest.counts.keys() if counts.get(name) != manifest.counts.get(name)]
    if wrong:
        raise ArchiveDamaged(f"The archive's database has not the rows that were counted, first in {min(wrong)}.")


def _migrate(url: str, folder: Path) -> None:
    done = _flask(url, folder, "db", "upgrade")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise BackupRefused(f"The backup's tables could not be migrated; nothing was changed. {last}")


def _verify(url: str, folder: Path) -> tuple[bool, str]:
    done = _flask(url, folder, "shop", "verify")
    if not done.stdout.strip():
        raise BackupRefused(f"The backup's ledgers could not be read; nothing was changed. {done.stderr[-400:]}")
    return done.returncode == 0, done.stdout


def _flask(url: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the shop on another database, in a process that knows nothing of this one's."""
    apart = {"DATABASE_URL": url, "DATA_DIR": str(folder), "REDIS_URL": "", "SEARCH_BACKEND": "whoosh"}
    environ = {**os.environ, **apart, "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)  # noqa: S603


def _add_pictures(found: Path, media: Path) -> None:
    media.mkdir(parents=True, exist_ok=True)
    for path in found.iterdir():
        if not (media / path.name).exists():
            path.chmod(0o644)
            path.rename(media / path.name)


def _clear_pictures(media: Path, manifest: Manifest, aside: Path | None) -> int:
    """Move pictures that the archive does not hold to `aside`; delete them where nothing is kept that names them."""
    others = [path for path in media.glob("*.webp") if f"{MEDIA}{path.name}" not in manifest.files]
    if others and aside:
        aside.mkdir(exist_ok=True)
    for path in others:
        with suppress(FileNotFoundError):
            path.rename(aside / path.name) if aside else path.unlink()
    return len(others)
