"""Indexes in each backend in turn."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from search import Document, Index, Searcher, WhooshIndex
from search.postgres import PostgresIndex, Server
from tests.conftest import POSTGRES
from tests.search.catalogue import catalogue

BACKENDS = ["whoosh", pytest.param("postgres", marks=pytest.mark.postgres)]
NewIndex = Callable[[], Index]


@pytest.fixture(scope="session")
def search_database(worker_id: str) -> Iterator[str]:
    """The address of a PostgreSQL database of this test process, to do with as one likes."""
    with new_database(f"search_test_{worker_id}") as url:
        yield url


@pytest.fixture(scope="session")
def reading_database(worker_id: str) -> Iterator[str]:
    """The address of another one, that only `shop` writes to."""
    with new_database(f"search_read_{worker_id}") as url:
        yield url


@contextmanager
def new_database(prefix: str) -> Iterator[str]:
    """Make a PostgreSQL database, and drop it afterwards."""
    name = f"{prefix}_{os.getpid()}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield POSTGRES.rpartition("/")[0] + f"/{name}"
        server.execute(drop)


def opener(backend: str, request: pytest.FixtureRequest, folder: Path, database: str = "search_database") -> NewIndex:
    """Return what opens the same new store again and again, each time as another process would."""
    if backend == "whoosh":
        return lambda: WhooshIndex(folder / "index")
    url, key = request.getfixturevalue(database), uuid.uuid4().hex
    return lambda: PostgresIndex(Server(url), folder / "index", key, grace=0)


@pytest.fixture(params=BACKENDS)
def new_index(request: pytest.FixtureRequest, tmp_path: Path) -> NewIndex:
    """Opens one empty store."""
    return opener(request.param, request, tmp_path)


@pytest.fixture
def postgres_index(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], PostgresIndex]:
    """Opens one empty store in PostgreSQL."""
    return opener("postgres", request, tmp_path)  # type: ignore[return-value]


@pytest.fixture(scope="session", params=BACKENDS)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, goods: list[Document]) -> Searcher:
    """A searcher over `goods`, written in two steps so that it has segments and replaced documents; read only."""
    index = opener(request.param, request, tmp_path_factory.mktemp("shop"), "reading_database")()
    stale = [Document(id=good.id, title="Stale Olive Tea 绿茶", codes=("STALE-1",)) for good in goods[::7]]
    index.rebuild([*(good for good in goods if good.id % 3), *(one for one in stale if one.id % 3 == 0)])
    index.apply([good for good in goods if good.id % 3 == 0], [777_777])
    return Searcher(index.open())


@pytest.fixture(scope="session")
def goods() -> list[Document]:
    """Three hundred products, and a few that are hard to store."""
    odd = [
        Document(id=5001, title="Rock'n'roll \\ \"quoted\" 'singles' record", codes=("A'B\\C",), price_minor=1),
        Document(id=5002, title="Nul\0 and \x1b control", description="'; DROP TABLE x; -- :A & | ! <->"),
        Document(id=5003, title="word " * 700, description="olive " * 3_000),
        Document(id=5004, title="w" * 5_000, description="汉" * 3_000 + "字典" * 2_000),
        Document(id=5005, title="   "),
        Document(id=5006, title="Iphone 手机壳 透明 note book holder", attributes=("colour red",) * 300),
        Document(id=5007, title="ﷺ" * 40 + "Ünïcödé Straße", brand=None, codes=("", "---")),
        Document(
            id=5008,
            title=" ".join(f"t{n}q" for n in range(1_500)),
            description=" ".join(f"d{n}z" for n in range(2_900)),
        ),
    ]
    return [*catalogue(300), *odd]
