"""What flash sales refuse, in words that the shopper or the merchandiser can act on."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError


class FlashSoldOut(ShopError):
    """The pieces at the flash price are gone: somebody else was faster."""

    message = N_("“%(name)s” has just sold out at the flash price. Please look at the new total before you order.")


class FlashOver(FlashSoldOut):
    """The session is not going on at this moment."""

    message = N_("The flash sale of “%(name)s” is over. Please look at the new total before you order.")


class FlashLimit(FlashSoldOut):
    """This customer has all the pieces that one customer may have."""

    message = N_(
        "There are at most %(limit)s of “%(name)s” for each customer at the flash price. "
        "Please look at the new total before you order."
    )
