"""What templates are compiled to, kept on disk as Python keeps its own modules: to compile those of one page takes a
tenth of a second, which the first reader of each worker would wait for after every start.

A folder belongs to one state of the code: filters are asked while a template is compiled, so what they say is in it.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

log = logging.getLogger(__name__)

OWNER_ONLY = 0o700


class Compiled(FileSystemBytecodeCache):
    """Compiled templates in a folder. One that cannot be read or written costs time and nothing else."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def keep_compiled(folder: Path, code: Iterable[Path]) -> Compiled | None:
    """Return what keeps templates below `folder` for the code in these packages; None where no folder can be had.

    What other states of the code left there is removed; a worker of theirs that still runs compiles for itself.
    """
    own = folder / state_of(code)
    try:
        if not own.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
            own.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    except OSError as error:
        log.warning("Templates are compiled anew by each process: %s", error)
        return None
    return Compiled(str(own))


def state_of(code: Iterable[Path]) -> str:
    """Return a name for what these packages, and Jinja, are now: by the size and time of each file."""
    files = sorted(file for package in code for file in package.rglob("*.py"))
    told = "\n".join(f"{file} {stat.st_size} {stat.st_mtime_ns}" for file in files for stat in (file.stat(),))
    return hashlib.blake2b(f"{jinja2.__version__}\n{told}".encode(), digest_size=12).hexdigest()
