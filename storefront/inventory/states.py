"""Closed sets of the stock room."""

from __future__ import annotations

from enum import StrEnum


class MovementKind(StrEnum):
    """Why a level changed."""

    RECEIVED = "received"
    RESERVED = "reserved"
    RELEASED = "released"
    ALLOCATED = "allocated"
    SHIPPED = "shipped"
    RETURNED = "returned"
    ADJUSTED = "adjusted"
    TRANSFERRED = "transferred"
