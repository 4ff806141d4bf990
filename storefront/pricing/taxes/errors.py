"""What taxes say no to."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError


class StaleTax(ShopError):
    """Somebody else changed the class or the rate since it was read."""

    message = N_("Somebody else changed this while you were editing it. Nothing of yours was saved yet.")


class ClassInUse(ShopError):
    """Goods, rates or the delivery need the class."""

    message = N_("This class cannot be deleted while it is in use.")
