"""The one live recommender of a process: looks for a new version at most once a second and swaps one reference."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from recommend.artifacts import Artefact, ArtefactError, current_version, open_artefact, versions
from recommend.serving import Recommender

log = logging.getLogger(__name__)

RETRY_SECONDS = 60.0


class Holder:
    """Keeps the current artefact of a directory open for any number of threads.

    A version is opened and checked whole before it replaces the one in use; one that is refused changes
    nothing. A request takes `current()` once and works with that object, so it never mixes versions. Nothing
    here raises.
    """

    def __init__(
        self, directory: Path, *, look_every: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.directory = directory
        self.problem: str | None = None
        self._look_every = look_every
        self._clock = clock
        self._looking = threading.Lock()
        self._looked_at = float("-inf")
        self._refused: tuple[str, float] | None = None
        self._held: tuple[Artefact, Recommender] | None = None

    def current(self) -> Recommender | None:
        """Return the recommender in use, or None while there is nothing to serve."""
        held = self._refreshed()
        return held[1] if held else None

    def artefact(self) -> Artefact | None:
        """Return the artefact in use, for its manifest."""
        held = self._refreshed()
        return held[0] if held else None

    def look_again(self) -> None:
        """Look for a new version at the next call, whenever the last look was: for who has just published one."""
        self._looked_at = float("-inf")

    def _refreshed(self) -> tuple[Artefact, Recommender] | None:
        if self._clock() - self._looked_at < self._look_every:
            return self._held
        if not self._looking.acquire(blocking=self._held is None):
            return self._held
        try:
            if self._clock() - self._looked_at >= self._look_every:
                self._look()
                self._looked_at = self._clock()
        finally:
            self._looking.release()
        return self._held

    def _look(self) -> None:
        try:
            name = current_version(self.directory)
        except ArtefactError as error:
            self._report(str(error))
            name = None
        if name is None:
            self._open_any()
        elif self._held is None or self._held[0].manifest.version != name:
            self._try(name)
        else:
            self.problem = None

    def _try(self, name: str) -> None:
        if self._refused and self._refused[0] == name and self._clock() - self._refused[1] < RETRY_SECONDS:
            return
        try:
            self._hold(open_artefact(self.directory / name))
            self.problem, self._refused = None, None
        except ArtefactError as error:
            self._refused = (name, self._clock())
            self._report(str(error))
            self._open_any()

    def _open_any(self) -> None:
        """With nothing in use, the newest older version that is whole is better than nothing."""
        if self._held is not None:
            return
        for name in versions(self.directory):
            try:
                self._hold(open_artefact(self.directory / name))
                return
            except ArtefactError as error:
                self._report(str(error))

    def _hold(self, artefact: Artefact) -> None:
        self._held = (artefact, Recommender(artefact.tables, artefact.manifest.version))
        log.info("Recommendations of version %s are in use", artefact.manifest.version)

    def _report(self, problem: str) -> None:
        if problem != self.problem:
            log.warning("A trained artefact was refused: %s", problem)
        self.problem = problem
