"""The column files of a generation: rows in PostgreSQL, and on each node a directory where they lie unpacked.

The directory only saves the way: whatever is missing, short or altered there is fetched again. A generation's
directory is filled beside its place and renamed into it; files that the generation before it has are hard links.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import LiteralString

from search.documents import IndexBroken
from search.index.layout import FileSeal, number_of, sync
from search.postgres.connecting import Connection, Rows
from search.postgres.manifest import Manifest

log = logging.getLogger(__name__)

_PIECE = 4_000_000
_ABANDONED = ".unpacking-"
ABANDONED_SECONDS = 600.0
_READ: LiteralString = "SELECT content FROM search_index.column_file WHERE segment = %s AND name = %s AND piece = %s"
_WRITE: LiteralString = "INSERT INTO search_index.column_file (segment, name, piece, content) VALUES (%s, %s, %s, %s)"
Fetch = Callable[..., Rows]


def store(connection: Connection, segment: int, directory: Path) -> dict[str, FileSeal]:
    """Write every file of a directory to PostgreSQL as the column files of a segment; return their seals."""
    seals = {}
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        name = path.relative_to(directory).as_posix()
        content = path.read_bytes()
        for piece, start in enumerate(range(0, max(1, len(content)), _PIECE)):
            connection.execute(_WRITE, [segment, name, piece, content[start : start + _PIECE]])
        seals[name] = FileSeal(len(content), hashlib.sha256(content).hexdigest())
    return seals


def unpack(root: Path, name: str, manifest: Manifest, fetch: Fetch, sources: Iterable[Path] = ()) -> Path:
    """Return the directory `root/name` with all files of a generation, each checked against its seal.

    Files come from there, from `sources` or another generation's directory, or else from PostgreSQL. Raises
    IndexBroken when PostgreSQL has not got them as they were written.
    """
    directory = root / name
    files = manifest.files()
    if _is_whole(directory, files):
        return directory
    root.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=_ABANDONED, dir=root))
    try:
        near = [*sources, *(path for path in root.iterdir() if path.is_dir() and path != fresh)]
        for file, (segment, seal) in files.items():
            target = fresh / file
            target.parent.mkdir(parents=True, exist_ok=True)
            if not any(_linked(source / file, target, seal) for source in near):
                target.write_bytes(_download(fetch, segment, file, seal))
                sync(target)
        _place(fresh, directory, files)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return directory


def sweep(root: Path, keep: Collection[str]) -> None:
    """Remove the directories of generations before the newest to keep, and what dead processes left half unpacked.

    Later ones stay: a writer on this node may be about to finish one.
    """
    newest = max(map(number_of, keep), default=0)
    for path in root.iterdir() if root.is_dir() else ():
        if path.name.startswith(_ABANDONED):
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - ABANDONED_SECONDS:
                    shutil.rmtree(path, ignore_errors=True)
        elif path.name not in keep and number_of(path.name) <= newest and path.is_dir():
            log.info("Removing %s from the search index's cache", path.name)
            shutil.rmtree(path, ignore_errors=True)


def _is_whole(directory: Path, files: Mapping[str, tuple[int, FileSeal]]) -> bool:
    return directory.is_dir() and all(_is_good(directory / file, seal) for file, (_, seal) in files.items())


def _is_good(path: Path, seal: FileSeal) -> bool:
    try:
        if path.stat().st_size != seal.size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == seal.sha256
    except OSError:
        return False


def _linked(source: Path, target: Path, seal: FileSeal) -> bool:
    """Put a good file in its place without copying it, where the file system can; say whether there was one."""
    if not _is_good(source, seal):
        return False
    try:
        os.link(source, target)
    except OSError:
        try:
            shutil.copy2(source, target)
        except OSError:
            return False
    return True


def _download(fetch: Fetch, segment: int, file: str, seal: FileSeal) -> bytes:
    content = b""
    for piece in range(max(1, -(-seal.size // _PIECE))):
        rows = fetch(_READ, [segment, file, piece], binary=True)
        content += bytes(rows[0][0]) if rows else b""
    if len(content) != seal.size or hashlib.sha256(content).hexdigest() != seal.sha256:
        raise IndexBroken(f"{file}: PostgreSQL has not got this file as it was written")
    return content


def _place(fresh: Path, directory: Path, files: Mapping[str, tuple[int, FileSeal]]) -> None:
    """Rename a filled directory into its place, over a broken one; where another process was quicker, leave that."""
    for _ in range(3):
        try:
            fresh.rename(directory)
            return
        except OSError:
            if _is_whole(directory, files):
                return
        broken = Path(tempfile.mkdtemp(prefix=_ABANDONED, dir=directory.parent))
        with suppress(OSError):
            directory.rename(broken)
        shutil.rmtree(broken, ignore_errors=True)
    raise IndexBroken(f"{directory.name}: the search index's cache cannot be written")
