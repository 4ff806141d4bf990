"""What taxes say no to."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError


class StaleTax(ShopError):
    """Somebody else changed the class or the rate since it was read."""

    message = N_("Somebody else changed this while you were editing it. Nothing of yours was saved yet.")


class AddedMeanwhile(ShopError):
    """Two people added a class at the same moment, and there is one first, one default and one of each code."""

    message = N_("Somebody else added a tax class at the same moment. Look at the list, then save yours once more.")


class ClassInUse(ShopError):
    """Goods, rates or the delivery need the class."""

    message = N_("This class cannot be deleted while it is in use.")
