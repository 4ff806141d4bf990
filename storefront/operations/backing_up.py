"""A backup: everything that cannot be made again, as it was at one moment, in one file."""

from __future__ import annotations

import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from storefront.config import ROOT, Config
from storefront.operations import archive
from storefront.operations.archive import Manifest
from storefront.operations.databases import database_of
from storefront.operations.errors import BackupRefused

SPARE = 64 * 1024 * 1024
"""How much of a disk is left free."""


def back_up(target: Path, *, config: Config, model: str, at: datetime) -> Manifest:
    """Write a backup to `target`, which must not exist; return what it holds. Raises BackupRefused."""
    if target.exists() or target.is_symlink():
        raise BackupRefused(f"{target} is there already. A backup overwrites nothing: give it another name.")
    if not target.parent.is_dir():
        raise BackupRefused(f"There is no directory {target.parent}.")
    database = database_of(config)
    pictures = sum(path.stat().st_size for path in _pictures(config.media_dir))
    refuse_if_short(target.parent, 2 * database.size() + pictures)
    with (
        tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as near,
        _holding_pictures(config) as hold,
    ):
        folder = Path(near)
        hold()
        snapshot = database.snapshot(folder)
        held = hold()
        manifest = Manifest(
            made_at=at.isoformat(timespec="seconds"),
            version=version(),
            revision=snapshot.revision,
            database=database.kind,
            database_bytes=snapshot.bytes,
            counts=snapshot.counts,
            model=model,
        )
        draft = folder / "whole.tar"
        with open(draft, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            with archive.writing(file) as writer:
                writer.add(database.member, snapshot.file)
                for path in sorted(held.iterdir()):
                    writer.add(f"{archive.MEDIA}{path.name}", path)
                writer.seal(manifest)
            file.flush()
            os.fsync(file.fileno())
        _give_name(draft, target)
    return archive.read_manifest(target)


def refuse_if_short(folder: Path, needed: int) -> None:
    """Raise BackupRefused where a disk has too little room."""
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise BackupRefused(
            f"The disk of {folder} is too full: {megabytes(needed + SPARE)} may be needed, {megabytes(free)} are free."
        )


def megabytes(size: int) -> str:
    """Return a size in words."""
    return f"{size / 1_000_000:,.1f} MB"


def version() -> str:
    """Return the version of this code."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


@contextmanager
def _holding_pictures(config: Config) -> Iterator[_Hold]:
    config.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=config.data_dir, prefix=".backup-") as folder:
        yield _Hold(config.media_dir, Path(folder))


class _Hold:
    """Second names for pictures, so that one which is deleted meanwhile stays readable; called again, it adds."""

    def __init__(self, media: Path, folder: Path) -> None:
        self._media, self._folder = media, folder

    def __call__(self) -> Path:
        for path in _pictures(self._media):
            second = self._folder / path.name
            if not second.exists():
                try:
                    os.link(path, second)
                except FileNotFoundError:
                    continue
                except OSError:  # a disk without hard links
                    shutil.copyfile(path, second)
        return self._folder


def _pictures(media: Path) -> list[Path]:
    return [path for path in media.glob("*.webp") if path.is_file()] if media.is_dir() else []


def _give_name(draft: Path, target: Path) -> None:
    """Give a whole file its name, unless somebody was faster, and see that the name is on the disk."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise BackupRefused(f"{target} has come to be meanwhile; nothing was overwritten.") from None
    except OSError:  # a disk without hard links
        draft.rename(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
