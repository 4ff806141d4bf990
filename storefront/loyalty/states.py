"""Closed sets of loyalty."""

from __future__ import annotations

from enum import StrEnum


class EntryKind(StrEnum):
    """Why points moved."""

    EARN = "earn"
    """An order was paid; its points wait for the after-sale window to end."""
    RELEASE = "release"
    """The window has ended: pending points can be spent."""
    REDEEM = "redeem"
    """Points paid for a part of an order."""
    GIVE_BACK = "give_back"
    """An order was called off or refunded: points that had paid for it return."""
    REVERSE = "reverse"
    """An order was called off or refunded: points that it had earned go."""
    EXPIRE = "expire"
    ADJUST = "adjust"
    """Staff gave or took points, with a reason."""
