"""Many threads on a cold cache, while generations switch and a build dies: all answer as one thread would."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from search import Document, Filters, Searcher, SearchHolder, SearchPage, SearchRequest, Sort
from tests.search.catalogue import catalogue
from tests.search.conformance.conftest import NewIndex

REQUESTS = [
    SearchRequest(text="olive oil 500ml"),
    SearchRequest(text="aldera running shoes"),
    SearchRequest(text="coffe makr"),
    SearchRequest(text="绿茶"),
    SearchRequest(text="绿茶 premium"),
    SearchRequest(text="SKU-00033"),
    SearchRequest(text="premium lamp", filters=Filters(facets={"brand": ("bruma", "casola")})),
    SearchRequest(filters=Filters(scope={"category": ("food",)}), sort=Sort.PRICE_ASC, page=2),
]


def test_threads_on_a_cold_cache_agree_with_one_thread(new_index: NewIndex) -> None:
    new_index().rebuild(catalogue(300))
    alone = Searcher(new_index().open())
    expected = [alone.search(request) for request in REQUESTS]
    shared = Searcher(new_index().open())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(shared.search, REQUESTS * 40))
    assert answers == expected * 40


@pytest.mark.long
def test_answers_stay_right_while_generations_switch_and_a_build_dies(new_index: NewIndex) -> None:
    new_index().rebuild(catalogue(120))
    expected: dict[str, list[SearchPage]] = {}

    def remember() -> None:
        alone = Searcher(new_index().open())
        expected[alone.generation.name] = [alone.search(request) for request in REQUESTS]

    def dying() -> Iterator[Document]:
        yield from catalogue(50)
        raise RuntimeError("killed")

    remember()
    holder = SearchHolder(new_index(), look_every=0.0)
    done = threading.Event()
    answers: list[tuple[int, SearchPage]] = []

    def ask() -> None:
        turn = 0
        while not done.is_set():
            number = turn % len(REQUESTS)
            answers.append((number, holder.searcher().search(REQUESTS[number])))
            turn += 1

    with ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(ask) for _ in range(8)]
        for step in range(6):
            new_index().apply(catalogue(3, 200 + 3 * step), [step + 1])
            remember()
            if step == 3:
                with pytest.raises(RuntimeError, match="killed"):
                    new_index().rebuild(dying())
            limit = time.monotonic() + 20
            while holder.searcher().generation.name != new_index().current() and time.monotonic() < limit:
                time.sleep(0.005)
        done.set()
        for future in asking:
            future.result()
    assert all(page == expected[page.generation][number] for number, page in answers)
    assert len({page.generation for _, page in answers}) >= 4
