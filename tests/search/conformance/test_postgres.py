"""What can go wrong with PostgreSQL alone: server away, tables gone, a node's cache damaged, neighbours."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import Document, IndexBroken, IndexMissing, IndexProblem, Searcher, SearchHolder, SearchRequest
from search.postgres import PostgresIndex, Server, connecting, files, tables
from search.postgres.lexemes import KINDS, NAMED, SAID, SHARED, Kind, key_of, quoted, said_of_counts, vectors
from search.schema import FIELDS, NAMING
from tests.search.catalogue import catalogue, document

pytestmark = pytest.mark.postgres
NewPostgres = Callable[[], PostgresIndex]


@pytest.fixture
def index(postgres_index: NewPostgres) -> PostgresIndex:
    """An index of 20 documents, and a generation of 21 over it."""
    index = postgres_index()
    index.rebuild(catalogue(20))
    index.upsert([document(21)])
    return index


@pytest.fixture
def administrator(search_database: str) -> Any:
    """Somebody who does with the tables as they please."""
    with psycopg.connect(search_database, autocommit=True) as connection:
        yield connection


def as_another_process(index: PostgresIndex) -> PostgresIndex:
    """Return the same index as a process sees it that has asked nothing yet."""
    return PostgresIndex(Server(index.server.url), index.cache.parent, index.key, grace=0)


def count(index: PostgresIndex) -> int:
    return Searcher(index.open()).search(SearchRequest()).total


def directories(index: PostgresIndex) -> list[Path]:
    return sorted(path for path in index.cache.iterdir() if path.is_dir())


def tables_of(administrator: psycopg.Connection[Any], index: PostgresIndex) -> set[str]:
    rows = administrator.execute("SELECT id FROM search_index.segment WHERE index = %s", [index.key])
    return {f"document_{number}" for (number,) in rows}


def every_table(administrator: psycopg.Connection[Any]) -> set[str]:
    rows = administrator.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'search_index'")
    return {name for (name,) in rows if name.startswith("document_")}


def terminate_others(administrator: psycopg.Connection[Any]) -> None:
    administrator.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


# What the vectors say


def test_every_field_has_a_weight_of_its_own_and_naming_ones_do_not_mix_with_the_others() -> None:
    assert sorted([*NAMED.fields, *SAID.fields, *SHARED]) == sorted(FIELDS)
    assert {*NAMED.fields, *SHARED} == NAMING
    assert all(len(kind.fields) == len(kind.most) == len(kind.ranks) <= 4 for kind in KINDS)
    assert all(list(kind.ranks) == sorted(kind.ranks, reverse=True) for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=["named", "said"])
def test_all_counts_are_read_back_from_a_vector_exactly(search_database: str, kind: Kind) -> None:
    every = list(itertools.product(*(range(most + 1) for most in kind.most)))[1:]
    words = {f"w{number}{kind.suffix}": list(counts) for number, counts in enumerate(every)}
    [vector] = vectors(words)
    with psycopg.connect(search_database) as connection:
        rows = connection.execute(
            "SELECT ts_rank(%s::float4[], v, q::tsquery) FROM unnest(%s::text[]) q, (SELECT %s::tsvector AS v) AS made",
            [kind.weights, [quoted(word) for word in words], vector],
        ).fetchall()
    read = kind.counts(np.array(rows, np.float32)[:, 0])
    assert read.T.tolist() == [list(counts) for counts in every]
    assert kind.counts(np.zeros(1, np.float32)).T.tolist() == [[0] * len(kind.fields)]
    assert float(np.diff(np.unique(said_of_counts(kind)[0])).min()) > 1e-6


def test_what_occurs_more_often_than_is_kept_counts_as_the_most(search_database: str) -> None:
    [vector] = vectors({"w": [9, 90, 6, 1000]})
    with psycopg.connect(search_database) as connection:
        row = connection.execute(
            "SELECT ts_rank(%s::float4[], %s::tsvector, 'w'), %s::tsvector = %s::tsvector",
            [NAMED.weights, vector, vector, vectors({"w": list(NAMED.most)})[0]],
        ).fetchone()
    assert row is not None
    assert row[1]
    assert NAMED.counts(np.array(row[:1], np.float32)).T.tolist() == [list(NAMED.most)]


@given(st.text(max_size=30) | st.text(min_size=1).map(lambda text: text * 900))
@settings(max_examples=60, deadline=None)
def test_any_token_is_a_lexeme_that_is_found_again(search_database: str, token: str) -> None:
    key = key_of(token)
    if key is None:
        assert not token or "\0" in token or not token.isprintable()
        return
    with psycopg.connect(search_database) as connection:
        found = connection.execute(
            "SELECT %s::tsvector @@ %s::tsquery", [vectors({key: [1, 0, 0, 0], "other": [1, 0, 0, 0]})[0], quoted(key)]
        ).fetchone()
    assert found == (True,)
    assert len(key.encode()) <= 2046


def test_a_document_of_too_many_words_takes_several_rows(
    postgres_index: NewPostgres, administrator: psycopg.Connection[Any]
) -> None:
    chance = random.Random(1)
    texts = tuple("".join(chr(chance.randrange(0x4E00, 0x9F00)) for _ in range(9_000)) for _ in range(12))
    index = postgres_index()
    index.rebuild([Document(id=1, title="Dictionary", attributes=texts), document(2)])
    [table] = tables_of(administrator, index)
    rows = administrator.execute(f"SELECT number, part FROM search_index.{table} ORDER BY 1, 2").fetchall()
    assert rows[-1] == (1, 0)
    assert [row for row in rows if row[0] == 0] == [(0, part) for part in range(len(rows) - 1)]
    assert len(rows) > 3
    shop = Searcher(index.open())
    for text in texts[::3]:
        assert shop.search(SearchRequest(text=text[4000:4003])).ids == (1,)
    assert shop.search(SearchRequest(text="dictionary")).ids == (1,)


# One database, several shops and nodes


def test_indexes_in_one_database_do_not_meet(postgres_index: NewPostgres, index: PostgresIndex) -> None:
    other = PostgresIndex(index.server, index.cache.parent, f"{index.key}-other", grace=0)
    with pytest.raises(IndexMissing):
        other.open()

    def stream() -> Any:
        yield document(1, title="Turquoise teapot")
        index.upsert([document(22)])

    other.rebuild(stream())
    assert (count(index), count(other)) == (22, 1)
    other.rebuild(catalogue(3))
    other.rebuild(catalogue(4))
    assert (count(index), count(other)) == (22, 4)


def test_another_node_needs_the_database_alone(index: PostgresIndex, tmp_path: Path) -> None:
    node = PostgresIndex(Server(index.server.url), tmp_path / "another", index.key, grace=0)
    assert node.current() == index.current()
    request = SearchRequest(text="aldera olive oil 绿茶")
    assert Searcher(node.open()).search(request) == Searcher(index.open()).search(request)
    node.upsert([document(30)])
    assert count(index) == 22


def test_a_node_fetches_only_files_it_has_not_got(index: PostgresIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    before = directories(index)[-1]
    index.open()
    fetched: list[str] = []
    download = files._download

    def watched(fetch: Any, segment: int, file: str, seal: Any) -> bytes:
        fetched.append(file)
        return download(fetch, segment, file, seal)

    monkeypatch.setattr(files, "_download", watched)
    node = PostgresIndex(Server(index.server.url), index.cache.parent, index.key, grace=0)
    node.upsert([document(30)])
    node.open()
    assert fetched == []
    shared = [path.name for path in before.iterdir() if (directories(index)[-1] / path.name).samefile(path)]
    assert shared == [path.name for path in before.iterdir()]


def test_old_directories_and_half_unpacked_ones_are_swept(index: PostgresIndex) -> None:
    for name, age in (("old", 10_000), ("new", 0)):
        (index.cache / f".unpacking-{name}").mkdir()
        os.utime(index.cache / f".unpacking-{name}", times=(time.time() - age,) * 2)
    later = index.cache / f"{'0' * 12}-999999"
    later.mkdir()
    for number in range(30, 34):
        index.upsert([document(number)])
    left = {path.name for path in directories(index)}
    assert left >= {index.current(), ".unpacking-new", later.name}, "a writer may be about to finish that one"
    assert len(left) == 4


# Damage


def _truncate(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[: len(content) // 2])


def _alter(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.unlink()
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("damage", [Path.unlink, _truncate, _alter], ids=["missing", "truncated", "altered"])
def test_a_damaged_cache_is_fetched_again(index: PostgresIndex, damage: Callable[[Path], None]) -> None:
    expected = Searcher(index.open()).search(SearchRequest(text="olive oil"))
    for directory in directories(index):
        for path in sorted(directory.iterdir()):
            damage(path)
    assert Searcher(index.open()).search(SearchRequest(text="olive oil")) == expected


def test_the_cache_may_vanish_at_any_time(index: PostgresIndex) -> None:
    shop = Searcher(index.open())
    shutil.rmtree(index.cache)
    assert shop.search(SearchRequest(text="olive oil")).total > 0
    assert count(index) == 21
    shutil.rmtree(index.cache)
    index.upsert([document(22)])
    assert count(index) == 22


def test_files_altered_in_the_database_are_refused(
    index: PostgresIndex, administrator: psycopg.Connection[Any]
) -> None:
    newest = index.open().manifest.segments[-1].id
    administrator.execute(
        "UPDATE search_index.column_file SET content = set_byte(content, 5, 1 + get_byte(content, 5) %% 250)"
        " WHERE segment = %s",
        [newest],
    )
    shutil.rmtree(index.cache)
    holder = SearchHolder(index)
    assert holder.searcher().search(SearchRequest()).total == 20, "the generation before serves"
    assert holder.searcher().health().fallback


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE search_index.generation SET manifest = replace(manifest, '\"documents\": 21', '\"documents\": 20')",
        "UPDATE search_index.generation SET manifest = '[]'",
        "UPDATE search_index.generation SET manifest = left(manifest, 100)",
    ],
)
def test_an_altered_manifest_is_refused(
    index: PostgresIndex, administrator: psycopg.Connection[Any], statement: str
) -> None:
    live = index.current()
    administrator.execute(f"{statement} WHERE index = %s AND name = %s", [index.key, live])
    assert count(index) == 20
    administrator.execute(f"{statement} WHERE index = %s", [index.key])
    administrator.execute("UPDATE search_index.generation SET manifest = 'x' WHERE index = %s", [index.key])
    with pytest.raises(IndexBroken):
        index.open()
    with pytest.raises(IndexBroken):
        index.upsert([document(30)])
    index.rebuild(catalogue(3))
    assert count(index) == 3


@pytest.mark.parametrize("statement", ["DROP TABLE search_index.{}", "DELETE FROM search_index.{} WHERE number = 3"])
def test_a_damaged_segment_is_broken_and_a_rebuild_mends_it(
    index: PostgresIndex, administrator: psycopg.Connection[Any], statement: str
) -> None:
    shop = Searcher(index.open())
    largest = f"document_{index.open().manifest.segments[0].id}"
    administrator.execute(statement.format(largest))
    with pytest.raises(IndexBroken):
        index.open()
    if statement.startswith("DROP"):
        with pytest.raises(IndexProblem):
            shop.search(SearchRequest(text="olive"))
    index.rebuild(catalogue(5))
    assert count(index) == 5


def test_without_the_namespace_there_is_no_index_and_a_rebuild_makes_it(
    index: PostgresIndex, administrator: psycopg.Connection[Any], tmp_path: Path
) -> None:
    Searcher(index.open()).search(SearchRequest(text="olive oil green tea wool socks desk lamp"))
    administrator.execute("DROP SCHEMA search_index CASCADE")
    assert index.current() is None
    with pytest.raises(IndexMissing, match="no search index"):
        index.open()
    index.rebuild(catalogue(4, 100))
    fresh = PostgresIndex(Server(index.server.url), tmp_path / "another", index.key)
    for text in ("olive oil", "green tea", "wool socks", "desk lamp"):
        request = SearchRequest(text=text)
        assert Searcher(index.open()).search(request) == Searcher(fresh.open()).search(request)
    assert count(index) == 4


# Writing


def test_a_write_leaves_nothing_that_no_generation_lists(
    index: PostgresIndex, administrator: psycopg.Connection[Any]
) -> None:
    def half() -> Any:
        yield document(1)
        raise RuntimeError("away")

    before = every_table(administrator)
    with pytest.raises(RuntimeError):
        index.rebuild(half())
    assert every_table(administrator) == before
    index.delete([1])
    assert every_table(administrator) == before, "a deletion needs no segment"
    index.rebuild(catalogue(3))
    index.rebuild(catalogue(3))
    assert len(tables_of(administrator, index)) == 2
    assert tables_of(administrator, index) <= every_table(administrator)
    assert index.current() in {path.name for path in directories(index)}


def test_a_generation_stays_a_while_for_those_who_have_it_open(index: PostgresIndex) -> None:
    index.grace = 60.0
    shop = Searcher(as_another_process(index).open())
    for _ in range(3):
        index.rebuild(catalogue(3))
    assert shop.search(SearchRequest(text="olive oil", size=100)).total > 0
    index.grace = 0.0
    index.rebuild(catalogue(3))
    with pytest.raises(IndexProblem):
        shop.search(SearchRequest(text="running shoes"))
    assert count(index) == 3


def test_a_backup_that_holds_the_tables_delays_the_sweeping_alone(
    index: PostgresIndex, administrator: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "LOCK_SECONDS", 1)
    old = index.open().manifest.segments[0].id
    with administrator.transaction():
        administrator.execute(f"LOCK TABLE search_index.document_{old} IN ACCESS SHARE MODE")
        for _ in range(3):
            index.rebuild(catalogue(3))
        assert count(index) == 3
    assert f"document_{old}" in every_table(administrator)
    index.rebuild(catalogue(4))
    assert f"document_{old}" not in every_table(administrator)


# The server


def test_a_server_that_restarts_is_asked_again(index: PostgresIndex, administrator: psycopg.Connection[Any]) -> None:
    shop = Searcher(index.open())
    for text in ("olive oil", "green tea", "wool socks"):
        terminate_others(administrator)
        assert shop.search(SearchRequest(text=text)).total > 0
    terminate_others(administrator)
    assert index.current() == shop.generation.name
    terminate_others(administrator)
    index.upsert([document(30)])


def test_without_its_server_what_was_asked_before_is_answered_and_the_rest_is_a_problem(index: PostgresIndex) -> None:
    index = as_another_process(index)
    holder = SearchHolder(index, look_every=0.0)
    holder.searcher().search(SearchRequest(text="olive oil"))
    index.server.close()
    index.server.url = "postgresql://nobody@127.0.0.1:9/nothing"
    assert holder.searcher().search(SearchRequest(text="olive oil")).total > 0
    assert holder.searcher().search(SearchRequest(text="xyzzy")).total == 0, "what no document has needs no question"
    with pytest.raises(IndexProblem, match="does not answer"):
        holder.searcher().search(SearchRequest(text="green tea"))
    with pytest.raises(IndexProblem, match="does not answer"):
        index.upsert([document(30)])
    with pytest.raises(IndexProblem, match="does not answer"):
        index.open()


def test_a_server_that_is_away_is_left_alone_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []

    def refuse(url: str, **options: object) -> None:
        tries.append(url)
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(psycopg, "connect", refuse)
    monkeypatch.setattr(connecting, "PAUSE", 0.2)
    server = Server("postgresql://nobody@127.0.0.1:9/nothing")
    for _ in range(5):
        with pytest.raises(IndexProblem, match="refused"):
            server.fetch("SELECT 1")
    assert len(tries) == 1
    time.sleep(0.25)
    with pytest.raises(IndexProblem):
        server.fetch("SELECT 1")
    assert len(tries) == 2


def test_a_slow_question_is_given_up(search_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "STATEMENT_SECONDS", 1)
    server = Server(search_database)
    with pytest.raises(IndexProblem, match="longer than 1 seconds"):
        server.fetch("SELECT pg_sleep(20)")
    assert server.fetch("SELECT 1") == [(1,)]


def test_who_may_not_make_the_namespace_is_told_so(
    search_database: str, administrator: psycopg.Connection[Any]
) -> None:
    administrator.execute("DROP SCHEMA IF EXISTS search_index CASCADE")
    administrator.execute("DROP ROLE IF EXISTS search_guest")
    administrator.execute("CREATE ROLE search_guest LOGIN")
    try:
        server = Server(search_database.replace("//postgres@", "//search_guest@"))
        with pytest.raises(IndexProblem, match="does not let this user"), server.writing() as connection:
            tables.set_up(connection)
    finally:
        server.close()
        administrator.execute("DROP ROLE search_guest")


def test_a_change_makes_only_its_own_segment_be_asked(index: PostgresIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    index = as_another_process(index)
    asked: list[tuple[int, ...]] = []
    read = tables.read_postings

    def watched(segments: tuple[int, ...]) -> bytes:
        asked.append(segments)
        return read(segments)

    monkeypatch.setattr(tables, "read_postings", watched)
    request = SearchRequest(text="olive oil green tea")
    Searcher(index.open()).search(request)
    assert [len(segments) for segments in asked] == [2]
    asked.clear()
    index.upsert([document(30, title="Olive oil and green tea")])
    asked.clear()
    generation = index.open()
    assert Searcher(generation).search(request).ids[0] == 30
    assert set(asked) <= {(generation.manifest.segments[-1].id,)}


def test_a_warm_search_asks_the_server_nothing_and_a_cold_one_little(
    index: PostgresIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    fetch = Server.fetch

    def watched(self: Server, query: Any, parameters: Sequence[object] = (), *, binary: bool = False) -> Any:
        asked.append(query)
        return fetch(self, query, parameters, binary=binary)

    monkeypatch.setattr(Server, "fetch", watched)
    shop = Searcher(index.open())
    request = SearchRequest(text="aldera olive oil 500ml 绿茶 qwertyuiop")
    asked.clear()
    shop.search(request)
    assert len(asked) == 1
    asked.clear()
    shop.search(request)
    shop.suggest("olive o")
    shop.explain(request, 1)
    assert asked == []
