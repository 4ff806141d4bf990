"""The search index of this process: opened on first use, following new generations, with fresh live columns."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from typing import ParamSpec, TypeVar

from flask import current_app

from search import Index, IndexProblem, Searcher, SearchHolder, WhooshIndex
from storefront.config import Config
from storefront.discovery.live import LiveTable, read_whole
from storefront.discovery.synonyms import SynonymTable
from storefront.kernel.clock import now
from storefront.web.beside import Beside

log = logging.getLogger(__name__)

LIVE_FOR = 2.0
_EXTENSION = "search"
_INDEX = "search index"
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class IndexHealth:
    """What an operator wants to know of the index. While it is not `usable`, the shop searches its database."""

    usable: bool
    generation: str
    documents: int
    segments: int
    age_seconds: int | None
    problem: str
    backend: str


class Desk:
    """An index holder and the live columns under it, refreshed at most once in `LIVE_FOR` seconds.

    The whole of a large catalogue is read beside the requests; until it was for the first time, lists go by what the
    index was told of stock and prices when it was written.
    """

    def __init__(self, holder: SearchHolder) -> None:
        self.holder = holder
        self._table = LiveTable()
        self._synonyms = SynonymTable()
        self._refresh_at = 0.0
        self._refreshing = threading.Lock()
        self._beside = Beside("live columns")

    @property
    def is_settled(self) -> bool:
        """Say whether lists go by what the database says."""
        return self._table.is_read

    def searcher(self) -> Searcher:
        """Return the searcher in use. Raises IndexProblem while there is none."""
        self.holder.searcher()
        if time.monotonic() >= self._refresh_at and self._refreshing.acquire(blocking=self._refresh_at == 0.0):
            try:
                if time.monotonic() >= self._refresh_at:
                    self.refresh()
            finally:
                self._refreshing.release()
        return self.holder.searcher()

    def refresh(self) -> None:
        """Read what changed since the last time and put it under the index; teach it synonyms that are new."""
        expected = self.holder.searcher().generation.documents
        live = self._table.update(now(), expected=expected, later=lambda: self._beside.start(self._read_whole))
        if live is not None:
            self.holder.refresh(live)
        synonyms = self._synonyms.update()
        if synonyms is not None:
            self.holder.teach(synonyms)
        self._refresh_at = time.monotonic() + LIVE_FOR

    def _read_whole(self) -> None:
        whole = read_whole(now())
        with self._refreshing:
            self.holder.refresh(self._table.take(whole))


def desk() -> Desk:
    """Return the application's one desk."""
    found = current_app.extensions.get(_EXTENSION)
    if not isinstance(found, Desk):
        found = current_app.extensions.setdefault(_EXTENSION, Desk(SearchHolder(search_index())))
    return found


def search_index() -> Index:
    """Return the index of this shop, in the backend that the environment names."""
    found: Index | None = current_app.extensions.get(_INDEX)
    return found or current_app.extensions.setdefault(_INDEX, _open_index(current_app.config["SHOP"]))


def forget_desk() -> None:
    """Close the desk; the next question opens another."""
    current_app.extensions.pop(_EXTENSION, None)
    current_app.extensions.pop(_INDEX, None)


def find_searcher() -> Searcher | None:
    """Return the searcher in use, or None while there is no usable index."""
    try:
        return desk().searcher()
    except IndexProblem:
        return None


def or_else(instead: Callable[Asked, Answer]) -> Callable[[Callable[Asked, Answer]], Callable[Asked, Answer]]:
    """Let a question be answered by `instead` when the index in use fails while it is asked."""

    def decorate(question: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
        @wraps(question)
        def ask(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
            try:
                return question(*args, **kwargs)
            except IndexProblem as problem:
                log.warning("The search index did not answer: %s", problem)
                return instead(*args, **kwargs)

        return ask

    return decorate


def health() -> IndexHealth:
    """Say which generation is in use and how old it is, or why there is none."""
    backend = current_app.config["SHOP"].search_backend
    try:
        known = desk().holder.searcher().health()
    except IndexProblem as problem:
        return IndexHealth(False, "", 0, 0, None, str(problem), backend)
    said = "the newest generation is damaged, an older one is in use" if known.fallback else _trouble()
    return IndexHealth(True, known.generation, known.documents, known.segments, int(known.age_seconds), said, backend)


def _trouble() -> str:
    """Say why the open index cannot be asked what is new, or nothing."""
    try:
        desk().holder.index.current()
    except IndexProblem as problem:
        return str(problem)
    return ""


def _open_index(config: Config) -> Index:
    """Return the index in its backend; psycopg is imported by those who keep it in PostgreSQL alone."""
    if config.search_backend == "whoosh":
        return WhooshIndex(config.index_dir)
    postgres = import_module("search.postgres")
    index: Index = postgres.PostgresIndex(postgres.Server(config.search_url), config.index_dir, config.search_name)
    return index
