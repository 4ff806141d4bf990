"""Trained tables on disk: plain .npy files and a manifest, written aside, switched at once, opened without copying.

A directory holds versions (`20260105T020000Z-1f2e3d4c/`) and a file `CURRENT` that names one of them. Whoever
reads sees a whole version or the one before. Nothing is pickled, so opening a file can never run code.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from recommend.tables import Tables as Tables

SCHEMA = 2
CURRENT = "CURRENT"
MANIFEST = "manifest.json"
KEPT = 3


class ArtefactError(Exception):
    """An artefact is missing, damaged or of another make; the message says which and how."""


class TrainingBusy(ArtefactError):
    """Somebody else is training into the same directory."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the manifest says of one file. Unchanged size and time spare the reader the checksum."""

    sha256: str
    dtype: str
    shape: tuple[int, ...]
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The birth certificate of a version.

    `item_id_type` is the name of the Arrow type in which the item ids came from a file, for who gives them back.
    """

    version: str
    trained_at: str
    as_of: str
    window: tuple[str, str]
    counts: dict[str, int]
    settings: dict[str, float]
    libraries: dict[str, str]
    metrics: dict[str, dict[str, float]]
    files: dict[str, Stored] = field(default_factory=dict)
    item_id_type: str = ""
    schema: int = SCHEMA


@dataclass(frozen=True, slots=True, eq=False)
class Artefact:
    """An opened version: its manifest and its memory-mapped tables."""

    manifest: Manifest
    tables: Tables


@contextmanager
def exclusive(directory: Path) -> Iterator[None]:
    """Hold the directory for one trainer; a second one gets TrainingBusy at once. A crash lets go by itself."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        held = (directory / ".lock").open("w")
    except OSError as error:
        raise ArtefactError(f"{directory} cannot be written: {error.strerror or error}") from error
    with held as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TrainingBusy(f"another training is at work in {directory}") from None
        yield


def publish(directory: Path, tables: Tables, manifest: Manifest) -> Manifest:
    """Write a version aside, make it durable, switch `CURRENT` to it, drop all but the latest KEPT.

    Until the switch readers see nothing of it; a failure (a full disk) leaves the current version as it was.
    Returns the manifest with its version and files filled in. Call it within `exclusive`.
    """
    aside = directory / f".tmp-{uuid4().hex}"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for leftover in directory.glob(".tmp-*"):
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        aside.mkdir()
        files = {
            entry.name: _write(aside / f"{entry.name}.npy", getattr(tables, entry.name)) for entry in fields(tables)
        }
        digest = hashlib.sha256("".join(files[name].sha256 for name in sorted(files)).encode()).hexdigest()
        stamp = datetime.fromisoformat(manifest.trained_at).strftime("%Y%m%dT%H%M%SZ")
        version = f"{stamp}-{digest[:8]}"
        while (directory / version).exists():
            version = f"{stamp}-{digest[:8]}-{uuid4().hex[:4]}"
        content = {
            **asdict(manifest),
            "version": version,
            "files": {name: asdict(stored) for name, stored in files.items()},
        }
        _write_text(aside / MANIFEST, json.dumps(content, indent=1, sort_keys=True))
        _sync_directory(aside)
        home = directory / version
        aside.rename(home)
        switch(directory, version)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise ArtefactError(f"could not write the trained tables: {error}") from error
    for old in versions(directory)[KEPT:]:
        shutil.rmtree(directory / old, ignore_errors=True)
    return read_manifest(home)


def switch(directory: Path, version: str) -> None:
    """Point `CURRENT` at a version, in one step."""
    aside = directory / f".tmp-{uuid4().hex}"
    _write_text(aside, version + "\n")
    aside.replace(directory / CURRENT)
    _sync_directory(directory)


