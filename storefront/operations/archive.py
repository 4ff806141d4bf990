"""The file that a backup is: a plain tar of a few known names, a manifest after them, and a checksum of that.

Nothing of `tarfile`'s own extraction is used: a name is either known here or refused, and each file is written under
the name that we know, so no archive can write elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Self

from storefront.operations.errors import ArchiveDamaged, BackupRefused

FORMAT = 1
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
MEDIA = "media/"
_NAMES = re.compile(r"database\.(?:sqlite\.gz|pgdump)|media/[0-9a-f]{32}-\d{1,5}\.webp")
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """How long a file of the archive is, and its checksum."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the archive holds. `counts` are the rows of each table, `database_bytes` the size that it needs again."""

    made_at: str
    version: str
    revision: str
    database: str
    database_bytes: int
    counts: Mapping[str, int]
    model: str = ""
    """The version of the recommender's model that was in use; it is trained again, not kept."""
    files: Mapping[str, File] = field(default_factory=dict)
    format: int = FORMAT

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read what `as_json` wrote; raise ArchiveDamaged, or BackupRefused for a newer format."""
        try:
            values: dict[str, Any] = json.loads(data)
            if values["format"] > FORMAT:
                raise BackupRefused("A newer version of the shop wrote this archive: restore it with that one.")
            return cls(**{**values, "files": {name: File(**each) for name, each in values["files"].items()}})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ArchiveDamaged("The archive's manifest cannot be read: it is damaged, or no backup.") from error

    def as_json(self) -> bytes:
        """Return it as it stands in the archive."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    @property
    def media_bytes(self) -> int:
        """How much room the pictures need."""
        return sum(each.bytes for name, each in self.files.items() if name.startswith(MEDIA))


class _Hashing:
    """A file that is read once, by somebody who does not know that its checksum is taken."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.sum = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.sum.update(chunk)
        return chunk


class Writer:
    """Puts files into an archive that is being made."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar, self._files = tar, dict[str, File]()

    def add(self, name: str, path: Path) -> None:
        """Add a file under a name of ours."""
        with path.open("rb") as file:
            hashing, size = _Hashing(file), os.fstat(file.fileno()).st_size
            self._tar.addfile(_entry(name, size), hashing)
        self._files[name] = File(size, hashing.sum.hexdigest())

    def seal(self, manifest: Manifest) -> None:
        """Add the manifest, now that all else is in, and its checksum."""
        whole = Manifest(**{**_fields(manifest), "files": self._files}).as_json()
        for name, data in ((MANIFEST, whole), (SEAL, hashlib.sha256(whole).hexdigest().encode())):
            self._tar.addfile(_entry(name, len(data)), BytesIO(data))


@contextmanager
def writing(file: IO[bytes]) -> Iterator[Writer]:
    """Write an archive into an open file."""
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        yield Writer(tar)


def read_manifest(source: Path) -> Manifest:
    """Return an archive's manifest, without looking at the rest; raise BackupRefused or ArchiveDamaged."""
    with _reading(source) as tar:
        return _manifest(tar)


def unpack(source: Path, folder: Path) -> Manifest:
    """Write every file of an archive into `folder` and compare it with the manifest; raise ArchiveDamaged."""
    (folder / MEDIA).mkdir(parents=True, exist_ok=True)
    with _reading(source) as tar:
        manifest = _manifest(tar)
        found = {entry.name: _unpack(tar, entry, folder) for entry in tar if entry.name not in {MANIFEST, SEAL}}
    wrong = sorted(name for name in found.keys() | manifest.files.keys() if found.get(name) != manifest.files.get(name))
    if wrong:
        raise ArchiveDamaged(f"The archive is damaged: {len(wrong)} of its files are not as written, first {wrong[0]}.")
    return manifest


def _unpack(tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> File:
    if not entry.isreg() or not _NAMES.fullmatch(entry.name):
        raise ArchiveDamaged(f"The archive holds {entry.name!r}, which no backup writes.")
    content = tar.extractfile(entry)
    if content is None:
        raise ArchiveDamaged(f"The archive's {entry.name} cannot be read.")
    checksum, size = hashlib.sha256(), 0
    with content, (folder / entry.name).open("xb") as file:
        while chunk := content.read(_CHUNK):
            file.write(chunk)
            checksum.update(chunk)
            size += len(chunk)
    return File(size, checksum.hexdigest())


def _manifest(tar: tarfile.TarFile) -> Manifest:
    data, seal = (_small(tar, name) for name in (MANIFEST, SEAL))
    if hashlib.sha256(data).hexdigest().encode() != seal:
        raise ArchiveDamaged("The archive's manifest is damaged: its checksum is another.")
    return Manifest.parse(data)


def _small(tar: tarfile.TarFile, name: str) -> bytes:
    try:
        content = tar.extractfile(name)
    except KeyError:
        raise ArchiveDamaged("The archive ends early or is no backup: it has no manifest.") from None
    if content is None:
        raise ArchiveDamaged(f"The archive's {name} is no file.")
    return content.read()


@contextmanager
def _reading(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, mode="r:") as tar:
            yield tar
    except FileExistsError as error:
        raise ArchiveDamaged("The archive holds the same name twice.") from error
    except (tarfile.TarError, EOFError) as error:
        raise ArchiveDamaged(f"The archive is damaged or no backup: {error}.") from error
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise BackupRefused(f"{source} cannot be read: {error.strerror}.") from error


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def _fields(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in manifest.__dataclass_fields__}
