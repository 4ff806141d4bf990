"""Closed sets of requests."""

from __future__ import annotations

from enum import StrEnum


class RequestKind(StrEnum):
    """What is asked for."""

    COPY = "copy"
    DELETION = "deletion"


class RequestState(StrEnum):
    """Where a request is."""

    WAITING = "waiting"
    """A copy is to be made; a deletion can still be called off."""
    RUNNING = "running"
    """The account is closed, and rooms forget one after the other."""
    DONE = "done"
    CALLED_OFF = "called_off"
    EXPIRED = "expired"
    """The copy is gone."""


UNDER_WAY = (RequestState.WAITING, RequestState.RUNNING)
