from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from recommend import ArtefactError, Interactions, Items, Tables, open_artefact
from recommend.artifacts import CURRENT, MANIFEST, current_version, rollback, switch, versions
from recommend.gate import train_and_publish
from tests.recommend.conftest import Publish
from tests.recommend.worlds import QUICK, TODAY


def test_what_was_trained_is_what_is_read(publish_one: Publish, tables: Tables, tmp_path: Path) -> None:
    opened = open_artefact(tmp_path / publish_one().version)
    for entry in fields(Tables):
        stored, trained = getattr(opened.tables, entry.name), getattr(tables, entry.name)
        assert stored.dtype == trained.dtype
        assert np.array_equal(stored, trained)
    assert not opened.tables.cart_items.flags.writeable


def test_files_are_plain_arrays_without_pickle(publish_one: Publish, tmp_path: Path) -> None:
    home = tmp_path / publish_one().version
    assert {path.suffix for path in home.iterdir()} == {".npy", ".json"}
    for path in home.glob("*.npy"):
        assert np.load(path, allow_pickle=False).dtype.kind in "ifU"


def test_three_versions_are_kept_and_the_newest_is_current(publish_one: Publish, tmp_path: Path) -> None:
    published = [publish_one(days).version for days in (4, 3, 2, 1)]
    assert current_version(tmp_path) == published[-1]
    assert versions(tmp_path) == published[:0:-1]
    assert not list(tmp_path.glob(".tmp-*"))


def test_the_same_training_twice_in_a_second_makes_two_versions(publish_one: Publish, tmp_path: Path) -> None:
    first, second = publish_one().version, publish_one().version
    assert first != second
    assert current_version(tmp_path) == second


def test_going_back_is_one_switch(publish_one: Publish, tmp_path: Path) -> None:
    old, _ = publish_one(2).version, publish_one(1).version
    switch(tmp_path, old)
    assert current_version(tmp_path) == old


def test_a_rollback_takes_the_newest_older_version_that_is_whole(publish_one: Publish, tmp_path: Path) -> None:
    oldest, damaged, newest = (publish_one(days).version for days in (3, 2, 1))
    flip(tmp_path / damaged / "cart_scores.npy")
    assert rollback(tmp_path) == current_version(tmp_path) == oldest
    with pytest.raises(ArtefactError, match=f"no whole version before {oldest}"):
        rollback(tmp_path)
    assert current_version(tmp_path) == oldest
    switch(tmp_path, newest)
    assert rollback(tmp_path) == oldest


def test_where_nothing_was_trained_there_is_nothing_to_go_back_to(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="no whole version"):
        rollback(tmp_path / "not there yet")


def test_opening_takes_few_milliseconds(publish_one: Publish, tmp_path: Path) -> None:
    home = tmp_path / publish_one().version
    took = []
    for _ in range(7):
        began = time.process_time()
        open_artefact(home)
        took.append(time.process_time() - began)
    assert min(took) < 0.01


def test_a_directory_that_cannot_be_made_is_named(shop: tuple[Interactions, Items], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArtefactError, match="file/models cannot be written"):
        train_and_publish(tmp_path / "file" / "models", *shop, as_of=TODAY, trained_at=TODAY, settings=QUICK)


@pytest.mark.parametrize("files_written", [0, 1, 9, 27])
def test_a_half_written_version_under_its_own_name_is_refused(
    publish_one: Publish, tmp_path: Path, files_written: int
) -> None:
    home = tmp_path / publish_one().version
    for path in sorted(home.iterdir())[files_written:]:
        path.unlink()
    with pytest.raises(ArtefactError, match=home.name):
        open_artefact(home)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-8])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def other_shape(path: Path) -> None:
    np.save(path, np.zeros(3, np.float32))


def hidden_code(path: Path) -> None:
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)


@pytest.mark.parametrize("damage", [truncate, flip, other_shape, hidden_code, Path.unlink])
def test_a_damaged_file_is_refused_by_name(
    publish_one: Publish, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    home = tmp_path / publish_one().version
    damage(home / "cart_scores.npy")
    with pytest.raises(ArtefactError, match="cart_scores"):
        open_artefact(home)


def test_damage_that_hides_behind_an_old_time_is_found_by_a_thorough_look(publish_one: Publish, tmp_path: Path) -> None:
    home = tmp_path / publish_one().version
    target = home / "cart_scores.npy"
    before = target.stat()
    flip(target)
    os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ArtefactError, match="checksum"):
        open_artefact(home, thorough=True)


def test_a_copy_with_other_times_is_read_after_its_checksums(publish_one: Publish, tmp_path: Path) -> None:
    home = tmp_path / publish_one().version
    for path in home.glob("*.npy"):
        os.utime(path, (1, 1))
    assert len(open_artefact(home).tables.item_ids) == 40


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "{",
        "[]",
        "null",
        '{"schema": 99}',
        '{"schema": 2}',
        '{"schema": 1, "files": {}, "window": []}',
        '{"schema": 2, "files": {"x": {}}, "window": []}',
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused(publish_one: Publish, tmp_path: Path, manifest: str) -> None:
    home = tmp_path / publish_one().version
    (home / MANIFEST).write_text(manifest)
    with pytest.raises(ArtefactError, match=home.name):
        open_artefact(home)


def test_a_manifest_that_does_not_match_its_files_is_refused(publish_one: Publish, tmp_path: Path) -> None:
    home = tmp_path / publish_one().version
    content = json.loads((home / MANIFEST).read_text())
    content["files"]["own_items"]["shape"] = [1]
    (home / MANIFEST).write_text(json.dumps(content))
    with pytest.raises(ArtefactError, match="own_items"):
        open_artefact(home)
    del content["files"]["own_items"]
    (home / MANIFEST).write_text(json.dumps(content))
    with pytest.raises(ArtefactError, match="other files"):
        open_artefact(home)


@pytest.mark.parametrize("name", ["", "../elsewhere", "/etc", ".tmp-1"])
def test_a_pointer_that_leads_astray_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / CURRENT).write_text(name)
    with pytest.raises(ArtefactError, match="names no version"):
        current_version(tmp_path)


def test_a_full_disk_leaves_the_current_version_in_place(
    publish_one: Publish, shop: tuple[Interactions, Items], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = publish_one(1).version
    written = 0

    def full(_handle: int) -> None:
        nonlocal written
        written += 1
        if written == 5:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("recommend.artifacts.os.fsync", full)
    with pytest.raises(ArtefactError, match="No space left"):
        train_and_publish(tmp_path, *shop, as_of=TODAY, trained_at=TODAY, settings=QUICK)
    monkeypatch.undo()
    assert current_version(tmp_path) == before
    assert not list(tmp_path.glob(".tmp-*"))


def test_what_a_crash_left_behind_is_swept_by_the_next_training(publish_one: Publish, tmp_path: Path) -> None:
    (tmp_path / ".tmp-crashed").mkdir()
    (tmp_path / ".tmp-crashed" / "item_ids.npy").write_bytes(b"half")
    publish_one()
    assert not list(tmp_path.glob(".tmp-*"))
