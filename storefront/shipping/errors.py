"""What shipping refuses."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError


class NoDelivery(ShopError):
    """No method delivers there, or the one chosen does not (any more)."""

    message = N_("We cannot deliver that way to this address. Please choose another delivery method.")
