"""The file that a backup is: what is damaged or forged is refused, and nothing is written elsewhere."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from storefront.operations import archive
from storefront.operations.archive import Manifest
from storefront.operations.errors import ArchiveDamaged, BackupRefused

PICTURE = f"media/{'a1' * 16}-320.webp"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """An archive with a database and a picture."""
    for name, data in (("db", b"rows" * 1000), ("picture", b"pixels" * 1000)):
        (tmp_path / name).write_bytes(data)
    with (tmp_path / "made.tar").open("xb") as file, archive.writing(file) as writer:
        writer.add("database.sqlite.gz", tmp_path / "db")
        writer.add(PICTURE, tmp_path / "picture")
        writer.seal(Manifest("2026-11-29", "1", "0001", "sqlite", 4000, {"order": 2}))
    return tmp_path / "made.tar"


def test_what_was_put_in_comes_out(made: Path, tmp_path: Path) -> None:
    manifest = archive.unpack(made, tmp_path / "out")
    assert (tmp_path / "out" / PICTURE).read_bytes() == b"pixels" * 1000
    assert (manifest.revision, manifest.counts, manifest.media_bytes) == ("0001", {"order": 2}, 6000)


def _rewritten(made: Path, change: Callable[[tarfile.TarFile, tarfile.TarInfo, bytes], None]) -> None:
    with tarfile.open(made) as old:
        entries = [(entry, old.extractfile(entry).read()) for entry in old]  # type: ignore[union-attr]
    with tarfile.open(made, "w") as new:
        for entry, data in entries:
            change(new, entry, data)


def _flipped(made: Path) -> None:
    data = bytearray(made.read_bytes())
    data[data.index(b"pixels") + 100] ^= 1
    made.write_bytes(data)


def _cut(made: Path) -> None:
    made.write_bytes(made.read_bytes()[:5000])


def _edited(made: Path) -> None:
    made.write_bytes(made.read_bytes().replace(b'"order": 2', b'"order": 3'))


def _without_picture(made: Path) -> None:
    _rewritten(made, lambda new, entry, data: new.addfile(entry, io.BytesIO(data)) if entry.name != PICTURE else None)


def _twice(made: Path) -> None:
    def again(new: tarfile.TarFile, entry: tarfile.TarInfo, data: bytes) -> None:
        for _ in range(2 if entry.name == PICTURE else 1):
            new.addfile(entry, io.BytesIO(data))

    _rewritten(made, again)


def _escaping(name: str, kind: bytes = tarfile.REGTYPE) -> Callable[[Path], None]:
    def escape(made: Path) -> None:
        def renamed(new: tarfile.TarFile, entry: tarfile.TarInfo, data: bytes) -> None:
            if entry.name == PICTURE:
                entry.name, entry.type, entry.linkname = name, kind, "/etc/passwd"
                entry.size = entry.size if kind == tarfile.REGTYPE else 0
            new.addfile(entry, io.BytesIO(data[: entry.size]))

        _rewritten(made, renamed)

    return escape


@pytest.mark.parametrize(
    "harm",
    [
        *(_flipped, _cut, _edited, _without_picture, _twice, lambda made: made.write_bytes(b"no archive at all" * 99)),
        *(_escaping("../evil.webp"), _escaping("/tmp/evil.webp"), _escaping("media/../../evil.webp")),
        *(_escaping(PICTURE, tarfile.SYMTYPE), _escaping(PICTURE, tarfile.LNKTYPE), _escaping("media/evil.sh")),
    ],
)
def test_what_is_damaged_or_forged_is_refused_and_writes_nowhere_else(
    made: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    harm(made)
    before = set(tmp_path.iterdir())
    with pytest.raises(ArchiveDamaged):
        archive.unpack(made, tmp_path / "out")
    assert set(tmp_path.iterdir()) - before <= {tmp_path / "out"}
    assert not Path("/tmp/evil.webp").exists()


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="cannot be read"):
        archive.read_manifest(tmp_path / "nothing.tar")
