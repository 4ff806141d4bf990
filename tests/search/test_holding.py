"""How a searcher holds on to Whoosh's generations; what many threads are answered is in `conformance/test_threads`."""

from __future__ import annotations

from pathlib import Path

import pytest

from search import LiveColumns, SearchHolder, SearchRequest, Sort, WhooshIndex
from search.index import layout
from tests.search.catalogue import catalogue


def test_live_columns_survive_a_change_of_generation(tmp_path: Path) -> None:
    writer = WhooshIndex(tmp_path)
    writer.rebuild(catalogue(10))
    holder = SearchHolder(WhooshIndex(tmp_path))
    assert holder.searcher().search(SearchRequest()).total == 10
    holder.refresh(LiveColumns.of((n, n, True, False, 0.0, 0, 0.0) for n in range(3, 20)))
    assert holder.searcher().search(SearchRequest()).total == 8
    writer.upsert(catalogue(2, 11))
    assert holder.reload().search(SearchRequest(sort=Sort.PRICE_ASC)).ids == tuple(range(3, 13))


def test_the_pointer_is_read_at_most_once_in_the_interval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    WhooshIndex(tmp_path).rebuild(catalogue(3))
    holder = SearchHolder(WhooshIndex(tmp_path), look_every=30.0)
    holder.searcher()
    looks: list[Path] = []
    monkeypatch.setattr(layout, "read_current", looks.append)
    for _ in range(50):
        holder.searcher()
    assert looks == []


def test_a_generation_that_breaks_later_leaves_the_old_one_in_use(tmp_path: Path) -> None:
    writer = WhooshIndex(tmp_path)
    writer.rebuild(catalogue(4))
    holder = SearchHolder(WhooshIndex(tmp_path))
    first = holder.searcher().generation.name
    for name in (first, writer.upsert(catalogue(1, 9))):
        (tmp_path / name / "manifest.json").write_text("{}")
    assert holder.reload().generation.name == first
    assert holder.searcher().search(SearchRequest(text="oil")).generation == first
