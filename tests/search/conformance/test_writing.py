"""Generations: a reader sees the old index or the new one, one process writes, and a crash changes nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from search import (
    Document,
    Index,
    IndexBroken,
    IndexMissing,
    IndexProblem,
    Searcher,
    SearchHolder,
    SearchRequest,
    WhooshIndex,
)
from search.postgres import PostgresIndex
from tests.conftest import ROOT
from tests.search.catalogue import catalogue, document
from tests.search.conformance.conftest import NewIndex

QUERIES = ("", "olive oil", "aldera wool socks", "绿茶", "running shoes 500 ml", "sku-00033", "turquoise")


def count(index: Index) -> int:
    return Searcher(index.open()).search(SearchRequest()).total


def test_an_index_that_was_never_built_is_missing(new_index: NewIndex) -> None:
    index = new_index()
    assert index.current() is None
    with pytest.raises(IndexMissing):
        index.open()
    with pytest.raises(IndexMissing):
        index.apply([document(1)])
    with pytest.raises(IndexMissing):
        SearchHolder(index).searcher()
    index.rebuild(catalogue(3))
    assert count(new_index()) == 3


def test_an_empty_index_answers_and_grows(new_index: NewIndex) -> None:
    new_index().rebuild([])
    empty = Searcher(new_index().open())
    assert empty.search(SearchRequest(text="anything")).ids == ()
    assert empty.search(SearchRequest()).total == 0
    assert empty.suggest("any") == ()
    assert empty.find_code("SKU-1") is None
    new_index().upsert([document(1)])
    assert Searcher(new_index().open()).search(SearchRequest(text="SKU-00001")).exact == 1


def test_changes_replace_add_and_remove(new_index: NewIndex) -> None:
    new_index().rebuild(catalogue(20))
    first = new_index().apply([document(1, title="Turquoise teapot"), document(50, title="Turquoise kettle")], [2, 777])
    assert new_index().current() == first
    shop = Searcher(new_index().open())
    assert set(shop.search(SearchRequest(text="turquoise")).ids) == {1, 50}
    assert 2 not in shop.search(SearchRequest(size=100)).ids
    assert shop.search(SearchRequest()).total == 20
    new_index().upsert([document(1, title="Crimson teapot")])
    new_index().delete([50])
    shop = Searcher(new_index().open())
    assert shop.search(SearchRequest(text="turquoise", correct=False)).total == 0
    assert shop.search(SearchRequest(text="crimson")).ids == (1,)
    facets = shop.search(SearchRequest()).facets["category"]
    assert sum(choice.count for choice in facets if choice.value in {"food", "sport", "home"}) == 19
    assert shop.health().segments == 3


def test_many_small_changes_answer_like_one_rebuild(new_index: NewIndex) -> None:
    new_index().rebuild(catalogue(40))
    for first in (41, 61):
        new_index().apply(catalogue(20, first), [first - 20])
    stepwise = Searcher(new_index().open())
    new_index().rebuild([document(number) for number in range(1, 81) if number not in {21, 41}])
    whole = Searcher(new_index().open())
    assert (stepwise.health().segments, whole.health().segments) == (3, 1)
    for text in QUERIES:
        request = SearchRequest(text=text, size=100)
        left, right = stepwise.search(request), whole.search(request)
        assert (left.ids, left.total, left.facets, left.price) == (right.ids, right.total, right.facets, right.price)


def test_a_reader_keeps_what_it_opened(new_index: NewIndex) -> None:
    new_index().rebuild(catalogue(20))
    before = Searcher(new_index().open())
    before.search(SearchRequest(text="olive oil green tea"))
    new_index().apply([document(1, title="Turquoise teapot")], [2])
    assert before.search(SearchRequest()).total == 20
    assert before.search(SearchRequest(text="turquoise", correct=False)).total == 0
    assert before.find_code("SKU-00002") == 2


def test_a_generation_can_be_made_live_again(new_index: NewIndex) -> None:
    before = new_index().rebuild(catalogue(20))
    new_index().apply([document(21)])
    new_index().activate(before)
    assert (new_index().current(), count(new_index())) == (before, 20)
    later = new_index().apply([document(30)])
    assert later != before
    assert count(new_index()) == 21
    with pytest.raises(IndexProblem):
        new_index().activate("000000000000-000099")
    assert new_index().current() == later


def test_numbers_of_generations_never_come_again(new_index: NewIndex) -> None:
    names = [new_index().rebuild(catalogue(2))]
    names += [new_index().upsert([document(number)]) for number in range(3, 8)]
    assert len(set(names)) == len(names)
    assert names == sorted(names)


def test_two_generations_are_kept(new_index: NewIndex) -> None:
    names = [new_index().rebuild(catalogue(5)) for _ in range(4)]
    new_index().activate(names[2])
    with pytest.raises(IndexProblem):
        new_index().activate(names[1])
    assert count(new_index()) == 5


def test_a_build_that_fails_half_way_changes_nothing(new_index: NewIndex) -> None:
    before = new_index().rebuild(catalogue(20))

    def half() -> Iterator[Document]:
        yield from catalogue(5)
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        new_index().rebuild(half())
    with pytest.raises(ValueError, match="given twice"):
        new_index().rebuild([document(1), document(1)])
    with pytest.raises(ValueError, match="given twice"):
        new_index().apply([document(1), document(1)])
    assert (new_index().current(), count(new_index())) == (before, 20)


def test_only_one_writer_at_a_time_and_the_other_changes_nothing(new_index: NewIndex) -> None:
    new_index().rebuild(catalogue(10))

    def interrupted() -> Iterator[Document]:
        yield document(50)
        for write in (lambda: new_index().upsert([document(60)]), lambda: new_index().rebuild(catalogue(3))):
            with pytest.raises(IndexProblem, match="another process"):
                write()
        assert count(new_index()) == 10
        yield document(51)

    new_index().rebuild(interrupted())
    assert count(new_index()) == 2
    new_index().upsert([document(60)])
    assert count(new_index()) == 3


def test_the_holder_follows_new_generations(new_index: NewIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.index.holder.RETRY_AFTER", 0.1)
    holder = SearchHolder(new_index(), look_every=0.0)
    with pytest.raises(IndexMissing):
        holder.searcher()
    new_index().rebuild(catalogue(3))
    assert holder.reload().search(SearchRequest()).total == 3
    name = new_index().upsert([document(4)])
    deadline = time.monotonic() + 10
    while holder.searcher().generation.name != name:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    health = holder.searcher().health()
    assert (health.generation, health.documents, health.segments, health.fallback) == (name, 4, 2, False)
    assert 0 <= health.age_seconds < 60


WRITER = """
import sys, time
from pathlib import Path
from search import WhooshIndex
from tests.search.catalogue import catalogue

