"""Generations on disk: a reader sees a whole, good index or a clear error, whatever happened to the files."""

from __future__ import annotations

import gc
import json
import logging
import os
import shutil
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search import (
    Document,
    IndexBroken,
    IndexMissing,
    IndexProblem,
    Searcher,
    SearchHolder,
    SearchRequest,
    WhooshIndex,
)
from search.index import layout
from search.index.holder import RETRY_AFTER
from tests.search.catalogue import catalogue, document


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A directory with two generations: the first of 20 documents, the live one of 21."""
    writer = WhooshIndex(tmp_path / "index")
    writer.rebuild(catalogue(20))
    writer.upsert([document(21)])
    return writer.root


def live(root: Path) -> Path:
    return root / (layout.read_current(root) or "")


def count(root: Path) -> int:
    return Searcher(WhooshIndex(root).open()).search(SearchRequest()).total


def largest(directory: Path) -> Path:
    return max((path for path in directory.iterdir() if path.suffix == ".pst"), key=lambda path: path.stat().st_size)


def change_one_byte(path: Path) -> None:
    """Alter the file in this generation alone (generations share files by hard links)."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.unlink()
    path.write_bytes(bytes(content))


def truncate(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[: len(content) // 2])


DAMAGE: dict[str, Callable[[Path], object]] = {
    "no manifest": lambda directory: (directory / "manifest.json").unlink(),
    "a truncated manifest": lambda directory: truncate(directory / "manifest.json"),
    "an altered manifest": lambda directory: (directory / "manifest.json").write_text(
        (directory / "manifest.json").read_text().replace('"documents": 21', '"documents": 22')
    ),
    "a manifest that is a list": lambda directory: (directory / "manifest.json").write_text("[]"),
    "a missing segment": lambda directory: largest(directory).unlink(),
    "a truncated segment": lambda directory: truncate(largest(directory)),
    "an altered segment": lambda directory: change_one_byte(largest(directory)),
    "truncated columns": lambda directory: truncate(next(directory.glob("columns-*.bin"))),
    "altered names": lambda directory: change_one_byte(next(directory.glob("columns-*.json"))),
    "no table of contents": lambda directory: next(directory.glob("_MAIN_*.toc")).unlink(),
    "an empty directory": lambda directory: [path.unlink() for path in directory.iterdir()],
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_generation_is_refused_and_the_one_before_serves(
    root: Path, damage: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    damage(live(root))
    with pytest.raises(IndexBroken):
        layout.read_manifest(live(root))
    holder = SearchHolder(WhooshIndex(root))
    with caplog.at_level(logging.WARNING):
        assert holder.searcher().search(SearchRequest()).total == 20
    assert holder.searcher().health().fallback
    assert "not usable" in caplog.text


def test_when_every_generation_is_damaged_the_error_says_so(root: Path) -> None:
    for name in layout.names(root):
        truncate(largest(root / name))
    with pytest.raises(IndexBroken, match="another size"):
        SearchHolder(WhooshIndex(root)).searcher()
    with pytest.raises(IndexBroken):
        WhooshIndex(root).upsert([document(30)])
    WhooshIndex(root).rebuild(catalogue(3))
    assert count(root) == 3


def test_a_missing_directory_is_missing_and_comes_to_life_when_it_is_built(tmp_path: Path) -> None:
    holder = SearchHolder(WhooshIndex(tmp_path / "later"), look_every=0.0)
    with pytest.raises(IndexMissing):
        holder.searcher()
    WhooshIndex(tmp_path / "later").rebuild(catalogue(3))
    assert holder.reload().search(SearchRequest()).total == 3
    WhooshIndex(tmp_path / "later").rebuild(catalogue(5))
    ends = time.monotonic() + RETRY_AFTER / 2
    while holder.searcher().search(SearchRequest()).total != 5:
        assert time.monotonic() < ends, "what failed before the reload still makes everybody wait"
        time.sleep(0.01)


@pytest.mark.parametrize("pointer", ["", "nonsense", "../../etc", "000000000000-000001", "\x00\xff"])
def test_a_damaged_pointer_falls_back_to_the_newest(root: Path, pointer: str) -> None:
    (root / layout.CURRENT).write_text(pointer, encoding="latin-1")
    assert count(root) == 21
    (root / layout.CURRENT).unlink()
    assert count(root) == 21


def test_a_generation_of_another_schema_is_not_opened(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "schema_hash", lambda: "0" * 12)
    with pytest.raises(IndexBroken, match="another schema"):
        WhooshIndex(root).open()
    layout.read_current(root)
    (root / layout.CURRENT).unlink()
    with pytest.raises(IndexMissing):
        WhooshIndex(root).open()
    assert WhooshIndex(root).rebuild(catalogue(2)).startswith("0" * 12)


def test_a_build_that_fails_half_way_changes_nothing(root: Path) -> None:
    before = layout.read_current(root)

    def half() -> Iterator[Document]:
        yield from catalogue(5)
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        WhooshIndex(root).rebuild(half())
    with pytest.raises(ValueError, match="given twice"):
        WhooshIndex(root).rebuild([document(1), document(1)])
    assert layout.read_current(root) == before
    assert not list(root.glob(".building-*"))
    assert count(root) == 21


def test_what_a_killed_build_left_is_swept_by_the_next(root: Path) -> None:
    abandoned = root / ".building-000000000000-000009-1"
    shutil.copytree(live(root), abandoned)
    assert count(root) == 21
    WhooshIndex(root).upsert([document(22)])
    assert not abandoned.exists()


def test_two_generations_are_kept(root: Path) -> None:
    for number in range(30, 34):
        WhooshIndex(root).upsert([document(number)])
    assert len(layout.names(root)) == layout.KEEP
    assert count(root) == 25


def test_only_one_writer_at_a_time(root: Path) -> None:
    with layout.exclusively(root), pytest.raises(IndexProblem, match="another process"):
        WhooshIndex(root).upsert([document(40)])
    WhooshIndex(root).upsert([document(40)])
    assert count(root) == 22


def test_changes_replace_add_and_remove(root: Path) -> None:
    writer = WhooshIndex(root)
    writer.apply([document(1, title="Turquoise teapot"), document(50, title="Turquoise kettle")], [2, 777])
    shop = Searcher(WhooshIndex(root).open())
    assert set(shop.search(SearchRequest(text="turquoise")).ids) == {1, 50}
    assert 2 not in shop.search(SearchRequest(size=100)).ids
    assert shop.search(SearchRequest()).total == 21
    writer.apply([document(1, title="Crimson teapot")])
    writer.delete([50])
    shop = Searcher(WhooshIndex(root).open())
    assert shop.search(SearchRequest(text="turquoise", correct=False)).total == 0
    assert shop.search(SearchRequest(text="crimson")).ids == (1,)
    facets = shop.search(SearchRequest()).facets["category"]
    assert sum(c.count for c in facets if c.value in {"food", "sport", "home"}) == 20


def test_many_small_changes_answer_like_one_rebuild(tmp_path: Path) -> None:
    stepwise, whole = WhooshIndex(tmp_path / "a"), WhooshIndex(tmp_path / "b")
    stepwise.rebuild(catalogue(40))
    for first in (41, 61):
        stepwise.apply(catalogue(20, first), [first - 20])
    kept = [document(number) for number in range(1, 81) if number not in {21, 41}]
    whole.rebuild(kept)
    one, other = (Searcher(WhooshIndex(writer.root).open()) for writer in (stepwise, whole))
    assert one.health().segments == 3
    for text in ("", "olive oil", "aldera wool socks", "绿茶", "running shoes 500 ml"):
        request = SearchRequest(text=text, size=100)
        left, right = one.search(request), other.search(request)
        assert (left.ids, left.total, left.facets, left.price) == (right.ids, right.total, right.facets, right.price)


def test_a_generation_can_be_made_live_again(root: Path) -> None:
    newest, before = layout.names(root)
    WhooshIndex(root).activate(before)
    assert count(root) == 20
    truncate(largest(root / newest))
    with pytest.raises(IndexBroken):
        WhooshIndex(root).activate(newest)
    assert count(root) == 20


def test_a_copied_directory_without_hard_links_works(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: object, target: object) -> None:
        raise OSError("no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    WhooshIndex(root).upsert([document(60)])
    assert count(root) == 22


def test_a_file_is_read_once_by_a_process_and_again_when_it_was_written_to(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout.read_manifest(live(root))
    read: list[Path] = []
    monkeypatch.setattr(layout, "_sealed", read.append)
    layout.read_manifest(live(root))
    assert read == []
    monkeypatch.undo()
    WhooshIndex(root).upsert([document(70)])
    changed = largest(live(root))
    content = bytearray(changed.read_bytes())
    content[-1] ^= 0xFF
    with changed.open("r+b") as file:
        file.write(content)
    with pytest.raises(IndexBroken, match="altered"):
        layout.read_manifest(live(root))


def test_completions_after_small_changes_are_those_of_one_rebuild(tmp_path: Path) -> None:
    stepwise, whole = WhooshIndex(tmp_path / "a"), WhooshIndex(tmp_path / "b")
    stepwise.rebuild(catalogue(40))
    for first in (41, 61):
        stepwise.upsert(catalogue(20, first))
    whole.rebuild(catalogue(80))
    one, other = (Searcher(WhooshIndex(writer.root).open()) for writer in (stepwise, whole))
    for typed in ("a", "al", "aldera ", "c", "coffee", "olive o", "绿", "soft run", "zebra"):
        left, right = one.suggest(typed, 40), other.suggest(typed, 40)
        assert [s for s in left if s.kind != "term"] == [s for s in right if s.kind != "term"]
    assert dict(one.generation.corpus.words.items()) == dict(other.generation.corpus.words.items())


def test_a_word_is_not_meant_when_its_last_document_is_gone(root: Path) -> None:
    writer = WhooshIndex(root)
    writer.upsert([document(80, title="Turquoise teapot")])
    question = SearchRequest(text="turquiose")
    assert Searcher(writer.open()).search(question).corrected_query == "turquoise"
    writer.delete([80])
    assert Searcher(writer.open()).search(question).corrected_query is None


def test_health_tells_name_size_and_age(root: Path) -> None:
    health = SearchHolder(WhooshIndex(root)).searcher().health()
    assert health.generation == layout.read_current(root)
    assert (health.documents, health.segments, health.fallback) == (21, 2, False)
    assert 0 <= health.age_seconds < 60
    manifest = json.loads((live(root) / "manifest.json").read_text())
    assert manifest["manifest"]["documents"] == 21


def test_a_replaced_generation_is_closed_at_once(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    index.rebuild(catalogue(30))
    holder = SearchHolder(index)
    gc.disable()
    try:
        for text in ("olive oil", "oilve", "lamp", "aldera"):
            holder.searcher().search(SearchRequest(text=text))
            holder.searcher().suggest(text)
        old = weakref.ref(holder.searcher().generation)
        index.upsert(catalogue(1, 40))
        holder.reload()
        assert old() is None
    finally:
        gc.enable()


def test_what_a_revision_writes_is_read_while_nobody_else_may_write(root: Path) -> None:
    index = WhooshIndex(root)

    def read() -> tuple[list[Document], tuple[int, ...]]:
        with pytest.raises(IndexProblem):
            WhooshIndex(root).upsert(catalogue(1, 90))
        return catalogue(1, 80), (1,)

    before = count(root)
    index.revise(read)
    assert count(root) == before
    assert Searcher(index.open()).search(SearchRequest(text="SKU-00080")).exact == 80


def test_a_revision_that_cannot_be_read_changes_nothing(root: Path) -> None:
    before = layout.read_current(root)

    def read() -> tuple[list[Document], tuple[int, ...]]:
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError):
        WhooshIndex(root).revise(read)
    assert layout.read_current(root) == before
    WhooshIndex(root).upsert(catalogue(1, 90))
