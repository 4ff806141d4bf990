"""Closed sets of simulation."""

from __future__ import annotations

from enum import StrEnum

from storefront.kernel.errors import N_


class RunStatus(StrEnum):
    """How far a run is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


ALIVE = frozenset({RunStatus.WAITING, RunStatus.RUNNING})
SILENT = "silent"
"""The error of a run whose worker was gone."""
STATUS_NAMES = {
    RunStatus.WAITING: N_("Waiting"),
    RunStatus.RUNNING: N_("Running"),
    RunStatus.DONE: N_("Done"),
    RunStatus.STOPPED: N_("Stopped"),
    RunStatus.FAILED: N_("Failed"),
}
