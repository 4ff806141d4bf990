"""The life of an experiment."""

from __future__ import annotations

from enum import StrEnum

from storefront.kernel.states import Transitions


class ExperimentStatus(StrEnum):
    """Where an experiment stands. What has begun is never changed: another version is another experiment."""

    DRAFT = "draft"
    RUNNING = "running"
    STOPPED = "stopped"
    CONCLUDED = "concluded"


class ExperimentAction(StrEnum):
    """What can be done to an experiment."""

    CHANGE = "change"
    DELETE = "delete"
    START = "start"
    RAMP = "ramp"
    STOP = "stop"
    CONCLUDE = "conclude"


S, A = ExperimentStatus, ExperimentAction
TRANSITIONS = Transitions(
    {
        (S.DRAFT, A.CHANGE): S.DRAFT,
        (S.DRAFT, A.DELETE): S.DRAFT,
        (S.DRAFT, A.START): S.RUNNING,
        (S.RUNNING, A.RAMP): S.RUNNING,
        (S.RUNNING, A.STOP): S.STOPPED,
        (S.STOPPED, A.CONCLUDE): S.CONCLUDED,
    }
)


class Watching(StrEnum):
    """How often the figures are looked at: the values of `planning.Watching`, which brings scipy along."""

    ONCE = "once"
    SPENDING = "spending"
    SEQUENCE = "sequence"


WEEK = 7
FEWEST_DAYS = 2 * WEEK
"""Likewise."""


class Conclusion(StrEnum):
    """What the merchant makes of it."""

    SHIP = "ship"
    KEEP = "keep"
    OPEN = "open"
