"""Counters of several processes in one directory, added up by whichever is asked; see this room's plaque."""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from prometheus_client import CollectorRegistry, Metric, values
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

log = logging.getLogger(__name__)

REGISTRY = CollectorRegistry()
"""The meters of this process, where it shares them with nobody."""
SIZES = {"counter": 512 * 1024, "histogram": 1024 * 1024, "gauge_livesum": 64 * 1024, "gauge_livemax": 64 * 1024}
"""Kinds of files, and the room that each takes when it is made; more would be taken later, as it is needed."""
ADDED_UP = ("counter", "histogram")
"""What stays of a process that is gone."""
GONE = "gone"


class _Self:
    """This process among those that share: its name, and the lock that says it lives."""

    folder: Path | None = None
    name = ""
    pid = 0
    lock: IO[bytes] | None = None


def share(folder: Path) -> None:
    """Keep what this process counts from now on in `folder`; call it before the first meter is read or changed.

    Where that is not possible the process counts for itself, and says so: nobody should wait for figures.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _Self.folder = folder
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
        values.ValueClass = values.MultiProcessValue(_name)
    except OSError as error:
        _Self.folder = None
        log.warning("Figures are counted for this process alone: %s", error)


def collect() -> Iterable[Metric]:
    """Return the meters of all processes that share, living and gone; those of this one where it is alone."""
    folder = _Self.folder
    if folder is None:
        return list(REGISTRY.collect())
    with _alone_in(folder):
        _bury(folder)
        found: Iterable[Metric] = MultiProcessCollector.merge([str(path) for path in sorted(folder.glob("*.db"))])
        return list(found)


def _name() -> str:
    """Return this process's name, a new one after a fork."""
    if _Self.pid != os.getpid():
        _be_born()
    return _Self.name


def _be_born() -> None:
    folder, name = _Self.folder, secrets.token_hex(6)
    assert folder is not None
    with _alone_in(folder):
        lock = (folder / f"{name}.alive").open("wb")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for kind in SIZES:
            _take_room(folder, kind, name)
    _Self.name, _Self.pid, _Self.lock = name, os.getpid(), lock


def _take_room(folder: Path, kind: str, name: str) -> Path:
    path = folder / f"{kind}_{name}.db"
    if not path.exists():
        with path.open("xb") as file:
            os.posix_fallocate(file.fileno(), 0, SIZES[kind])
    return path


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _bury(folder: Path) -> None:
    """Add what processes counted that live no more to the sum of those before them."""
    living = {path.stem for path in folder.glob("*.alive") if _lives(path)}
    named = {path.stem.rpartition("_")[2] for path in (*folder.glob("*.db"), *folder.glob("*.alive"))}
    for name in named - living - {GONE}:
        for kind in SIZES:
            path = folder / f"{kind}_{name}.db"
            if kind in ADDED_UP and path.exists():
                _add(path, _take_room(folder, kind, GONE))
            path.unlink(missing_ok=True)
        (folder / f"{name}.alive").unlink(missing_ok=True)


def _lives(path: Path) -> bool:
    if path.stem == _Self.name:
        return True
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _add(path: Path, total: Path) -> None:
    sums = MmapedDict(str(total))
    try:
        for key, value, _stamp, _position in MmapedDict.read_all_values_from_file(str(path)):
            sums.write_value(key, sums.read_value(key)[0] + value, 0.0)
    finally:
        sums.close()
