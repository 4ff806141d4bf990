"""What shipping refuses."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError
from storefront.shipping.rules import Reason


class NoDelivery(ShopError):
    """No method delivers there, or the one chosen does not (any more)."""

    message = N_("We cannot deliver that way to this address. Please choose another delivery method.")


class NotReached(NoDelivery):
    """The address lies outside every zone."""

    message = N_("We do not deliver to %(place)s yet. Your cart is kept: please choose another address.")


class RegionNeeded(NoDelivery):
    """What delivery costs depends on the region."""

    message = N_("Please choose the province or state: delivery depends on it.")


class TooHeavy(NoDelivery):
    """No method carries so much at once."""

    message = N_(
        "This is too heavy for one delivery to %(place)s: %(weight)s kg, and at most %(most)s kg go at once. "
        "Please order it in two parts."
    )


class StaleShipping(ShopError):
    """Somebody else has changed the zone or method since the page was shown."""

    message = N_("Somebody else has changed this meanwhile. Please look at it again.")


REFUSALS: dict[Reason, type[NoDelivery]] = {
    Reason.NOWHERE: NotReached,
    Reason.REGION_NEEDED: RegionNeeded,
    Reason.TOO_HEAVY: TooHeavy,
}
