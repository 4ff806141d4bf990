"""Generations on disk: `<root>/<schema hash>-<number>/`, each sealed by a manifest, and a CURRENT file naming the
live one.

A generation is built in `.building-*`, fsynced, sealed, verified, then renamed into place; only then CURRENT is
replaced, also by a rename. So a crash at any point leaves the old generation live and at worst a directory to sweep.
A generation is never changed after it was sealed: changes make a new one, which shares the unchanged files by hard
links.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from whoosh.util.filelock import FileLock

from search.documents import IndexBroken, IndexMissing, IndexProblem
from search.schema import schema_hash

log = logging.getLogger(__name__)

CURRENT = "CURRENT"
MANIFEST = "manifest.json"
KEEP = 2
_NAME = re.compile(r"[0-9a-f]{12}-(\d{6,})")
_MOST_VERIFIED = 4096
_verified: set[tuple[int, int, int, int, str]] = set()


@dataclass(frozen=True, slots=True)
class FileSeal:
    """The size in bytes and SHA-256 of one file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds; `built_at` in seconds since 1970, UTC."""

    schema: str
    documents: int
    segments: int
    built_at: float
    files: Mapping[str, FileSeal]


def names(root: Path) -> list[str]:
    """Return the generations that are there and have this schema, newest first."""
    if not root.is_dir():
        return []
    ours = [entry.name for entry in root.iterdir() if _NAME.fullmatch(entry.name) and entry.is_dir()]
    return sorted((name for name in ours if name.startswith(schema_hash() + "-")), key=number_of, reverse=True)


def number_of(name: str) -> int:
    """Return the number in a generation's name."""
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else 0


def next_name(root: Path) -> str:
    """Return the name of the generation to build next; numbers never repeat while a later one exists."""
    taken = [number_of(entry.name) for entry in root.iterdir()] + [number_of(read_current(root) or "")]
    return f"{schema_hash()}-{max(taken) + 1:06d}"


def read_current(root: Path) -> str | None:
    """Return the name that CURRENT points to, or None when there is no readable pointer."""
    try:
        name = (root / CURRENT).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return name if _NAME.fullmatch(name) else None


def point_to(root: Path, name: str) -> None:
    """Make `name` the live generation, atomically."""
    waiting = root / f".{CURRENT}-{os.getpid()}"
    waiting.write_text(name + "\n", encoding="ascii")
    sync(waiting)
    waiting.replace(root / CURRENT)
    sync(root)


def seal(directory: Path, *, documents: int, segments: int, built_at: float, known: Mapping[str, FileSeal]) -> Manifest:
    """Write the manifest of a finished directory; files in `known` are unchanged links and are not read again."""
    files = {
        path.name: known.get(path.name) or _sealed(path)
        for path in sorted(directory.iterdir())
        if path.is_file() and path.name != MANIFEST
    }
    manifest = Manifest(schema_hash(), documents, segments, built_at, files)
    body = asdict(manifest)
    text = json.dumps({"manifest": body, "sha256": _digest_of(body)}, indent=1)
    (directory / MANIFEST).write_text(text, encoding="utf-8")
    for path in directory.iterdir():
        if path.name not in known:
            sync(path)
    sync(directory)
    return manifest


def read_manifest(directory: Path) -> Manifest:
    """Return the manifest of a generation after checking every file against it. A file that this process has checked
    before, under whatever name, and that has not been written to since, is not read again.

    Raises IndexMissing when there is no directory and IndexBroken when anything is absent, short, altered or of
    another schema.
    """
    if not directory.is_dir():
        raise IndexMissing(f"no index generation at {directory}")
    try:
        outer = json.loads((directory / MANIFEST).read_bytes())
        body = outer["manifest"]
        if outer["sha256"] != _digest_of(body):
            raise IndexBroken(f"{directory.name}: the manifest was altered")
        files = {name: FileSeal(**facts) for name, facts in body.pop("files").items()}
        manifest = Manifest(files=files, **body)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexBroken(f"{directory.name}: no readable manifest ({error})") from error
    if manifest.schema != schema_hash():
        raise IndexBroken(f"{directory.name}: made for another schema")
    for name, facts in manifest.files.items():
        path = directory / name
        if not path.is_file() or path.stat().st_size != facts.size:
            raise IndexBroken(f"{directory.name}: {name} is missing or has another size")
        if _identity(path, facts.sha256) not in _verified and _sealed(path) != facts:
            raise IndexBroken(f"{directory.name}: {name} was altered")
    return manifest


@contextmanager
def exclusively(root: Path) -> Iterator[None]:
    """Hold the one writer's lock of `root`; the system releases it when the process dies. Raises IndexProblem when
    taken.
    """
    root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(root / ".lock"))
    if not lock.acquire():
        raise IndexProblem("another process is writing this index")
    try:
        yield
    finally:
        lock.release()


def sweep(root: Path, keep: int = KEEP) -> None:
    """Remove abandoned builds, and all but the live generation and the newest others, `keep` together. Needs the
    writer's lock.
    """
    current = read_current(root)
    every = sorted(
        (e for e in root.iterdir() if _NAME.fullmatch(e.name)), key=lambda e: number_of(e.name), reverse=True
    )
    kept = {e.name for e in sorted(every, key=lambda e: e.name != current)[:keep]}
    for entry in root.iterdir():
        abandoned = entry.name.startswith((".building-", f".{CURRENT}-"))
        if abandoned or (_NAME.fullmatch(entry.name) and entry.name not in kept):
            log.info("Removing %s from the search index", entry.name)
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Ask the system to write a file or directory to the disk now."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sealed(path: Path) -> FileSeal:
    """Read a file and return its seal."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if len(_verified) >= _MOST_VERIFIED:
        _verified.clear()
    _verified.add(_identity(path, digest))
    return FileSeal(path.stat().st_size, digest)


def _identity(path: Path, digest: str) -> tuple[int, int, int, int, str]:
    """Return what stays as it is while a file is linked to, and changes when it is written to or replaced."""
    facts = path.stat()
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, digest


def _digest_of(body: object) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
