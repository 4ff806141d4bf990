"""Closed sets of flash sales."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """Where a session stands."""

    COMING = "coming"
    LIVE = "live"
    OVER = "over"
