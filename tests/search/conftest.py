"""One index for all tests that only read."""

from __future__ import annotations

import pytest

from search import Document, Searcher
from tests.search.catalogue import catalogue, searcher


@pytest.fixture(scope="session")
def documents() -> list[Document]:
    """Four hundred products."""
    return catalogue(400)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, documents: list[Document]) -> Searcher:
    """A searcher over `documents`; tests must not write to its directory."""
    return searcher(tmp_path_factory.mktemp("shelf"), documents)
