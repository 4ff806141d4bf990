"""Where an import stands, what a row would do, and what became of it."""

from __future__ import annotations

from enum import StrEnum

from storefront.kernel.errors import N_


class ImportState(StrEnum):
    """Where an import stands."""

    MAPPING = "mapping"
    """Its columns have no meaning yet."""
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"
    """The file could not be read to its end."""


class Verdict(StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    BAD = "bad"


class RowState(StrEnum):
    """What became of a row."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


OPEN = (ImportState.CHECKING, ImportState.RUNNING)
"""Somebody works on it."""
STATE_WORDS = {
    ImportState.MAPPING: N_("Columns are to be chosen"),
    ImportState.CHECKING: N_("Being checked"),
    ImportState.CHECKED: N_("Checked, not imported yet"),
    ImportState.RUNNING: N_("Being imported"),
    ImportState.FINISHED: N_("Imported"),
    ImportState.CANCELLED: N_("Stopped"),
    ImportState.FAILED: N_("Could not be read"),
}
