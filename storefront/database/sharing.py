"""Work of many transactions that nobody waits for, beside shoppers who do."""

from __future__ import annotations

import time

from storefront.database.base import db

LONGEST = 0.2
"""Seconds after which others get their turn."""
PAUSE = 0.12
"""Seconds of it: on SQLite, whoever waits for the one writer looks again every tenth of a second."""


class Turns:
    """Call `give` between two transactions: on SQLite, which has one writer at a time, others get in now and then."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def give(self) -> None:
        """Let others write, if it is time."""
        if db.engine.dialect.name == "sqlite" and time.monotonic() - self._since > LONGEST:
            time.sleep(PAUSE)
            self._since = time.monotonic()
