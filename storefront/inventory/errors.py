"""What the stock room refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.accounts.countries import country_name
from storefront.kernel.errors import N_, Invalid, ShopError
from storefront.web.locale import babel_locale


class JustDone(Invalid):
    """The same movement of the same goods by the same person a moment ago: most likely a form that was sent twice."""

    message = N_("You booked exactly this a moment ago. If it is more goods, wait a minute or name another reason.")


@dataclass(frozen=True, slots=True)
class Shortage:
    """So many were wanted of a thing, and only so many may still be sold."""

    variant_id: int
    name: str
    wanted: int
    available: int


@dataclass(frozen=True, slots=True)
class Place:
    """A zone, named in the language of whoever reads it."""

    zone: str

    def __str__(self) -> str:
        country, _, region = self.zone.partition("-")
        named = country_name(country, babel_locale())
        return f"{region}, {named}" if region else named


class OutOfStock(ShopError):
    """There is not enough to sell; `shortages` names every thing that is short, the message the first."""

    def __init__(self, shortages: Sequence[Shortage], *, message: str = "", **facts: object) -> None:
        self.shortages = tuple(shortages)
        first = self.shortages[0]
        self.name, self.available = first.name, first.available
        words = N_("Only %(available)s of “%(name)s” are left.")
        if not first.available:
            words = N_("“%(name)s” has just sold out.")
        super().__init__(message or words, name=first.name, available=first.available, **facts)


class CannotSend(OutOfStock):
    """There is enough, but no warehouse that holds it sends to this address."""

    def __init__(self, shortages: Sequence[Shortage], *, zone: str) -> None:
        words = N_("“%(name)s” cannot be sent to %(place)s. Please choose another address, or take it out of the cart.")
        if shortages[0].available:
            words = N_("Only %(available)s of “%(name)s” can be sent to %(place)s.")
        super().__init__(shortages, message=words, place=Place(zone))


class ShelfMoved(ShopError):
    """The stock changed between looking and storing the count."""

    message = N_("The stock has changed since you looked at it. Nothing was saved; please check the numbers below.")


class SpokenFor(ShopError):
    """A count below what has been promised to shoppers."""

    message = N_("%(claimed)s of these are already sold or reserved, so the stock cannot be set below that.")


class NotThere(Invalid):
    """More is to leave a shelf than lies free on it."""

    message = N_("Only %(free)s of these are free to move; the others are not there or promised to orders.")


class UnknownSku(Invalid):
    """Nothing that is sold here has this SKU."""

    message = N_("There is nothing with the SKU “%(sku)s”.")


class WarehouseInUse(ShopError):
    """A warehouse that orders wait for cannot be closed."""

    message = N_("%(claimed)s pieces in this warehouse are promised to orders. Send or cancel those orders first.")


class StaleWarehouse(ShopError):
    """Somebody else has changed the warehouse since the page was shown."""

    message = N_("Somebody else has changed this warehouse meanwhile. Please look at it again.")


class NotHeld(ShopError):
    """More is to leave than is held for whoever it is for."""

    message = N_("These goods are not held for this order any more. Please load the page again.")
