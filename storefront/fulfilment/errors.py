"""What fulfilment refuses."""

from __future__ import annotations

from storefront.kernel.errors import N_, Invalid, NotFound, ShopError


class NothingToPack(ShopError):
    """Everything of it is in parcels already."""

    message = N_("There is nothing left to pack in this order.")


class PackedAlready(NothingToPack):
    """Somebody was faster."""

    message = N_("%(who)s has packed this order already: parcel %(parcel)s.")


class MoreThanLeft(Invalid):
    """More than was ordered, or more than this warehouse holds for the order."""

    message = N_("Of “%(name)s” only %(left)s are left to pack here, not %(asked)s.")


class EmptyParcel(Invalid):
    """A parcel without goods."""

    message = N_("Put at least one piece into the parcel.")


class BadTrackingNumber(Invalid):
    """Not what carriers print."""

    message = N_("A tracking number has 4 to 40 letters, digits and hyphens. Please check it.")


class LabelTaken(Invalid):
    """A tracking number that a parcel to somebody else has: that customer would follow another one's goods."""

    message = N_("Parcel %(parcel)s, to another address, has the tracking number %(number)s. Scan this parcel's label.")


class NoSuchCarrier(Invalid):
    """Nobody here knows it, or the merchant has switched it off."""

    message = N_("There is no carrier “%(carrier)s”. Choose one from the list.")


class UnknownCode(NotFound):
    """A code that is on no order and no parcel."""

    message = N_("“%(code)s” is not the number of an order or a parcel.")


class NotStocked(ShopError):
    """Sending again needs goods that nobody has."""

    message = N_("There are not enough goods in stock to send this parcel again.")


class SeveralParcels(ShopError):
    """An order's number that could mean more than one parcel."""

    message = N_("This order has several parcels. Use the number of the parcel.")


class NoTrackingNumber(Invalid):
    """A row without the number that it is for."""

    message = N_("Enter the tracking number.")


class NotATrackingNumber(Invalid):
    """Somebody scanned an order where a tracking number was wanted."""

    message = N_("“%(code)s” is the number of an order or a parcel of this shop. Scan the carrier's label.")
