"""Pure: what somebody wants of an order, and what a change means for its money."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from storefront.accounts.rules import PostalAddress
from storefront.orders.states import FulfillmentStatus, OrderStatus


@dataclass(frozen=True, slots=True)
class Wish:
    """What an order shall be: `quantities` by line, `added` by SKU, and where and how it goes."""

    address: PostalAddress
    method: str
    quantities: Mapping[int, int]
    added: Mapping[str, int] = field(default_factory=dict)
    at_todays_prices: bool = False

    def __post_init__(self) -> None:
        if any(units < 0 for units in (*self.quantities.values(), *self.added.values())):
            raise ValueError("nobody orders less than nothing")


class Changeable(Protocol):
    """What of an order says whether it can change at all."""

    status: str
    fulfillment_status: str


def may_change(order: Changeable) -> bool:
    """Say whether an order lives, and nothing of it has left; a parcel that is packed is in the way all the same."""
    return order.status == OrderStatus.OPEN and order.fulfillment_status == FulfillmentStatus.UNFULFILLED


class Settling(StrEnum):
    """How the money follows a change."""

    EVEN = "even"
    """What is there is right."""
    WAITS = "waits"
    """The order had not been paid, and waits for the new sum."""
    AT_THE_DOOR = "at_the_door"
    """The courier collects the new sum."""
    DUE = "due"
    """It was paid, and waits for the rest."""
    BACK = "back"
    """More is there than it costs."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What an order has kept of what came in, what it cost and will cost (minor units), and how it is paid."""

    kept: int
    before: int
    after: int
    was_paid: bool
    at_the_door: bool = False

    @property
    def settling(self) -> Settling:
        """Return how the money follows."""
        if self.kept > self.after:
            return Settling.BACK
        if self.kept == self.after:
            return Settling.EVEN
        if self.was_paid:
            return Settling.DUE
        return Settling.AT_THE_DOOR if self.at_the_door else Settling.WAITS

    @property
    def due(self) -> int:
        """What is to be paid yet."""
        return max(self.after - self.kept, 0)

    @property
    def back(self) -> int:
        """What is to go back."""
        return max(self.kept - self.after, 0)


def digest(*facts: object) -> str:
    """Return what stands for everything that somebody was shown."""
    return hashlib.sha256(json.dumps(facts, default=str, separators=(",", ":")).encode()).hexdigest()[:32]
