"""What flash sales refuse, in words that the shopper or the merchandiser can act on."""

from __future__ import annotations

from collections.abc import Mapping

from storefront.flash.planning import Trouble
from storefront.kernel.errors import N_, Invalid, ShopError


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


class StaleSession(ShopError):
    """Somebody else changed the session since it was read."""

    message = N_("Somebody else changed this session while you were editing it. Nothing of yours was saved yet.")


class StaleSale(ShopError):
    """Somebody else changed the activity since it was read."""

    message = N_("Somebody else changed this activity while you were editing it. Nothing of yours was saved yet.")


class SessionOver(ShopError):
    """A session that is over stays as it was: its figures are history."""

    message = N_("This session is over and stays as it was. Copy it to another day instead.")


class SessionSold(ShopError):
    """A session of which something was sold stays."""

    message = N_("Something of this session has been sold, so it stays. You can end it early instead.")


class ItemsRefused(Invalid):
    """What speaks against single articles of a session, by SKU."""

    message = N_("Some articles need another look.")

    def __init__(self, troubles: Mapping[str, Trouble]) -> None:
        self.troubles = troubles
        super().__init__(field="lines")
