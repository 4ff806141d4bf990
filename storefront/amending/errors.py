"""What changing an order refuses."""

from __future__ import annotations

from storefront.kernel.errors import N_, Invalid, ShopError


class CannotChange(ShopError):
    """It has ended, or has left."""

    message = N_("This order can no longer be changed: it has ended, or something of it has left.")


class InParcel(CannotChange):
    """Somebody has packed it."""

    message = N_("Parcel %(parcel)s is made already. Take it apart first, then change the order.")


class MoneyMoves(CannotChange):
    """Its money is on its way."""

    message = N_(
        "Money of this order is on its way back, or somebody has to approve that. Wait for the end of it first."
    )


class MoneyHeld(CannotChange):
    """A provider holds what was agreed, no more and no less."""

    message = N_("A provider holds the money for this order. Capture it first; then the sum can change.")


class PartlyRefunded(CannotChange):
    """What it cost is no longer what it costs."""

    message = N_(
        "A part of the money of this order has gone back. Its amounts stay as they are; its address can change."
    )


class Unreadable(CannotChange):
    """A promotion of it is gone, or it goes out in place of what came back."""

    message = N_(
        "The prices of this order cannot be reckoned anew: an offer of it is gone, or it replaces what came back."
    )


class OrderMoved(ShopError):
    """What is confirmed is not what was shown."""

    message = N_("Something changed while you were here, so nothing was done. Please look at the new figures.")


class NothingChanges(Invalid):
    """Before and after are the same."""

    message = N_("Nothing would change.")


class NothingLeft(Invalid):
    """An order without goods is a cancelled one."""

    message = N_("Nothing would be left of the order. To call all of it off, cancel it.")


class NoSuchGoods(Invalid):
    """There is no such SKU for sale."""

    message = N_("There is nothing for sale with the number “%(sku)s”.")


class GoodsGone(Invalid):
    """It has left the catalogue."""

    message = N_("“%(name)s” is no longer in the catalogue: it can be taken out of the order, not be kept in a change.")


class TooMany(Invalid):
    """More than an order takes."""

    message = N_("An order holds at most %(most)s pieces of one article.")


class NoReason(Invalid):
    """Why, is kept with the change."""

    message = N_("Please say why; it is kept with the change, and the customer reads it.")
