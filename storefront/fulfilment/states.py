"""A parcel's life as a table."""

from __future__ import annotations

from enum import StrEnum

from storefront.kernel.states import Transitions


class ParcelState(StrEnum):
    """Where a parcel is."""

    PACKED = "packed"
    UNPACKED = "unpacked"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    LOST = "lost"
    RETURNED = "returned"


class ParcelAction(StrEnum):
    """What can be done to a parcel."""

    UNPACK = "unpack"
    SHIP = "ship"
    CORRECT = "correct"
    """Give it another carrier or tracking number."""
    ARRIVE = "arrive"
    LOSE = "lose"
    COME_BACK = "come_back"
    SEND_AGAIN = "send_again"


TRANSITIONS = Transitions(
    {
        (ParcelState.PACKED, ParcelAction.UNPACK): ParcelState.UNPACKED,
        (ParcelState.PACKED, ParcelAction.SHIP): ParcelState.SHIPPED,
        (ParcelState.SHIPPED, ParcelAction.CORRECT): ParcelState.SHIPPED,
        (ParcelState.SHIPPED, ParcelAction.ARRIVE): ParcelState.DELIVERED,
        (ParcelState.SHIPPED, ParcelAction.LOSE): ParcelState.LOST,
        (ParcelState.SHIPPED, ParcelAction.COME_BACK): ParcelState.RETURNED,
        (ParcelState.LOST, ParcelAction.ARRIVE): ParcelState.DELIVERED,
        (ParcelState.LOST, ParcelAction.COME_BACK): ParcelState.RETURNED,
        (ParcelState.LOST, ParcelAction.SEND_AGAIN): ParcelState.LOST,
        (ParcelState.RETURNED, ParcelAction.SEND_AGAIN): ParcelState.RETURNED,
    }
)
LEFT = frozenset({ParcelState.SHIPPED, ParcelState.DELIVERED, ParcelState.LOST, ParcelState.RETURNED})
"""Its goods have left the house, wherever they are now."""
ASTRAY = frozenset({ParcelState.LOST, ParcelState.RETURNED})
"""It waits for somebody to decide what becomes of it."""


class TrackingStatus(StrEnum):
    """What a carrier's news comes to."""

    NEWS = "news"
    ON_THE_WAY = "on_the_way"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    TROUBLE = "trouble"
    RETURNING = "returning"
    RETURNED = "returned"
