"""What pricing says no to."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError


class StalePriceList(ShopError):
    """Somebody else changed the list since it was read."""

    message = N_("Somebody else changed this price list while you were editing it. Nothing of yours was saved yet.")
