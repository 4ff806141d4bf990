"""The index at hand: one reference to an immutable `Searcher`, replaced when CURRENT names another generation."""

from __future__ import annotations

import logging
import threading
import time

from search.documents import IndexMissing, IndexProblem, LiveColumns
from search.index.generation import Index
from search.index.searcher import Searcher
from search.synonyms import NO_SYNONYMS, Synonyms

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
RETRY_AFTER = 10.0


class SearchHolder:
    """Keeps the newest good generation of an index open, for all threads of a process.

    `searcher()` looks at CURRENT at most once in `look_every` seconds. The first generation is opened by the caller
    that needs it; a later one is opened in a background thread while the old one keeps answering. One that cannot be
    opened is left alone for `RETRY_AFTER` seconds.
    """

    def __init__(self, index: Index, look_every: float = LOOK_EVERY) -> None:
        self.index = index
        self._look_every = look_every
        self._searcher: Searcher | None = None
        self._live: LiveColumns | None = None
        self._synonyms = NO_SYNONYMS
        self._problem: IndexProblem | None = None
        self._seen: str | None = None
        self._look_at = 0.0
        self._opening = threading.Lock()
        self._swapping = threading.Lock()

    def searcher(self) -> Searcher:
        """Return the searcher in use.

        Raises IndexMissing or IndexBroken when no generation can be opened, and none has been open before.
        """
        moment = time.monotonic()
        if moment >= self._look_at:
            self._look_at = moment + self._look_every
            if self._searcher is None or self._is_outdated():
                self._reopen_soon()
        searcher = self._searcher
        if searcher is None:
            with self._opening:
                if self._searcher is None and self._problem is None:
                    self._open()
                searcher = self._searcher
        if searcher is None:
            raise self._problem or IndexMissing("there is no search index")
        return searcher

    def refresh(self, live: LiveColumns) -> None:
        """Put other live columns under this and every later generation."""
        with self._swapping:
            self._live = live
            if self._searcher is not None:
                self._searcher = self._searcher.refresh(live)

    def teach(self, synonyms: Synonyms) -> None:
        """Use other synonyms with this and every later generation."""
        with self._swapping:
            self._synonyms = synonyms
            if self._searcher is not None:
                self._searcher = self._searcher.teach(synonyms)

    def reload(self) -> Searcher:
        """Open what CURRENT names now, in this thread; return the searcher in use."""
        with self._opening:
            self._open()
        return self.searcher()

    def _is_outdated(self) -> bool:
        """Say whether another generation is live; while nobody knows, what is open goes on."""
        try:
            return self.index.current() != self._seen
        except IndexProblem as problem:
            log.warning("The search index cannot be looked at: %s", problem)
            return False

    def _reopen_soon(self) -> None:
        if self._searcher is None:
            self._problem = None
        elif self._opening.acquire(blocking=False):
            thread = threading.Thread(target=self._open_and_release, name="search-index", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                self._opening.release()
                log.warning("The newer search index waits: the machine lets no thread start")

    def _open_and_release(self) -> None:
        try:
            self._open()
        finally:
            self._opening.release()

    def _open(self) -> None:
        """Open the newest good generation and swap it in. The caller holds `_opening`."""
        try:
            named = self.index.current()
            generation = self.index.open()
        except IndexProblem as problem:
            log.warning("No search index could be opened: %s", problem)
            self._problem = problem
            self._look_at = time.monotonic() + RETRY_AFTER
            return
        with self._swapping:
            self._searcher = Searcher(generation, self._live, self._synonyms, fallback=generation.name != named)
            self._seen, self._problem = named, None
        self._look_at = time.monotonic() + self._look_every  # an earlier failure no longer makes anybody wait
