"""Many threads, changing generations, changing prices: every answer is one that a single thread would have given."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from search import (
    Filters,
    LiveColumns,
    Searcher,
    SearchHolder,
    SearchPage,
    SearchRequest,
    Sort,
    WhooshIndex,
)
from search.index import layout
from tests.search.catalogue import catalogue

REQUESTS = [
    SearchRequest(text="olive oil 500ml"),
    SearchRequest(text="aldera running shoes"),
    SearchRequest(text="coffe makr"),
    SearchRequest(text="绿茶"),
    SearchRequest(text="premium lamp", filters=Filters(facets={"brand": ("bruma", "casola")})),
    SearchRequest(filters=Filters(scope={"category": ("food",)}), sort=Sort.PRICE_ASC, page=2),
]


def test_threads_on_a_cold_cache_agree_with_one_thread(tmp_path: Path) -> None:
    WhooshIndex(tmp_path).rebuild(catalogue(300))
    alone = Searcher(WhooshIndex(tmp_path).open())
    expected = [alone.search(request) for request in REQUESTS]
    shared = Searcher(WhooshIndex(tmp_path).open())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(shared.search, REQUESTS * 60))
    assert answers == expected * 60


def test_answers_stay_right_while_generations_switch(tmp_path: Path) -> None:
    writer = WhooshIndex(tmp_path)
    writer.rebuild(catalogue(120))
    expected: dict[str, list[SearchPage]] = {}

    def remember() -> None:
        alone = Searcher(WhooshIndex(tmp_path).open())
        expected[alone.generation.name] = [alone.search(request) for request in REQUESTS]

    remember()
    holder = SearchHolder(WhooshIndex(tmp_path), look_every=0.0)
    done = threading.Event()
    answers: list[tuple[int, SearchPage]] = []

    def ask() -> None:
        turn = 0
        while not done.is_set():
            number = turn % len(REQUESTS)
            answers.append((number, holder.searcher().search(REQUESTS[number])))
            turn += 1

    with ThreadPoolExecutor(6) as pool:
        asking = [pool.submit(ask) for _ in range(6)]
        for step in range(8):
            writer.apply(catalogue(3, 200 + 3 * step), [step + 1])
            remember()
            limit = time.monotonic() + 10
            while holder.searcher().generation.name != layout.read_current(tmp_path) and time.monotonic() < limit:
                time.sleep(0.005)
        done.set()
        for future in asking:
            future.result()
    assert all(page == expected[page.generation][number] for number, page in answers)
    assert len({page.generation for _, page in answers}) >= 5


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
