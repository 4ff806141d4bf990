"""Work that no reader waits for: it goes on in a thread of its own while requests are answered."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from flask import Flask, current_app

log = logging.getLogger(__name__)


class Beside:
    """One piece of work of a process. Asked for while it is under way, it is not begun again."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._working = threading.Lock()

    def start(self, work: Callable[[], None]) -> None:
        """Begin the work, in a context of this application; a fault is logged, and the next to ask tries again."""
        if self._working.acquire(blocking=False):
            app = current_app._get_current_object()  # type: ignore[attr-defined]
            thread = threading.Thread(target=self._work, args=(app, work), name=self._name, daemon=True)
            try:
                thread.start()
            except RuntimeError:
                self._working.release()
                log.warning("%s has to wait: the machine lets no thread start", self._name)

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is under way; say whether that is so."""
        if not self._working.acquire(timeout=seconds):
            return False
        self._working.release()
        return True

    def _work(self, app: Flask, work: Callable[[], None]) -> None:
        try:
            with app.app_context():
                work()
        except Exception:
            log.exception("%s could not be done", self._name)
        finally:
            self._working.release()
