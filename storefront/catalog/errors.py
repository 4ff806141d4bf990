"""What the catalogue says no to."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError


class StaleProduct(ShopError):
    """Somebody else changed the product since it was read."""

    message = N_("Somebody else changed this product while you were editing it. Nothing of yours was saved yet.")


class AlreadySo(ShopError):
    """Nothing would change."""

    message = N_("It is so already.")
