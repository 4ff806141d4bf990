"""What a cart refuses, in words that the shopper can act on."""

from __future__ import annotations

from storefront.kernel.errors import N_, Invalid, NotFound, ShopError


class NotForSale(NotFound):
    """There is no such SKU, or it is not sold any more."""

    message = N_("This product is no longer for sale.")


class SoldOut(ShopError):
    message = N_("“%(name)s” is sold out.")


class GoneFromSale(ShopError):
    """Something that was bought once and is not sold any more."""

    message = N_("“%(name)s” is no longer for sale.")


class OnlySome(ShopError):
    """Fewer came into the cart than were wanted."""

    message = N_("Of “%(name)s” only %(units)s could be added.")


class NoMore(ShopError):
    """The cart holds as many as can be bought."""

    message = N_("Your cart already holds as many of “%(name)s” as you can buy now: %(units)s.")


class SetIncomplete(ShopError):
    """There is not enough of one of the goods of a set."""

    message = N_("There is not enough of “%(name)s” for the whole set, so nothing was added.")


class CartFull(ShopError):
    message = N_("A cart holds at most %(most)s different products. Please order these first, or take something out.")


class BadQuantity(Invalid):
    """A quantity that is no number of pieces."""

    message = N_("Please enter how many you want as a whole number.")

    def __init__(self, message: str | None = None, **facts: object) -> None:
        super().__init__(message, field="quantity", **facts)


class MissingQuantity(BadQuantity):
    message = N_("Please enter how many you want.")


class NegativeQuantity(BadQuantity):
    message = N_("A quantity cannot be less than 0.")


class NothingAsked(BadQuantity):
    message = N_("Please enter at least 1.")


class NothingChosen(Invalid):
    """A selection of goods without goods."""

    message = N_("Tick at least one product.")

    def __init__(self) -> None:
        super().__init__(field="sku")


class QuantityTooLarge(BadQuantity):
    message = N_("You can order at most %(most)s of one product. Please contact us about larger quantities.")


class TooManyCodes(ShopError):
    message = N_("A cart takes at most %(most)s codes. Please remove one first.")


class CodeGone(ShopError):
    """The coupon that was chosen is not there any more."""

    message = N_("This coupon cannot be used any more. Please choose another one.")