def rollback(directory: Path) -> str:
    """Switch to the newest version that is older than the current one and whole to the last byte; return its name.

    What is current stays so, and ArtefactError is raised, when there is none. The version that was left remains, so
    that `switch` can go back to it.
    """
    current = current_version(directory)
    refused = ""
    for name in versions(directory):
        if current is not None and name >= current:
            continue
        try:
            open_artefact(directory / name, thorough=True)
        except ArtefactError as error:
            refused = refused or f" ({error})"
            continue
        switch(directory, name)
        return name
    raise ArtefactError(f"there is no whole version before {current or 'the first'} to go back to{refused}")


def current_version(directory: Path) -> str | None:
    """Return the version that `CURRENT` names, or None when nothing was ever published."""
    try:
        name = (directory / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ArtefactError(f"{CURRENT} cannot be read: {error}") from error
    if not name or name != Path(name).name or name.startswith("."):
        raise ArtefactError(f"{CURRENT} names no version")
    return name


def versions(directory: Path) -> list[str]:
    """Return the names of the stored versions, the current one first, then newest first."""
    if not directory.is_dir():
        return []
    names = sorted((path.name for path in directory.iterdir() if path.is_dir() and path.name[0] != "."), reverse=True)
    try:
        current = current_version(directory)
    except ArtefactError:
        current = None
    return sorted(names, key=lambda name: name != current)


def open_artefact(path: Path, *, thorough: bool = False) -> Artefact:
    """Map a version into memory after checking it against its manifest; raise ArtefactError for any mismatch.

    A file that still has the size and time of its writing is trusted; any other, and every file when
    `thorough`, must have the recorded SHA-256.
    """
    manifest = read_manifest(path)
    names = {entry.name for entry in fields(Tables)}
    if set(manifest.files) != names:
        raise ArtefactError(f"{path.name}: the manifest lists other files than this version of the library reads")
    arrays = {name: _read(path / f"{name}.npy", manifest.files[name], thorough) for name in names}
    try:
        return Artefact(manifest, Tables(**arrays))
    except ValueError as error:
        raise ArtefactError(f"{path.name}: {error}") from error


def read_manifest(path: Path) -> Manifest:
    """Read and check the manifest of a version."""
    try:
        content = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        if content.get("schema") != SCHEMA:
            raise ArtefactError(f"{path.name}: schema {content.get('schema')} where {SCHEMA} is read")
        files = {
            name: Stored(**{**stored, "shape": tuple(stored["shape"])}) for name, stored in content["files"].items()
        }
        return Manifest(**{**content, "files": files, "window": tuple(content["window"])})
    except FileNotFoundError:
        raise ArtefactError(f"{path.name}: there is no manifest") from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ArtefactError(f"{path.name}: the manifest cannot be read: {error}") from error


def _write(path: Path, array: NDArray[Any]) -> Stored:
    with path.open("wb") as out:
        np.save(out, np.ascontiguousarray(array), allow_pickle=False)
        out.flush()
        os.fsync(out.fileno())
    state = path.stat()
    return Stored(_sha256(path), array.dtype.str, array.shape, state.st_size, state.st_mtime_ns)


def _read(path: Path, stored: Stored, thorough: bool) -> NDArray[Any]:
    where = f"{path.parent.name}/{path.name}"
    try:
        state = path.stat()
        if state.st_size != stored.size:
            raise ArtefactError(f"{where}: {state.st_size} bytes where {stored.size} were written")
        if (thorough or state.st_mtime_ns != stored.mtime_ns) and _sha256(path) != stored.sha256:
            raise ArtefactError(f"{where}: the checksum does not match the manifest")
        empty = 0 in stored.shape
        array: NDArray[Any] = np.load(path, mmap_mode=None if empty else "r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ArtefactError(f"{where}: {error}") from error
    if array.dtype.str != stored.dtype or array.shape != stored.shape:
        raise ArtefactError(f"{where}: {array.dtype.str}{array.shape} where {stored.dtype}{stored.shape} was written")
    return array.view(np.ndarray)


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _write_text(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