def slowly():
    yield from catalogue(500, 1000)
    print("half", flush=True)
    time.sleep(60)

if sys.argv[1] == "whoosh":
    index = WhooshIndex(Path(sys.argv[2]))
else:
    from search.postgres import PostgresIndex, Server
    index = PostgresIndex(Server(sys.argv[3]), Path(sys.argv[2]), sys.argv[4], grace=0)
index.rebuild(slowly())
"""


def test_a_writer_killed_half_way_leaves_the_old_generation_and_no_lock(new_index: NewIndex) -> None:
    index = new_index()
    before = index.rebuild(catalogue(20))
    assert isinstance(index, WhooshIndex | PostgresIndex)
    if isinstance(index, WhooshIndex):
        arguments = ["whoosh", str(index.root)]
    else:
        arguments = ["postgres", str(index.cache.parent), index.server.url, index.key]
    command = [sys.executable, "-c", WRITER, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "half\n"
        with pytest.raises(IndexProblem, match="another process"):
            new_index().upsert([document(21)])
        writer.send_signal(signal.SIGKILL)
    assert (new_index().current(), count(new_index())) == (before, 20)
    deadline = time.monotonic() + 10
    while True:
        try:
            new_index().upsert([document(21)])
            break
        except IndexProblem:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert count(new_index()) == 21


def test_a_generation_of_another_schema_is_not_opened(new_index: NewIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    new_index().rebuild(catalogue(5))
    for module in ("search.index.layout", "search.postgres.manifest", "search.postgres.writing"):
        monkeypatch.setattr(f"{module}.schema_hash", lambda: "0" * 12)
    with pytest.raises(IndexBroken, match="another schema"):
        new_index().open()
    with pytest.raises(IndexBroken):
        new_index().upsert([document(1)])
    assert new_index().rebuild(catalogue(2)).startswith("0" * 12)
    assert count(new_index()) == 2
