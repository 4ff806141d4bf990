"""States of the things of a run."""

from __future__ import annotations

from enum import StrEnum


class ItemState(StrEnum):
    """Where one thing of a run stands."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
