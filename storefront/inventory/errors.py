"""What the stock room refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.kernel.errors import N_, ShopError


@dataclass(frozen=True, slots=True)
class Shortage:
    """So many were wanted of a thing, and only so many may still be sold."""

    variant_id: int
    name: str
    wanted: int
    available: int


class OutOfStock(ShopError):
    """There is not enough to sell; `shortages` names every thing that is short, the message the first."""

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        self.shortages = tuple(shortages)
        first = self.shortages[0]
        self.name, self.available = first.name, first.available
        message = N_("“%(name)s” has just sold out.")
        if first.available:
            message = N_("Only %(available)s of “%(name)s” are left.")
        super().__init__(message, name=first.name, available=first.available)


class ShelfMoved(ShopError):
    """The stock changed between looking and storing the count."""

    message = N_("The stock has changed since you looked at it. Nothing was saved; please check the numbers below.")


class SpokenFor(ShopError):
    """A count below what has been promised to shoppers."""

    message = N_("%(claimed)s of these are already sold or reserved, so the stock cannot be set below that.")
